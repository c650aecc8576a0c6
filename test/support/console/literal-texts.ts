/** What a page says that is in no catalogue, and texts that are read before a language is there; found in the source of the pages. */
import ts from 'typescript';

/** Attributes and fields whose text reaches people. */
const spoken = new Set([
  'label',
  'aria-label',
  'title',
  'placeholder',
  'description',
  'alt',
  'message',
  'help',
  'error',
]);
const looks = new Set(['className', 'style', 'd', 'viewBox', 'renderRoot']);
const sentence = /\p{L}{2,} \p{Ll}{2,}/u;
const word = /\p{L}{2,}/u;

export interface Found {
  readonly line: number;
  readonly text: string;
}

/** Literal words where people read them, and literal sentences anywhere but in errors for developers. */
export function literalTexts(path: string, text: string): readonly Found[] {
  const source = parsed(path, text);
  const found: Found[] = [];
  const add = (node: ts.Node, said: string): void => void found.push({ line: lineOf(source, node), text: said.trim() });
  const walk = (node: ts.Node): void => {
    if (ts.isImportDeclaration(node) || ts.isTypeNode(node) || isUnread(node)) return;
    if (ts.isJsxText(node) && word.test(node.text)) add(node, node.text);
    else if (ts.isStringLiteralLike(node) || ts.isTemplateHead(node) || ts.isTemplateMiddleOrTemplateTail(node)) {
      if (sentence.test(node.text) || (isSpoken(node) && word.test(node.text))) add(node, node.text);
    }
    node.forEachChild(walk);
  };
  source.forEachChild(walk);
  return found;
}

/** Uses of `texts` outside of any function: they would be read while the file is loaded. */
export function earlyTexts(path: string, text: string): readonly Found[] {
  const source = parsed(path, text);
  const found: Found[] = [];
  const walk = (node: ts.Node): void => {
    if (ts.isFunctionLike(node) || ts.isImportDeclaration(node) || ts.isTypeNode(node)) return;
    if (ts.isIdentifier(node) && node.text === 'texts')
      found.push({ line: lineOf(source, node), text: node.parent.getText(source) });
    node.forEachChild(walk);
  };
  walk(source);
  return found;
}

/** `first` of `texts.first.second`, each once. */
export function usedTexts(path: string, text: string): ReadonlySet<string> {
  const source = parsed(path, text);
  const found = new Set<string>();
  const walk = (node: ts.Node): void => {
    if (ts.isPropertyAccessExpression(node) && ts.isIdentifier(node.expression) && node.expression.text === 'texts')
      found.add(node.name.text);
    node.forEachChild(walk);
  };
  walk(source);
  return found;
}

function parsed(path: string, text: string): ts.SourceFile {
  const kind = path.endsWith('x') ? ts.ScriptKind.TSX : ts.ScriptKind.TS;
  return ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true, kind);
}

function lineOf(source: ts.SourceFile, node: ts.Node): number {
  return source.getLineAndCharacterOfPosition(node.getStart(source)).line + 1;
}

/** Names of fields, looks, directives of the compiler, and errors for developers. */
function isUnread(node: ts.Node): boolean {
  if (ts.isJsxAttribute(node)) return looks.has(node.name.getText());
  if (ts.isPropertyAssignment(node.parent) && node.parent.name === node) return true;
  if (ts.isExpressionStatement(node) && ts.isStringLiteral(node.expression)) return true;
  return ts.isNewExpression(node) && /^(?:Type|Range)?Error$/.test(node.expression.getText());
}

function isSpoken(node: ts.Node): boolean {
  const { parent } = node;
  if (ts.isJsxAttribute(parent)) return spoken.has(parent.name.getText());
  if (ts.isPropertyAssignment(parent)) return spoken.has(parent.name.getText().replaceAll("'", ''));
  if (ts.isJsxExpression(parent)) return !ts.isJsxAttribute(parent.parent) || isSpoken(parent);
  if (ts.isConditionalExpression(parent) && node !== parent.condition) return isSpoken(parent);
  return false;
}
