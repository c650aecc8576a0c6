/**
 * Makes a part of the command start sooner. An import of a module of Node's own reads every export of it, and some of those load a dozen
 * more modules: `node:fs` all streams and the line editor. So a part takes them from the process instead, which reads nothing. And
 * `createRequire` of the banner takes longer than most parts: it stays out where nothing is required; elsewhere a function that knows
 * Node's own modules is enough. (A package that looks for optional packages gets the error that it expects.) Pure.
 */

import { isBuiltin } from 'node:module';
import type { Plugin } from 'esbuild';

/** A default import, a namespace, names, or nothing but the effect, as esbuild writes them at the head of a part. */
const leadingImport = /^import\s*(?:([^;"']*?)\s*from\s*)?"([^"]+)";\s*/;

const requireOfBuiltins =
  'const require=(name)=>{const found=process.getBuiltinModule(name);' +
  "if(found===undefined)throw Object.assign(new Error(`Cannot find module '${name}'`),{code:'MODULE_NOT_FOUND'});" +
  'return found};\n';

/** `text` is an ES module of esbuild's that begins with `banner`, perhaps after a line for the shell. */
export function withLightBuiltins(text: string, banner: string): string {
  const shebang = text.startsWith('#!') ? text.slice(0, text.indexOf('\n') + 1) : '';
  const part = text.slice(shebang.length);
  if (!part.startsWith(banner)) throw new Error(`the part does not begin with the banner: ${part.slice(0, 80)}`);
  let rest = part.slice(banner.length).trimStart();
  let head = /\brequire\b/.test(rest) ? requireOfBuiltins : '';
  for (let found = leadingImport.exec(rest); found !== null; found = leadingImport.exec(rest)) {
    const [statement, names = '', from = ''] = found;
    head += from.startsWith('node:') ? taken(names, from) : statement;
    rest = rest.slice(statement.length);
  }
  if (/^import[\s{*"]/.test(rest)) throw new Error(`an import of a form that is not known: ${rest.slice(0, 80)}`);
  return `${shebang}${head}${rest}`;
}

/**
 * The same for a bundle that does not begin with its imports: each module of Node's own is a module of the bundle that takes it from the
 * process. So `import … from 'node:http'` does not load `fetch` with all its classes, which costs memory besides.
 */
export const lightBuiltins: Plugin = {
  name: 'light-builtins',
  setup: (bundler) => {
    bundler.onResolve({ filter: /./ }, ({ path, kind }) =>
      kind === 'import-statement' && isBuiltin(path) ? { path, namespace: 'light-builtins' } : undefined,
    );
    bundler.onLoad({ filter: /.*/, namespace: 'light-builtins' }, ({ path }) => ({
      contents: `module.exports = process.getBuiltinModule(${JSON.stringify(path)});`,
    }));
  },
};

/** An old Node has no `getBuiltinModule`: it gets names without values, and the entry can say that it is too old. */
function taken(names: string, from: string): string {
  const module = `(process.getBuiltinModule?.("${from}")??{})`;
  const all = /^\*\s*as\s+(\S+)$/.exec(names)?.[1];
  if (all !== undefined) return `const ${all}=${module};`;
  const [, byDefault, named] = /^([^{,\s]+)?\s*,?\s*(?:\{(.*)\})?$/s.exec(names) ?? [];
  return [
    ...(byDefault === undefined ? [] : [`const ${byDefault}=${module};`]),
    ...(named === undefined ? [] : [`const{${named.replace(/\s+as\s+/g, ':')}}=${module};`]),
  ].join('');
}
