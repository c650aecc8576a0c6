/** Leaves name and version of a package.json that is imported, ours or a package's: a bundle has no use for scripts and dependencies. */
import { readFile } from 'node:fs/promises';
import type { Plugin } from 'esbuild';

export const manifestFacts: Plugin = {
  name: 'manifest-facts',
  setup: (bundler) => {
    bundler.onLoad({ filter: /[/\\]package\.json$/ }, async ({ path }) => {
      const { name, version } = JSON.parse(await readFile(path, 'utf8')) as Readonly<Record<string, unknown>>;
      return { contents: JSON.stringify({ name, version }), loader: 'json' };
    });
  },
};
