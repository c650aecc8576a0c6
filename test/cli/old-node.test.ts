/** A Node that is too old: one line says which one the command needs. */
import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { build } from 'esbuild';

const main = fileURLToPath(new URL('../../src/cli/main.ts', import.meta.url));
const packageJson = new URL('../../package.json', import.meta.url);
const { engines } = JSON.parse(await readFile(packageJson, 'utf8')) as { readonly engines: { readonly node: string } };
const needed = engines.node.replace('>=', '');

interface Ended {
  readonly code: number | string | null | undefined;
  readonly output: string;
  readonly errors: string;
}

/** Runs the command in a process that takes itself for another version of Node. */
function neuroOn(version: string): Promise<Ended> {
  const disguise = `Object.defineProperty(process.versions, 'node', { value: '${version}' })`;
  const words = [
    '--disable-warning=ExperimentalWarning',
    `--import=data:text/javascript,${encodeURIComponent(disguise)}`,
  ];
  return new Promise((resolve) => {
    execFile(process.execPath, [...words, main, '--version'], (error, output, errors) =>
      resolve({ code: error === null ? 0 : error.code, output, errors }),
    );
  });
}

it.each(['20.20.2', '18.0.0', '22.9.0'])('says in one line what it needs on Node %s, and fails', async (version) => {
  expect(await neuroOn(version)).toEqual({
    code: 1,
    output: '',
    errors: `neuro needs Node.js ${needed} or newer, and this is ${version}: install a newer Node.js\n`,
  });
});

it.each(['22.22.0', '24.0.0'])('starts on Node %s', async (version) => {
  expect(await neuroOn(version)).toMatchObject({ code: 0, errors: '' });
});

it('imports nothing that an old Node lacks before it has looked', async () => {
  const { metafile, outputFiles } = await build({
    entryPoints: [main],
    bundle: true,
    platform: 'node',
    format: 'esm',
    splitting: true,
    outdir: 'out',
    write: false,
    metafile: true,
    external: ['*/start.ts'],
    minify: true,
  });
  const entry = Object.values(metafile.outputs).find(({ entryPoint }) => entryPoint !== undefined);
  const first = entry?.imports.filter(({ kind }) => kind === 'import-statement').map(({ path }) => path);
  expect(first?.toSorted()).toEqual(['node:fs', 'node:module', 'node:os', 'node:path']);
  // Of node:module only the default export: enableCompileCache by name is what old ones do not link.
  expect(outputFiles[0]?.text).toMatch(/import \w+ from"node:module"/);
});
