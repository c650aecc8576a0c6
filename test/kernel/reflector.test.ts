import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import {
  KubeClient,
  Reflector,
  Store,
  Transport,
  isKernelError,
  type KubeObject,
  type ReflectorOptions,
  type ResourceType,
  undiciHttp,
} from '../../src/kernel/index.ts';
import { deepFreeze } from '../support/deep-freeze.ts';
import { FakeApiServer, type Fault, type SeenRequest } from '../support/fake-api-server.ts';
import { after, frozenBody, frozenStatus, noAnswer, reset, slow, status, stream, text } from '../support/faults.ts';
import { hastyClock } from '../support/hasty-clock.ts';
import { ManualClock, settle } from '../support/manual-clock.ts';
import { until } from '../support/until.ts';

interface Thing extends KubeObject {
  readonly spec?: { readonly size: number };
}
type Projection = Pick<Thing, 'metadata'> & { readonly size: number };

const things: ResourceType<Thing> = { group: 'test', version: 'v1', plural: 'things', kind: 'Thing', namespaced: true };
const thing = (name: string, size = 1, namespace = 'ns'): Thing & Record<string, unknown> => ({
  metadata: { namespace, name },
  spec: { size },
});
const isWatch = ({ isWatch: watch }: SeenRequest): boolean => watch;
const isList = (request: SeenRequest): boolean => !isWatch(request);

