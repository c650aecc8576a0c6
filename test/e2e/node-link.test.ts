/** The link of a node, in a network namespace of its own, so that nothing else is linked there. */
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { nodeIsPossible } from '../../tools/devcluster/index.ts';
import { ensureNodePackages } from '../../tools/devcluster/node/node-packages.ts';
import { progress } from '../support/built-tool.ts';

const trial = join(import.meta.dirname, 'node-link-trial.ts');

(nodeIsPossible() ? test : test.skip)(
  'host, node and Pods reach each other, and no address comes or goes, which would cancel what a browser loads',
  async () => {
    await ensureNodePackages(progress);
    const { stdout } = await promisify(execFile)('unshare', [
      ...['--net', process.execPath, '--disable-warning=ExperimentalWarning', trial],
    ]);
    expect(JSON.parse(stdout)).toEqual({
      reached: {
        'node to host': '10.212.0.2 > 10.212.0.1',
        'host to node': '10.212.0.1 > 10.212.0.2',
        'host to Pod': '10.212.0.1 > 10.211.0.5',
      },
      routesLeft: false,
      addresses: ['198.18.0.1'],
    });
  },
);
