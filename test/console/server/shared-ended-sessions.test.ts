/** The record of ended sessions over several replicas, with the time and the API server in the hands of the test. */
import { beforeEach, describe, expect, test } from 'vitest';
import { configMaps } from '../../../src/console/server/proxy/config-maps.ts';
import type { EndableSession } from '../../../src/console/server/sessions/ended-record.ts';
import {
  confirmedForMs,
  readEveryMs,
  SharedEndedSessions,
} from '../../../src/console/server/sessions/shared-ended-sessions.ts';
import { createLogger, KubeClient, KernelError } from '../../../src/kernel/index.ts';
import { InProcessTransport, type Interception } from '../../support/in-process-transport.ts';
import { ManualClock } from '../../support/manual-clock.ts';
import { ModelApi } from '../../support/model-api.ts';

const configMap = { namespace: 'neuro-system', name: 'neuro-console-ended-sessions' };
const maxSessionMs = 12 * 3_600_000;

let clock: ManualClock;
let model: ModelApi;

interface Replica {
  readonly sessions: SharedEndedSessions;
  readonly transport: InProcessTransport;
  /** How often it was told that sessions were ended. */
  told: number;
  net: Interception;
  stop(): Promise<void>;
}

function start(): Replica {
  const log = createLogger({ level: 'silent' });
  const stopped = new AbortController();
  const transport = new InProcessTransport({ model, clock, intercept: () => replica.net });
  const sessions = new SharedEndedSessions({
    client: new KubeClient({ transport }),
    configMap,
    clock,
    log,
    maxSessionMs,
    onEnded: () => (replica.told += 1),
  });
  const running = sessions.run(stopped.signal);
  const replica: Replica = {
    sessions,
    transport,
    told: 0,
    net: 'pass',
    stop: () => (stopped.abort(), running),
  };
  return replica;
}

const session = (user: string, id: string): EndableSession => ({
  user,
  id,
  startedAt: clock.now(),
  endsAt: clock.now() + maxSessionMs,
});
const writes = ({ transport }: Replica): number => transport.requests.filter(({ method }) => method === 'PATCH').length;
const dataOf = (): Record<string, string> =>
  (model.get(configMaps, configMap)?.['data'] ?? {}) as Record<string, string>;
/** Resolves with the code of its error, or with `done`. */
const outcome = (promise: Promise<void>): Promise<string> =>
  promise.then(
    () => 'done',
    (error: unknown) => String((error as { code?: string }).code),
  );

let [a, b]: [Replica, Replica] = [] as never;

beforeEach(async () => {
  clock = new ManualClock();
  model = new ModelApi();
  model.put(configMaps, { metadata: configMap });
  [a, b] = [start(), start()];
  await clock.advance(10);
});

test('a session that one replica ended is refused by the other at its next read, and its streams end', async () => {
  const ending = session('alice', 'a');
  await clock.advance(0);
  const ended = outcome(a.sessions.end(ending));
  expect(a.sessions.isEnded(ending)).toBe(true);
  await clock.advance(readEveryMs);
  expect(await ended).toBe('done');
  expect(b.sessions.isEnded(ending)).toBe(true);
  expect([a.told, b.told]).toEqual([1, 1]);
  expect(b.sessions.isEnded(session('alice', 'other'))).toBe(false);
});

test('a process that starts refuses what was ended before', async () => {
  const ending = session('alice', 'a');
  void a.sessions.end(ending);
  await clock.advance(readEveryMs);
  await Promise.all([a.stop(), b.stop()]);
  const c = start();
  expect(() => c.sessions.isEnded(ending)).toThrow(expect.objectContaining({ code: 'ApiServerUnreachable' }));
  await clock.advance(10);
  expect(c.sessions.isEnded(ending)).toBe(true);
});

