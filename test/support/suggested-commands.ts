/** Commands that texts of the program tell people to type, found in its source. What a text fills in is `NAME`. */
import ts from 'typescript';

export interface Suggestion {
  readonly path: string;
  /** Without the marks around it. */
  readonly command: string;
}

/** `neuro …` and `kubectl …` in backticks, behind a colon, or as a whole text that a page shows: what can be typed as it is. */
export function suggestedCommands(path: string, source: string): readonly Suggestion[] {
  return literalsOf(path, source).flatMap((text) => {
    const inTicks = [...text.matchAll(/`((?:neuro|kubectl) [^`]+)`/g)];
    const behindColon = [...text.matchAll(/: ((?:neuro|kubectl) [^`\n]+)$/gm)];
    const whole =
      /^src\/(?:client|console)\//.test(path) && /^(?:neuro|kubectl) [^\n]+$/.test(text) && !/[.:] /.test(text)
        ? [['', text]]
        : [];
    return [...inTicks, ...behindColon, ...whole].map(([, command = '']) => ({
      path,
      command: command.replace(/ > .*/, ''),
    }));
  });
}

/** The words behind each `neuro` in a sentence: its command, then whatever the sentence goes on with. */
export function mentionedCommands(path: string, source: string): readonly Suggestion[] {
  return literalsOf(path, source).flatMap((text) =>
    [...text.matchAll(/\bneuro (?=[a-z])([^\n.`]+)/g)].map(([command]) => ({ path, command })),
  );
}

/** The text that calls of a function begin with. */
export function argumentsOf(name: string): typeof suggestedCommands {
  return (path, source) =>
    [...source.matchAll(new RegExp(`${name}\\(\\s*'([^']+)'`, 'g'))].map(([, command = '']) => ({ path, command }));
}

function literalsOf(path: string, source: string): readonly string[] {
  if (!/\b(?:neuro|kubectl) /.test(source)) return [];
  const kind = path.endsWith('x') ? ts.ScriptKind.TSX : ts.ScriptKind.TS;
  const texts: string[] = [];
  const walk = (node: ts.Node): void => {
    if (ts.isImportDeclaration(node)) return;
    if (ts.isStringLiteralLike(node)) texts.push(node.text);
    else if (ts.isTemplateExpression(node))
      texts.push(node.head.text + node.templateSpans.map((span) => wordsOf(span) + span.literal.text).join(''));
    node.forEachChild(walk);
  };
  walk(ts.createSourceFile(path, source, ts.ScriptTarget.Latest, true, kind));
  return texts;
}

/** `quoteAll([a, b])` is two words. */
function wordsOf({ expression }: ts.TemplateSpan): string {
  const [list] =
    ts.isCallExpression(expression) && expression.expression.getText() === 'quoteAll' ? expression.arguments : [];
  if (list === undefined || !ts.isArrayLiteralExpression(list)) return 'NAME';
  return list.elements.map((word) => (ts.isStringLiteral(word) ? word.text : 'NAME')).join(' ');
}
