/**
 * The options of a command are declared to commander beside its words, and typed in the file of its verb, which is loaded later. Both have the
 * same names and kinds, so a verb never reads an option that nobody can give.
 */
import { globSync } from 'node:fs';
import { dirname, extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, test } from 'vitest';
import { Option } from 'commander';
import ts from 'typescript';

const root = fileURLToPath(new URL('../../', import.meta.url));
/** Functions that declare what no verb reads by its own type. */
const ofEveryCommand = new Set(['addCommonOptions', 'addRefusedFlags', 'addRefusedListFlags']);

type Kinds = Readonly<Record<string, string>>;

interface Found {
  readonly where: string;
  /** `{ raw: 'boolean', tag: 'list' }` */
  readonly declared: Kinds;
  readonly typed: Kinds;
}

describe('the options that a command declares', () => {
  let found: readonly Found[];

  beforeAll(() => {
    const files = globSync(`${root}src/cli/commands/*/{command,stream-commands}.ts`);
    found = optionsIn(programOf(files), files);
  });

  test('are those that its verb has in its type', () => {
    expect(found.length).toBeGreaterThan(50);
    const wrong = found.filter(({ declared, typed }) => JSON.stringify(declared) !== JSON.stringify(typed));
    expect(wrong).toEqual([]);
  });

  test('are found where helpers declare them, with their kinds', () => {
    const run = found.find(({ where }) => where.endsWith('runJob'));
    expect(run?.declared).toMatchObject({ env: 'list', name: 'text', tty: 'switch', waitStart: 'switch' });
    const open = found.find(({ where }) => where.endsWith('openPage'));
    expect(open?.declared).toEqual({ config: 'text', open: 'switch', port: 'number' });
  });
});

/** Of our own files and the language alone: what packages export is of any type, which is no kind of an option. */
function programOf(files: readonly string[]): ts.Program {
  const options = { strict: true, types: [], lib: ['lib.es5.d.ts'], allowImportingTsExtensions: true, noEmit: true };
  const host = ts.createCompilerHost(options);
  host.resolveModuleNameLiterals = (literals, importer) =>
    literals.map(({ text }) => ({
      resolvedModule: text.startsWith('.')
        ? { resolvedFileName: join(dirname(importer), text), extension: extname(text) }
        : undefined,
    }));
  return ts.createProgram(files, options, host);
}

function optionsIn(program: ts.Program, files: readonly string[]): readonly Found[] {
  const checker = program.getTypeChecker();
  const found: Found[] = [];
  for (const file of files) {
    const source = program.getSourceFile(file);
    if (source === undefined) throw new Error(`${file} is no part of the program`);
    walk(source, (node) => {
      if (!isCallOf(node, 'action')) return;
      const [type] = node.typeArguments ?? [];
      const chain = chainOf(node, source);
      found.push({
        where: `${file.slice(root.length)}: ${verbOf(node)}`,
        declared: sorted(declaredIn(chain, checker)),
        typed: sorted(type === undefined ? [] : typedIn(checker.getTypeFromTypeNode(type), checker)),
      });
    });
  }
  return found;
}

/** `command.option(…).action(…)`, the whole of it, with what its function does to the command besides. */
function chainOf(action: ts.CallExpression, source: ts.SourceFile): ts.Node {
  let user: ts.Node = action;
  if (ts.isVariableDeclaration(action.parent)) {
    const name = action.parent.name.getText();
    walk(source, (node) => {
      if (ts.isIdentifier(node) && node.text === name && ts.isCallExpression(node.parent)) user = node;
    });
  }
  let chain: ts.Node = user.parent;
  while (ts.isCallExpression(chain.parent) || ts.isPropertyAccessExpression(chain.parent)) chain = chain.parent;
  const block = ts.isExpressionStatement(chain.parent) ? chain.parent.parent : undefined;
  const isOfOneCommand = block !== undefined && ts.isBlock(block) && ts.isArrowFunction(block.parent);
  return isOfOneCommand ? block : chain;
}

