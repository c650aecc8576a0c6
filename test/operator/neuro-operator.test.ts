import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import dotI from '@dot-i/k8s-operator';
import { createLogger } from '../../src/kernel/index.ts';
import { readConfig } from '../../src/operator/config.ts';
import { NeuroOperator } from '../../src/operator/neuro-operator.ts';
import { parseOptions } from '../../src/operator/options.ts';
import { connectAll, controllerNames, reconcilersOf } from '../../src/operator/wiring.ts';
import { until } from '../support/until.ts';

const folder = mkdtempSync(join(tmpdir(), 'neuro-operator-test-'));
const former = process.env['KUBECONFIG'];

beforeAll(() => {
  const path = join(folder, 'kubeconfig');
  writeFileSync(
    path,
    JSON.stringify({
      'current-context': 'c',
      clusters: [{ name: 'c', cluster: { server: 'http://127.0.0.1:1' } }],
      users: [{ name: 'u', user: {} }],
      contexts: [{ name: 'c', context: { cluster: 'c', user: 'u' } }],
    }),
  );
  process.env['KUBECONFIG'] = path;
});

afterAll(() => {
  if (former === undefined) delete process.env['KUBECONFIG'];
  else process.env['KUBECONFIG'] = former;
  rmSync(folder, { recursive: true });
});

/** What ends the process, gives up, or writes without a precondition in the base class as it is shipped. */
const replaced = [
  'init',
  'stop',
  'watchResource',
  'setResourceStatus',
  'patchResourceStatus',
  'setResourceFinalizers',
  'handleResourceFinalizer',
  'registerCustomResourceDefinition',
] as const;

describe('the operator', () => {
  test('is an operator of the base class', () => {
    expect(NeuroOperator.prototype).toBeInstanceOf(dotI.default);
  });

  test.each(replaced)('replaces %s of the base class', (method) => {
    expect(Object.hasOwn(NeuroOperator.prototype, method)).toBe(true);
  });

  test('leaves no method of the base class in use that calls process.exit', () => {
    const base = dotI.default.prototype as unknown as Record<string, unknown>;
    // The text of the constructor is that of the whole class.
    const methods = Object.getOwnPropertyNames(base).filter((name) => name !== 'constructor');
    const exiting = methods.filter((name) => String(base[name]).includes('process.exit'));
    expect(exiting.length).toBeGreaterThan(0);
    expect(exiting.filter((name) => !(replaced as readonly string[]).includes(name))).toEqual([]);
  });

  test('starts without an API server, waits for it, and stops', async () => {
    const options = parseOptions(['--health-port', '0', '--http-port', '0', '--bind-address', '127.0.0.1'], {});
    const operator = new NeuroOperator(options, readConfig({}), createLogger({ level: 'silent' }));
    const started = operator.start();
    await until(() => operator.ports !== undefined, 'it listens');
    const health = await fetch(`http://127.0.0.1:${String(operator.ports?.health)}/readyz`);
    expect(health.status).not.toBe(200);
    operator.stop();
    await expect(started).rejects.toThrow('the operator stops');
    await operator.whenStopped();
  });
});

test('every controller has a reconciler and a place in the wiring', () => {
  expect(typeof connectAll).toBe('function');
  const deps = { watched: {}, config: { presets: {} } } as never;
  expect(Object.keys(reconcilersOf(deps)).sort()).toEqual([...controllerNames].sort());
});
