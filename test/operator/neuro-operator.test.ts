import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import dotI from '@dot-i/k8s-operator';
import { createFingerprint } from '../../src/controllers/fingerprint.ts';
import { watchAll } from '../../src/controllers/watched.ts';
import { createLogger, KubeClient } from '../../src/kernel/index.ts';
import { readConfig } from '../../src/operator/config.ts';
import { NeuroOperator } from '../../src/operator/neuro-operator.ts';
import { parseOptions } from '../../src/operator/options.ts';
import { uncheckedPolicies } from '../../src/operator/policy-watch.ts';
import { controllersOf } from '../../src/operator/wiring.ts';
import { FakeApiServer } from '../support/fake-api-server.ts';
import { ManualClock } from '../support/manual-clock.ts';
import { until } from '../support/until.ts';

const folder = mkdtempSync(join(tmpdir(), 'neuro-operator-test-'));
const former = process.env['KUBECONFIG'];

beforeAll(() => useServer('http://127.0.0.1:1'));

afterAll(() => {
  if (former === undefined) delete process.env['KUBECONFIG'];
  else process.env['KUBECONFIG'] = former;
  rmSync(folder, { recursive: true });
});

function useServer(server: string): void {
  const path = join(folder, 'kubeconfig');
  writeFileSync(
    path,
    JSON.stringify({
      'current-context': 'c',
      clusters: [{ name: 'c', cluster: { server } }],
      users: [{ name: 'u', user: {} }],
      contexts: [{ name: 'c', context: { cluster: 'c', user: 'u' } }],
    }),
  );
  process.env['KUBECONFIG'] = path;
}

/** Follows more kinds than the controllers do, as an operator that is built on this one may. */
class Follower extends NeuroOperator {
  /** By plural; undefined where the kind can be followed. */
  readonly problems = new Map<string, unknown>();

  protected override async init(): Promise<void> {
    await super.init();
    for (const [group, version, plural] of followed) {
      try {
        await this.watchResource(group, version, plural, () => Promise.resolve());
        this.problems.set(plural, undefined);
      } catch (error) {
        this.problems.set(plural, error);
      }
    }
  }
}

const followed = [
  ['neu.ro', 'v1', 'usersecrets'],
  ['', 'v1', 'pods'],
  ['', 'v1', 'services'],
  ['apps', 'v1', 'deployments'],
] as const;

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

describe('an operator that is built on it', () => {
  test('follows every kind that is watched, and is told which is not', async () => {
    const fake = await FakeApiServer.start();
    useServer(`http://127.0.0.1:${String(fake.port)}`);
    const ports = ['--health-port', '0', '--http-port', '0', '--bind-address', '127.0.0.1'];
    const options = parseOptions([...ports, '--no-require-policies'], {});
    const operator = new Follower(options, readConfig({}), createLogger({ level: 'silent' }));
    try {
      await operator.start();
      expect([...operator.problems]).toEqual([
        ['usersecrets', undefined],
        ['pods', undefined],
        ['services', undefined],
        ['deployments', expect.any(RangeError)],
      ]);
    } finally {
      operator.stop();
      await operator.whenStopped();
      await fake.close();
    }
  });
});

describe('the wiring', () => {
  const source = readFileSync(new URL('../../src/operator/wiring.ts', import.meta.url), 'utf8');
  /** The table of the docstring: columns by position, lines that begin with spaces go on. */
  const table = source
    .slice(source.indexOf(' *   controller'), source.indexOf(' */'))
    .split('\n')
    .slice(1)
    .reduce<string[][]>((rows, line) => {
      const cells = [line.slice(5, 21).trim(), line.slice(21, 37).trim(), line.slice(37).trim()];
      if (cells.join('') === '') return rows;
      const last = rows.at(-1);
      if (cells[0] !== '' || last === undefined) return [...rows, cells];
      return [...rows.slice(0, -1), [last[0] ?? '', last[1] ?? '', `${last[2] ?? ''} ${cells[2] ?? ''}`]];
    }, []);

  test('is what the table at its head says', () => {
    const client = new KubeClient({ transport: { request: () => hang, stream: () => hang } });
    const fingerprint = createFingerprint(Buffer.from('key'));
    const clock = new ManualClock();
    const watched = watchAll(client, fingerprint, { clock });
    const store = { onChange: () => undefined };
    const sealingKeys = { informer: { store }, onChange: () => undefined } as never;
    const entries = controllersOf({
      client,
      watched,
      fingerprint,
      sealingKeys,
      policies: uncheckedPolicies,
      recorder: { event: () => undefined },
      clock,
      config: readConfig({}),
      namespace: 'neuro-system',
      log: createLogger({ level: 'silent' }),
      onBound: () => undefined,
    });
    const rows = entries.map(({ name, key, wakes }) => [name, key, wakes.map(({ by }) => by).join('; ')]);
    expect(table).toEqual(rows);
  });
});

const hang = new Promise<never>(() => undefined);
