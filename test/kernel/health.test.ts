import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { viewPod, type PodView } from '../../src/controllers/pod-view.ts';
import { podType } from '../../src/controllers/resources.ts';
import {
  KubeClient,
  Reflector,
  serveHealth,
  Store,
  unhealthyWatches,
  unreadyParts,
  type PlainServer,
  type LeaderRole,
  type WatchHealth,
} from '../../src/kernel/index.ts';
import { InProcessTransport } from '../support/in-process-transport.ts';
import { ManualClock } from '../support/manual-clock.ts';
import { ModelApi } from '../support/model-api.ts';

const minute = 60_000;
const nowMs = 100 * minute;
const watch = (more: Partial<WatchHealth> = {}): WatchHealth => ({
  description: '/api/v1/secrets',
  hasSynced: true,
  progressedMs: nowMs,
  failedMs: 0,
  silenceMs: 100_000,
  ...more,
});

describe('health', () => {
  test.each<[string, Partial<WatchHealth>, readonly string[]]>([
    ['is good right after progress', {}, []],
    ['is good while a watch may be silent', { progressedMs: nowMs - 149_000 }, []],
    [
      'is bad when neither progress nor a failed try is seen',
      { progressedMs: nowMs - 151_000 },
      ['/api/v1/secrets: stuck for 151 s'],
    ],
    [
      'is good while the API server is away for some minutes',
      { progressedMs: nowMs - 9 * minute, failedMs: nowMs - 1_000 },
      [],
    ],
    [
      'is bad when every try has failed for long',
      { progressedMs: nowMs - 11 * minute, failedMs: nowMs },
      ['/api/v1/secrets: failing for 660 s'],
    ],
    [
      'is bad when it is stuck after a failure',
      { progressedMs: nowMs - 5 * minute, failedMs: nowMs - 4 * minute },
      ['/api/v1/secrets: stuck for 240 s'],
    ],
  ])('%s', (_name, more, expected) => {
    expect(unhealthyWatches([watch(more)], nowMs)).toEqual(expected);
  });

  test.each<[string, boolean, LeaderRole | undefined, number]>([
    ['listed, and there is no election', true, undefined, 0],
    ['listed and leading', true, 'leader', 0],
    ['listed and standing by', true, 'standby', 0],
    ['nobody knows who leads', true, 'unknown', 1],
    ['not listed yet', false, 'leader', 1],
    ['neither', false, 'unknown', 2],
  ])('readiness: %s', (_name, hasSynced, role, problems) => {
    const parts = { watches: [watch({ hasSynced })], ...(role === undefined ? {} : { elector: { role } }) };
    expect(unreadyParts(parts).length).toBe(problems);
  });
});

test('a clock that is set makes no watch stuck', async () => {
  const clock = new ManualClock();
  const client = new KubeClient({ transport: new InProcessTransport({ model: new ModelApi() }) });
  const reflector = new Reflector({ client, type: podType, store: new Store<PodView>(), project: viewPod, clock });
  const ended = new AbortController();
  const running = reflector.run(ended.signal);
  await reflector.whenSynced();
  const health = await serveHealth({ address: '127.0.0.1', port: 0, watches: [reflector], clock });
  for (const jumpMs of [86_400_000, -172_800_000]) {
    clock.jump(jumpMs);
    const response = await fetch(`http://127.0.0.1:${String(health.port)}/healthz`);
    expect([response.status, await response.text()]).toEqual([200, 'ok\n']);
  }
  await health.close();
  ended.abort();
  await running;
});

describe('health server', () => {
  let server: PlainServer;
  let watches: WatchHealth[];

  beforeEach(async () => {
    watches = [watch({ progressedMs: performance.now() })];
    server = await serveHealth({
      address: '127.0.0.1',
      port: 0,
      watches,
      registry: { contentType: 'text/plain; version=0.0.4', metrics: () => Promise.resolve('a 1\n') },
    });
  });
  afterEach(() => server.close());

  const get = (path: string, init: RequestInit = {}) => fetch(`http://127.0.0.1:${String(server.port)}${path}`, init);

  test.each([
    ['/healthz', 200],
    ['/readyz', 200],
    ['/healthz?verbose', 200],
    ['/metrics', 200],
    ['/', 404],
  ])('%s answers %d', async (path, status) => {
    expect((await get(path)).status).toBe(status);
  });

  test('names the watch that is stuck, and what is not ready', async () => {
    watches[0] = watch({ progressedMs: -60 * minute, failedMs: -60 * minute, hasSynced: false });
    const [health, ready] = await Promise.all([get('/healthz'), get('/readyz')]);
    expect([health.status, ready.status]).toEqual([503, 503]);
    expect(await health.text()).toContain('/api/v1/secrets: stuck');
    expect(await ready.text()).toContain('/api/v1/secrets: not listed yet');
  });

  test('gives the metrics with their type', async () => {
    const response = await get('/metrics');
    expect(response.headers.get('content-type')).toBe('text/plain; version=0.0.4');
    expect(await response.text()).toBe('a 1\n');
  });

  test('takes only GET and HEAD', async () => {
    expect((await get('/healthz', { method: 'POST' })).status).toBe(405);
    expect(await (await get('/healthz', { method: 'HEAD' })).text()).toBe('');
  });

  test('says that its address is not available', async () => {
    const taken = serveHealth({ address: '127.0.0.1', port: server.port, watches: [] });
    await expect(taken).rejects.toMatchObject({ code: 'Network' });
  });

  test('closes while a client keeps its connection', async () => {
    await get('/healthz');
    await server.close();
    await expect(get('/healthz')).rejects.toThrow();
    server = await serveHealth({ address: '127.0.0.1', port: 0, watches });
  });
});