function declaredIn(node: ts.Node, checker: ts.TypeChecker): readonly (readonly [string, string])[] {
  const declared: (readonly [string, string])[] = [];
  walk(node, (each) => {
    if (!ts.isCallExpression(each) && !ts.isNewExpression(each)) return;
    const name = ts.isPropertyAccessExpression(each.expression) ? each.expression.name.text : each.expression.getText();
    const [first, , parser] = each.arguments ?? [];
    const flags = ['option', 'requiredOption', 'Option'].includes(name) ? textOf(first, checker) : undefined;
    if (flags !== undefined && !isHidden(each)) declared.push(declaration(flags, parser, checker));
    if (ts.isCallExpression(each) && ts.isIdentifier(each.expression) && !ofEveryCommand.has(name)) {
      const helper = helperOf(each.expression, checker);
      if (helper !== undefined) declared.push(...declaredIn(helper, checker));
    }
  });
  return declared;
}

/** The text itself, or the first of a constant list: `.option(...noRecovery)`. */
function textOf(node: ts.Expression | undefined, checker: ts.TypeChecker): string | undefined {
  if (node === undefined) return undefined;
  if (!ts.isSpreadElement(node)) return ts.isStringLiteralLike(node) ? node.text : undefined;
  const [first] = checker.getTypeArguments(checker.getTypeAtLocation(node.expression) as ts.TypeReference);
  return first?.isStringLiteral() === true ? first.value : undefined;
}

/** A habit of people of kubectl, which changes nothing. */
function isHidden(option: ts.Node): boolean {
  return ts.isPropertyAccessExpression(option.parent) && option.parent.name.text === 'hideHelp';
}

/** A function of ours that is given a command, and gives it options. */
function helperOf(name: ts.Identifier, checker: ts.TypeChecker): ts.Node | undefined {
  if (!/^(?:as|add)[A-Z]/.test(name.text)) return undefined;
  const symbol = checker.getSymbolAtLocation(name);
  const own = symbol !== undefined && symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol;
  return own?.declarations?.[0];
}

function declaration(flags: string, parser: ts.Expression | undefined, checker: ts.TypeChecker): [string, string] {
  const option = new Option(flags);
  const [signature] = parser === undefined ? [] : checker.getTypeAtLocation(parser).getCallSignatures();
  const takesWord = option.required || option.optional;
  const kind = signature === undefined ? (takesWord ? 'text' : 'switch') : kindOf(signature.getReturnType(), checker);
  return [option.attributeName(), kind];
}

function typedIn(type: ts.Type, checker: ts.TypeChecker): readonly (readonly [string, string])[] {
  return checker
    .getPropertiesOfType(type)
    .map((property) => [property.name, kindOf(checker.getTypeOfSymbol(property), checker)]);
}

function kindOf(type: ts.Type, checker: ts.TypeChecker): string {
  const given = checker.getNonNullableType(type);
  const parts = given.isUnion() ? given.types : [given];
  const isOnly = (flag: ts.TypeFlags): boolean => parts.every(({ flags }) => (flags & flag) !== 0);
  if (isOnly(ts.TypeFlags.StringLike)) return 'text';
  if (isOnly(ts.TypeFlags.BooleanLike)) return 'switch';
  if (isOnly(ts.TypeFlags.NumberLike)) return 'number';
  return checker.isArrayLikeType(given) ? 'list' : checker.typeToString(given);
}

/** What the command loads and calls: the last name in it that is called with `run`. */
function verbOf(action: ts.CallExpression): string {
  let verb = '';
  walk(action, (node) => {
    if (ts.isCallExpression(node) && ts.isPropertyAccessExpression(node.expression)) verb = node.expression.name.text;
  });
  return verb;
}

function isCallOf(node: ts.Node, name: string): node is ts.CallExpression {
  return ts.isCallExpression(node) && ts.isIdentifier(node.expression) && node.expression.text === name;
}

function walk(node: ts.Node, visit: (node: ts.Node) => void): void {
  visit(node);
  node.forEachChild((child) => walk(child, visit));
}

function sorted(entries: readonly (readonly [string, string])[]): Kinds {
  return Object.fromEntries([...entries].sort(([a], [b]) => (a < b ? -1 : 1)));
}