describe('reflector', () => {
  let server: FakeApiServer;
  let transport: Transport;
  let stopping: AbortController;
  let ended: Promise<void> | undefined;
  let store: Store<Projection>;
  let reflector: Reflector<Thing, Projection>;
  let errors: Error[];
  let heard: string[];

  beforeEach(async () => {
    server = await FakeApiServer.start();
    transport = new Transport({ access: server.access(), http: undiciHttp, userAgent: 'test' });
    stopping = new AbortController();
    errors = [];
    heard = [];
    store = new Store<Projection>();
    store.onChange(({ key, before, after: now }) =>
      heard.push(`${now === undefined ? '-' : before === undefined ? '+' : '~'}${key}`),
    );
    for (const name of ['a', 'b']) server.model.put(things, thing(name));
  });
  afterEach(async () => {
    stopping.abort(new Error('stop'));
    await ended;
    await transport.close();
    await server.close();
  });

  function start(options: Partial<ReflectorOptions<Thing, Projection>> = {}): void {
    reflector = new Reflector<Thing, Projection>({
      client: new KubeClient({ transport }),
      type: things,
      store,
      project: ({ metadata: { namespace = '', name, uid = '', resourceVersion = '' }, spec }) =>
        deepFreeze({ metadata: { namespace, name, uid, resourceVersion }, size: spec?.size ?? 0 }),
      backoff: { baseMs: 10, limitMs: 40 },
      silenceMs: 1_000,
      onError: (error) => errors.push(error),
      ...options,
    });
    ended = reflector.run(stopping.signal);
  }

  /** The store is what the server has. */
  const isEqual = (): boolean => {
    const [here, there] = [[...store.values()], server.model.all(things)].map((objects) =>
      objects
        .map(({ metadata }) => `${metadata.name} ${String(metadata.uid)} ${String(metadata.resourceVersion)}`)
        .sort(),
    );
    return JSON.stringify(here) === JSON.stringify(there);
  };
  const becomesEqual = (): Promise<void> => until(isEqual, 'the store is equal to the server');
  const watching = (count: number): Promise<void> =>
    until(() => server.watches().length >= count, `${String(count)} watches`);

  test('lists, then watches from where the list ended, with bookmarks and an end', async () => {
    start();
    await reflector.whenSynced();
    await watching(1);
    expect(server.lists().length).toBe(1);
    const [watch] = server.watches();
    expect(watch?.query).toMatchObject({ resourceVersion: '102', allowWatchBookmarks: 'true', watch: 'true' });
    expect(Number(watch?.query['timeoutSeconds'])).toBeGreaterThanOrEqual(300);
    expect(Number(watch?.query['timeoutSeconds'])).toBeLessThanOrEqual(600);
    server.model.put(things, thing('c'));
    server.model.put(things, thing('a', 2));
    server.model.remove(things, { namespace: 'ns', name: 'b' });
    await becomesEqual();
    expect(heard).toEqual(['+ns/a', '+ns/b', '+ns/c', '~ns/a', '-ns/b']);
    expect(store.get('ns/a')?.size).toBe(2);
    expect(errors).toEqual([]);
  });

  test('a list of many slow pages is one moment, and what happens meanwhile is not missed', async () => {
    for (let index = 0; index < 4_000; index += 1) server.model.put(things, thing(`n${String(index)}`));
    server.script(
      isList,
      slow(20),
      slow(20),
      after(() => {
        server.model.put(things, thing('between'));
        server.model.remove(things, { namespace: 'ns', name: 'n0' });
      }),
      slow(20),
    );
    start();
    await becomesEqual();
    expect(server.lists().map(({ query }) => query['limit'])).toEqual(['500', '1000', '2000', '4000']);
    expect(heard.filter((word) => word === '-ns/n0').length).toBe(1);
    expect(heard.filter((word) => word === '+ns/between').length).toBe(1);
  });

  describe.each<[string, Fault, { relists: boolean; told: string | undefined }]>([
    ['a watch that is reset', reset, { relists: false, told: 'Network' }],
    ['a watch that is refused with 410', status(410, 'Expired'), { relists: true, told: undefined }],
    ['a watch that is refused with 500', status(500), { relists: false, told: 'Server' }],
    ['a watch that is refused with 403', status(403), { relists: false, told: 'Forbidden' }],
    [
      'a watch that is refused with 429',
      status(429, 'Busy', { 'retry-after': '0.01' }),
      { relists: false, told: 'TooManyRequests' },
    ],
    ['a watch that ends at once', stream([], 'close'), { relists: false, told: undefined }],
    ['half a line, then the end', stream(['{"type":"ADD'], 'close'), { relists: false, told: undefined }],
    ['half a line, then a reset', stream(['{"type":"ADD'], 'reset'), { relists: false, told: 'Network' }],
    [
      'an end within a character',
      stream([Buffer.from('{"type":"ADDED","object":{"x":"ü').subarray(0, -1)], 'close'),
      { relists: false, told: undefined },
    ],
    ['a line that is no JSON', stream(['oops\n'], 'freeze'), { relists: false, told: 'Malformed' }],
    ['a page of HTML', text('<html>\n'), { relists: false, told: 'Malformed' }],
    [
      '410 in the stream',
      stream(['{"type":"ERROR","object":{"code":410,"reason":"Expired"}}\n'], 'freeze'),
      { relists: true, told: undefined },
    ],
    [
      '500 in the stream, which stays open',
      stream(['{"type":"ERROR","object":{"code":500}}\n'], 'freeze'),
      { relists: false, told: 'Server' },
    ],
    ['a connection that freezes', stream([], 'freeze'), { relists: false, told: 'Silent' }],
    ['a connection that freezes within a line', stream(['{"type":'], 'freeze'), { relists: false, told: 'Silent' }],
    ['an event without an object', stream(['{"type":"ADDED"}\n'], 'freeze'), { relists: false, told: 'Malformed' }],
  ])('%s', (_name, fault, expected) => {
    test(`is survived; it lists again: ${String(expected.relists)}`, async () => {
      server.script(isWatch, ({ ...exchange }) => {
        // These happen while nobody hears of them.
        server.model.remove(things, { namespace: 'ns', name: 'a' });
        server.model.put(things, thing('a', 5));
        server.model.remove(things, { namespace: 'ns', name: 'b' });
        server.model.put(things, thing('c'));
        return fault(exchange);
      });
      start();
      await watching(1);
      await becomesEqual();
      expect(store.get('ns/a')?.size).toBe(5);
      expect(heard.filter((word) => word === '-ns/b').length).toBe(1);
      expect(server.lists().length).toBe(expected.relists ? 2 : 1);
      expect(errors.map((error) => (isKernelError(error) ? error.code : 'other'))).toEqual(
        expected.told === undefined ? [] : [expected.told],
      );
    });
  });

  describe.each<[string, readonly Fault[]]>([
    ['a reset', [reset]],
    ['a burst of 500', [status(500), status(500), status(500), status(500), status(500)]],
    ['403 until somebody grants it', [status(403), status(403)]],
    ['an answer that is no JSON', [text('<html>')]],
    ['an answer that is no list', [text('{"kind":"Status"}')]],
    ['410 at the first page', [status(410)]],
    ['503 with Retry-After', [status(503, 'Busy', { 'retry-after': '0.02' })]],
  ])('a list that meets %s', (_name, faults) => {
    test('is tried until it succeeds', async () => {
      server.script(isList, ...faults);
      start();
      await becomesEqual();
      expect(reflector.hasSynced).toBe(true);
      expect(server.scriptedLeft).toBe(0);
    });
  });

  test('a continue token that expires in the middle begins the list again', async () => {
    for (let index = 0; index < 1_200; index += 1) server.model.put(things, thing(`n${String(index)}`));
    server.script(
      ({ query }) => query['continue'] !== undefined,
      after(() => server.model.compact()),
    );
    start();
    await becomesEqual();
    expect(server.lists().length).toBe(4);
  });

  test('nothing is taken for deleted by a list that broke in the middle', async () => {
    for (let index = 0; index < 700; index += 1) server.model.put(things, thing(`n${String(index)}`));
    start();
    await becomesEqual();
    await watching(1);
    heard.length = 0;
    server.model.compact();
    server.script(isWatch, status(410));
    server.script(({ query, isWatch: watch }) => !watch && query['continue'] !== undefined, reset, status(500));
    server.reset();
    await until(() => server.lists().length >= 2 + 6 && isEqual(), 'listed again');
    expect(heard.filter((word) => word.startsWith('-'))).toEqual([]);
  });

  test('reports what was deleted while the watch was closed, and what was recreated with another uid', async () => {
    start();
    await becomesEqual();
    await watching(1);
    heard.length = 0;
    const uid = store.get('ns/a')?.metadata.uid;
    server.script(
      isWatch,
      after(() => {
        server.model.remove(things, { namespace: 'ns', name: 'a' });
        server.model.put(things, thing('a', 7));
        server.model.remove(things, { namespace: 'ns', name: 'b' });
        server.model.compact();
      }),
    );
    server.reset();
    await watching(2);
    await becomesEqual();
    expect(heard.sort()).toEqual(['-ns/b', '~ns/a']);
    expect(store.get('ns/a')?.metadata.uid).not.toBe(uid);
  });

  test('a watch continues from the last bookmark', async () => {
    const did: string[] = [];
    start({ onProgress: (what) => did.push(what) });
    await watching(1);
    server.model.bookmark();
    const version = server.model.resourceVersion;
    await until(() => did.includes('bookmark'), 'the bookmark is read');
    server.reset();
    await watching(2);
    expect(server.watches()[1]?.query['resourceVersion']).toBe(version);
    expect(server.lists().length).toBe(1);
  });

  test('a quiet watch that has bookmarks alone is never taken for frozen', async () => {
    const silenceMs = 3_000;
    const clock = new ManualClock();
    const did: string[] = [];
    start({ silenceMs, clock, onProgress: (what) => did.push(what) });
    await until(() => did.includes('watch'), 'it watches');
    for (let round = 1; round <= 10; round += 1) {
      await clock.advance(silenceMs - 1);
      server.model.bookmark();
      await until(() => did.filter((what) => what === 'bookmark').length === round, 'the bookmark is read');
      expect(reflector.lastProgressMs).toBe(clock.now());
    }
    expect(server.watches().length).toBe(1);
    expect(errors).toEqual([]);
    await clock.advance(silenceMs);
    await until(() => errors.length === 1, 'silence is noticed');
    expect(errors).toMatchObject([{ code: 'Silent' }]);
  });

  describe('a watch that has had nothing yet', () => {
    const silenceMs = 100_000;
    const asked = (): readonly SeenRequest[] => server.lists().filter(({ query }) => query['limit'] === '1');
    const begin = async (options: Partial<ReflectorOptions<Thing, Projection>> = {}): Promise<ManualClock> => {
      const clock = new ManualClock();
      let isWatching = false;
      const onProgress = (what: string): void => {
        isWatching ||= what === 'watch';
      };
      start({ silenceMs, clock, onProgress, random: () => 1, ...options });
      await until(() => isWatching, 'it watches');
      return clock;
    };

    test('has the API server catch up, whose cache is not past its beginning, and so gets a bookmark in time', async () => {
      const clock = await begin({ labelSelector: 'app=x' });
      await clock.advance(44_999);
      expect(asked()).toEqual([]);
      await clock.advance(1);
      await until(() => asked().length === 1, 'it asks');
      expect(asked()).toMatchObject([{ path: '/apis/test/v1/things', query: { labelSelector: 'app=x', limit: '1' } }]);
      expect(asked()[0]?.headers.accept).toMatch(/as=PartialObjectMetadataList/);
      expect(asked()[0]?.query).not.toHaveProperty('resourceVersion');
      // What the real server does at the next minute of the watch.
      server.model.bookmark();
      await until(() => reflector.lastProgressMs === clock.now(), 'the bookmark is read');
      await clock.advance(silenceMs - 1);
      expect(errors).toEqual([]);
      expect(server.watches().length).toBe(1);
      expect(asked().length).toBe(1);
    });

    test('is taken for dead when nothing comes, whether or not the API server responds', async () => {
      server.script(({ query }) => query['limit'] === '1', status(500));
      const clock = await begin();
      await clock.advance(45_000);
      await until(() => asked().length === 1, 'it asks');
      await clock.advance(silenceMs - 45_000);
      await until(() => errors.length === 1, 'silence is noticed');
      expect(errors).toMatchObject([{ code: 'Silent' }]);
    });

    test('asks nothing once it has had an event', async () => {
      const clock = await begin();
      server.model.put(things, thing('c'));
      await until(() => store.size === 3, 'the event is read');
      await clock.advance(silenceMs - 1);
      expect(asked()).toEqual([]);
    });

    test('asks nothing where it may be silent', async () => {
      const clock = await begin({ silenceMs: Infinity });
      await clock.advance(10 * silenceMs);
      expect(asked()).toEqual([]);
    });

    test('asks nothing after it has stopped', async () => {
      const clock = await begin();
      stopping.abort(new Error('stop'));
      await ended;
      await clock.advance(silenceMs);
      expect(asked()).toEqual([]);
    });
  });

  test('watches that end at once, again and again, do not make it spin', async () => {
    server.script(isWatch, ...Array.from({ length: 1_000 }, () => stream([], 'close')));
    const clock = hastyClock(1_000);
    start({ backoff: { baseMs: 50, limitMs: 1_000 }, silenceMs: 60_000, clock });
    await until(() => server.watches().length > 20, 'it tries again and again');
    expect(clock.pauses.length).toBeGreaterThanOrEqual(server.watches().length - 1);
    expect(new Set(clock.pauses)).toEqual(new Set([50]));
    expect(server.lists().length).toBe(1);
  });

  test('waits longer after each failure, up to the limit', async () => {
    server.script(isWatch, ...Array.from({ length: 1_000 }, () => status(500)));
    const clock = hastyClock(1_000);
    start({ backoff: { baseMs: 20, limitMs: 400 }, random: () => 1, silenceMs: 60_000, clock });
    await until(() => clock.pauses.length >= 8, 'it tries again and again');
    expect(clock.pauses.slice(0, 8)).toEqual([20, 40, 80, 160, 320, 400, 400, 400]);
  });

  test('Retry-After is kept where it is longer than the backoff', async () => {
    server.script(isWatch, status(429, 'Busy', { 'retry-after': '0.5' }));
    const clock = hastyClock(1_000);
    start({ silenceMs: 60_000, clock });
    await watching(2);
    expect(clock.pauses[0]).toBe(500);
  });

  test.each([
    ['a list that has no answer', isList, noAnswer],
    ['a list whose body freezes', isList, frozenBody],
    ['a watch that has no answer', isWatch, noAnswer],
    ['a watch that is under way', isWatch, frozenBody],
    ['a refusal that never ends', isWatch, frozenStatus(500)],
    ['a pause between tries', isList, status(500)],
  ])('stops at once during %s', async (_name, matches, fault) => {
    server.script(matches, fault);
    // No pause and no limit falls due: only the end of the signal can end it.
    start({ clock: new ManualClock() });
    await until(() => server.requests.some(matches), 'the request is there');
    await settle();
    const open = server.openConnections;
    stopping.abort(new Error('stop'));
    let hasEnded = false;
    void ended?.then(() => (hasEnded = true));
    await until(() => hasEnded, 'it ends', 5_000);
    // That of the list stays for the next request.
    if (fault === frozenBody) await until(() => server.openConnections < open, 'the connection of the watch is closed');
  });

  test('asks only for its selection: a namespace, labels, metadata', async () => {
    server.model.put(things, { ...thing('other', 3, 'elsewhere') });
    server.model.put(things, { metadata: { namespace: 'ns', name: 'mine', labels: { app: 'x' } }, spec: { size: 3 } });
    start({ namespace: 'ns', labelSelector: 'app=x', metadataOnly: true });
    await reflector.whenSynced();
    await watching(1);
    server.model.put(things, { metadata: { namespace: 'ns', name: 'later', labels: { app: 'x' } }, spec: { size: 3 } });
    await until(() => store.size === 2, 'both are there');
    expect([...store.keys()]).toEqual(['ns/mine', 'ns/later']);
    expect([...store.values()].map(({ size }) => size)).toEqual([0, 0]);
    for (const request of server.requests) {
      expect(request).toMatchObject({ path: '/apis/test/v1/namespaces/ns/things', query: { labelSelector: 'app=x' } });
      expect(request.headers.accept).toMatch(/as=PartialObjectMetadata(List)?;g=meta.k8s.io;v=v1$/);
    }
  });

  test('health counts a failed try as activity, and only responses as progress', async () => {
    server.script(isList, status(500), noAnswer);
    start();
    const beganMs = reflector.progressedMs;
    await until(() => server.lists().length === 2, 'it tries again');
    expect(reflector.failedMs).toBeGreaterThanOrEqual(beganMs);
    expect(reflector.progressedMs).toBe(beganMs);
  });
});
