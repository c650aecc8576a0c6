import { build } from 'esbuild';
import { expect, test } from 'vitest';
import { manifestFacts } from '../../scripts/build/manifest-facts.ts';

test.each([
  ['ours', "export { default } from './package.json' with { type: 'json' };"],
  ["a package's", "export { default } from 'pino/package.json' with { type: 'json' };"],
])('a bundle has name and version of the package.json that it imports: %s', async (_whose, contents) => {
  const { outputFiles } = await build({
    stdin: { contents, resolveDir: process.cwd() },
    bundle: true,
    format: 'esm',
    platform: 'node',
    write: false,
    plugins: [manifestFacts],
  });
  const text = outputFiles[0]?.text ?? '';
  const { default: manifest } = (await import(`data:text/javascript,${encodeURIComponent(text)}`)) as {
    readonly default: object;
  };
  expect(manifest).toEqual({ name: expect.any(String) as string, version: expect.any(String) as string });
});
