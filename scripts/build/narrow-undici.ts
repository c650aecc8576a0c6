/**
 * Makes undici a third of its size for the operator, which sends requests and nothing else: `fetch`, WebSockets, caches, mocks and a second
 * parser are neither run nor kept in memory.
 */

import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type { Plugin } from 'esbuild';

const undiciFolder = join(dirname(createRequire(import.meta.url).resolve('undici')), 'lib');

export const narrowUndici: Plugin = {
  name: 'narrow-undici',
  setup: (bundler) => {
    bundler.onResolve({ filter: /^undici$/ }, () => ({ path: 'undici', namespace: 'narrow-undici' }));
    bundler.onLoad({ filter: /.*/, namespace: 'narrow-undici' }, () => ({
      contents: `
        import Dispatcher from './dispatcher/dispatcher.js';
        import connect from './api/api-connect.js';
        import request from './api/api-request.js';
        // Of the methods that undici's index adds, ours use the one, and ProxyAgent the other.
        Object.assign(Dispatcher.prototype, { connect, request });
        export { default as Agent } from './dispatcher/agent.js';
        export { default as ProxyAgent } from './dispatcher/proxy-agent.js';
        export const fetch = () => { throw new Error('not in this bundle'); };
      `,
      resolveDir: undiciFolder,
    }));
    // An experiment of undici's that a variable of the environment switches on.
    bundler.onLoad({ filter: /undici\/lib\/milo\// }, () => ({ contents: 'throw new Error("not in this bundle");' }));
  },
};