describe('without the record', () => {
  test.each<[string, () => void]>([
    ['the API server does not answer', () => void (b.net = 'hang')],
    ['it refuses', () => void (b.net = new KernelError('Forbidden', 'forbidden', { status: 403 }))],
    ['the ConfigMap is gone', () => model.remove(configMaps, configMap)],
  ])('no session is accepted: %s', async (_why, fail) => {
    const some = session('alice', 'a');
    fail();
    await clock.advance(confirmedForMs - 2 * readEveryMs);
    expect(b.sessions.isEnded(some)).toBe(false);
    await clock.advance(3 * readEveryMs);
    expect(() => b.sessions.isEnded(some)).toThrow(expect.objectContaining({ code: 'ApiServerUnreachable' }));
    expect(b.sessions.isConfirmed).toBe(false);
  });

  test('a clock that is set back does not make the last look newer', async () => {
    b.net = 'hang';
    clock.jump(-3_600_000);
    await clock.advance(confirmedForMs);
    expect(b.sessions.isConfirmed).toBe(false);
  });

  test('a log-out holds here at once, says that others do not know, and reaches them later', async () => {
    const ending = session('alice', 'a');
    a.net = new KernelError('Network', 'away');
    const ended = outcome(a.sessions.end(ending));
    expect(a.sessions.isEnded(ending)).toBe(true);
    await clock.advance(6_000);
    expect(await ended).toBe('ApiServerUnreachable');
    expect(b.sessions.isEnded(ending)).toBe(false);
    a.net = 'pass';
    await clock.advance(3 * readEveryMs);
    expect(b.sessions.isEnded(ending)).toBe(true);
  });

  test('a write whose response was lost is not reported as done before it is confirmed', async () => {
    const ending = session('alice', 'a');
    a.net = 'lost';
    const ended = outcome(a.sessions.end(ending));
    await clock.advance(500);
    a.net = 'pass';
    await clock.advance(3 * readEveryMs);
    expect(await ended).toBe('done');
    expect(b.sessions.isEnded(ending)).toBe(true);
  });
});

test('what someone takes out of the record is restored', async () => {
  const ending = session('alice', 'a');
  void a.sessions.end(ending);
  await clock.advance(2 * readEveryMs);
  model.put(configMaps, { metadata: configMap });
  await clock.advance(3 * readEveryMs);
  expect(Object.keys(dataOf())).toHaveLength(1);
});

test('two that end sessions at the same time keep both', async () => {
  const [one, other] = [session('alice', 'a'), session('bob', 'b')];
  void a.sessions.end(one);
  void b.sessions.end(other);
  await clock.advance(2 * readEveryMs);
  for (const { sessions } of [a, b]) {
    expect([one, other].map((each) => sessions.isEnded(each))).toEqual([true, true]);
  }
});

test('a flood of log-outs is one write a second, of a bounded record', async () => {
  const before = writes(a);
  for (let second = 0; second < 10; second += 1) {
    for (let index = 0; index < 100; index += 1) {
      await clock.advance(10);
      void a.sessions.end(session('mallory', `${String(second)}-${String(index)}`)).catch(() => undefined);
    }
  }
  await clock.advance(readEveryMs);
  expect(writes(a) - before).toBeLessThanOrEqual(13);
  expect(Object.keys(dataOf()).length).toBeLessThanOrEqual(17);
});

test('nothing is written while nobody logs out', async () => {
  await clock.advance(60_000);
  expect(writes(a) + writes(b)).toBe(0);
});

test('expired entries are removed with the next write', async () => {
  void a.sessions.end(session('alice', 'a'));
  await clock.advance(readEveryMs);
  const [former] = Object.keys(dataOf());
  // Not second by second, each with a read of two replicas.
  clock.stall(maxSessionMs);
  await clock.advance(readEveryMs);
  void a.sessions.end(session('alice', 'b'));
  await clock.advance(2 * readEveryMs);
  expect(Object.keys(dataOf())).toHaveLength(1);
  expect(Object.keys(dataOf())).not.toContain(former);
});
