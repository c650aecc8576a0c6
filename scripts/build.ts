/**
 * Bundles the operator into `dist/operator.mjs`: one file, no node_modules at run time, so the image stays small and starts fast;
 * the console's server into `dist/console.mjs`;
 * and the command into `dist/neuro.mjs` with parts beside it that are read when they are needed. Its console is a build of its own: what
 * two entries of one build have in common goes into a part that both read, and the console has nearly everything.
 *
 * Of `@kubernetes/client-node` only the kubeconfig goes in, which the base class of the operator makes. Its 700 generated models and API classes would
 * take some 60 MB of memory in a process that never calls them; the two names of them that the base class of the operator
 * mentions in its constructor and in methods that we refuse become empty classes.
 */
import { chmodSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { build, type BuildOptions, type Plugin } from 'esbuild';
import { lightBuiltins, withLightBuiltins } from './build/light-builtins.ts';
import { manifestFacts } from './build/manifest-facts.ts';
import { narrowUndici } from './build/narrow-undici.ts';

const clientNode = join(dirname(createRequire(import.meta.url).resolve('@kubernetes/client-node')), '..', 'dist');

const narrowClientNode: Plugin = {
  name: 'narrow-client-node',
  setup: (bundler) => {
    bundler.onResolve({ filter: /^@kubernetes\/client-node$/ }, () => ({ path: 'client-node', namespace: 'narrow' }));
    bundler.onResolve({ filter: /^whatwg-url$/ }, () => ({ path: 'whatwg-url', namespace: 'narrow' }));
    bundler.onResolve({ filter: /\/gen\/index\.js$/ }, ({ resolveDir }) =>
      resolveDir.includes('client-node') ? { path: 'gen', namespace: 'narrow' } : undefined,
    );
    bundler.onLoad({ filter: /.*/, namespace: 'narrow' }, ({ path }) => ({
      contents: narrowed[path] ?? '',
      resolveDir: clientNode,
    }));
  },
};

const narrowed: Record<string, string> = {
  'client-node': `
    export { KubeConfig } from './config.js';
    export class CoreV1Api {}
    export class ApiextensionsV1Api {}
    export class Watch {}
    export const loadYaml = () => { throw new Error('not in this bundle'); };
  `,
  // `node-fetch` takes it only where the platform has no URL. It brings a table of a quarter of a megabyte.
  'whatwg-url': 'export const URL = globalThis.URL;',
  gen: `
    export { createConfiguration } from './gen/configuration.js';
    export { ServerConfiguration } from './gen/servers.js';
    export { Observable } from './gen/rxjsStub.js';
  `,
};

/** The entry files of the layers export more than the command uses; nothing in src happens by an import alone. */
const withoutSideEffects: Plugin = {
  name: 'without-side-effects',
  setup: (bundler) => {
    bundler.onResolve({ filter: /^\.\.?\// }, async ({ path, pluginData, ...options }) => {
      if (pluginData === 'resolving' || !options.importer.includes('/src/')) return undefined;
      const resolved = await bundler.resolve(path, { ...options, pluginData: 'resolving' });
      return { ...resolved, sideEffects: false };
    });
  },
};

const consoleApart: Plugin = {
  name: 'console-apart',
  setup: (bundler) => {
    bundler.onResolve({ filter: /console\/server\/index\.ts$/ }, () => ({
      path: './console-server.mjs',
      external: true,
    }));
  },
};

/** What commander starts other programs with, which is never asked of it here, is loaded when it is. */
const lazyChildProcess: Plugin = {
  name: 'lazy-child-process',
  setup: (bundler) => {
    bundler.onLoad({ filter: /commander\/lib\/command\.js$/ }, async ({ path }) => ({
      contents: (await readFile(path, 'utf8')).replace(
        "const childProcess = require('node:child_process');",
        "const childProcess = { spawn: (...words) => require('node:child_process').spawn(...words) };",
      ),
    }));
  },
};

const requireBanner =
  "import{createRequire as __createRequire}from'node:module';const require=__createRequire(import.meta.url);";

const common: BuildOptions = {
  outdir: 'dist',
  outExtension: { '.js': '.mjs' },
  bundle: true,
  platform: 'node',
  format: 'esm',
  target: 'node22',
  minify: true,
  legalComments: 'none',
  // Bundled CommonJS packages call require; an ES module has none of its own.
  banner: { js: requireBanner },
  logLevel: 'warning',
};

// The thread that holds the lease, as text within the operator's bundle. A script, because a thread is started from one.
const leaseWorker = await build({
  ...common,
  format: 'cjs',
  banner: {},
  write: false,
  entryPoints: { 'lease-worker': 'src/kernel/lease-worker.ts' },
});
await build({
  ...common,
  entryPoints: { operator: 'src/operator/main.ts' },
  define: { LEASE_WORKER_SOURCE: JSON.stringify(leaseWorker.outputFiles[0]?.text ?? '') },
  plugins: [manifestFacts, narrowClientNode, narrowUndici, lightBuiltins],
});
await build({
  ...common,
  entryPoints: { console: 'src/console/server/main.ts' },
  plugins: [manifestFacts, withoutSideEffects],
});

rmSync('dist/neuro', { recursive: true, force: true });
await build({
  ...common,
  entryPoints: { neuro: 'src/cli/main.ts' },
  splitting: true,
  chunkNames: 'neuro/[name]-[hash]',
  plugins: [consoleApart, lazyChildProcess, manifestFacts, withoutSideEffects],
});
await build({
  ...common,
  entryPoints: { 'neuro/console-server': 'src/console/server/index.ts' },
  plugins: [manifestFacts, withoutSideEffects],
});
for (const path of ['dist/neuro.mjs', ...commandParts()])
  writeFileSync(path, withLightBuiltins(readFileSync(path, 'utf8'), requireBanner));
withLauncher('dist/neuro.mjs');
chmodSync('dist/neuro.mjs', 0o755);

function commandParts(): readonly string[] {
  return readdirSync('dist/neuro')
    .filter((name) => name !== 'console-server.mjs')
    .map((name) => join('dist/neuro', name));
}

/**
 * Node looks at `--env-file FILE` wherever it stands, also behind the script: where there is no such file it ends with words and a code of
 * its own, and some versions put the variables into the command's own environment (nodejs/node#54232). Only `--` before the script ends
 * its options, and a first line cannot say so portably (`env -S` is unknown to BusyBox). So a shell starts Node; to Node its line is a
 * string and a comment.
 */
function withLauncher(path: string): void {
  const text = readFileSync(path, 'utf8');
  const first = '#!/usr/bin/env node\n';
  if (!text.startsWith(first)) throw new Error(`${path} does not begin with ${first}`);
  writeFileSync(path, `#!/bin/sh\n':' //; exec node -- "$0" "$@"\n${text.slice(first.length)}`);
}
