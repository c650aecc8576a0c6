/** The kernel's promises that only a real API server can prove, also when that is killed and when its history is compacted. */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { DevCluster } from '../../tools/devcluster/index.ts';
import { freePorts } from '../../tools/devcluster/state/free-ports.ts';
import {
  EventRecorder,
  Informer,
  KubeClient,
  LeaderElector,
  Reflector,
  Store,
  Transport,
  kubeEvents,
  leases,
  loadAccess,
  type Access,
  type KubeEvent,
  type KubeObject,
  type ReflectorOptions,
  type ResourceType,
  undiciHttp,
} from '../../src/kernel/index.ts';
import { testCluster } from '../support/cluster.ts';
import { TcpProxy } from '../support/tcp-proxy.ts';
import { eventually, until } from '../support/until.ts';

interface ConfigMap extends KubeObject {
  readonly data?: Readonly<Record<string, string>>;
}
interface Review extends KubeObject {
  readonly spec: object;
  readonly status?: { readonly allowed: boolean };
}

const core = (plural: string, kind: string, namespaced = true): ResourceType<ConfigMap> => ({
  group: '',
  version: 'v1',
  plural,
  kind,
  namespaced,
});
const configMaps = core('configmaps', 'ConfigMap');
const namespaces = core('namespaces', 'Namespace', false);
const secrets: ResourceType<ConfigMap> = { ...core('secrets', 'Secret'), confidential: true };
const reviews: ResourceType<Review> = {
  group: 'authorization.k8s.io',
  version: 'v1',
  plural: 'subjectaccessreviews',
  kind: 'SubjectAccessReview',
  namespaced: false,
};

describe('the kernel on a real API server', () => {
  let cluster: DevCluster;
  let access: Access;
  let transport: Transport;
  let client: KubeClient;
  let namespace: string;
  let made = 0;
  let stopping: AbortController;
  let running: Promise<unknown>[];

  beforeAll(async () => {
    ({ cluster } = await testCluster());
    access = await loadAccess({ kubeconfig: cluster.kubeconfigPath() });
    transport = new Transport({ access, http: undiciHttp, userAgent: 'kernel-test' });
    client = new KubeClient({ transport });
  });
  afterAll(() => transport.close());
  beforeEach(async () => {
    stopping = new AbortController();
    running = [];
    made += 1;
    namespace = `kernel-${String(made)}`;
    await client.create(namespaces, { metadata: { name: namespace } });
  });
  afterEach(async () => {
    stopping.abort(new Error('stop'));
    await Promise.all(running);
  });

  const put = (name: string, data: Record<string, string> = {}): Promise<ConfigMap> =>
    client.apply(configMaps, { metadata: { namespace, name, labels: { app: 'x' } }, data }, { fieldManager: 'test' });

  interface Watching {
    readonly store: Store<ConfigMap>;
    readonly reflector: Reflector<ConfigMap, ConfigMap>;
    readonly heard: string[];
    readonly errors: string[];
    readonly did: string[];
  }

  function watch(options: Partial<ReflectorOptions<ConfigMap, ConfigMap>> = {}): Watching {
    const store = new Store<ConfigMap>();
    const heard: string[] = [];
    const errors: string[] = [];
    const did: string[] = [];
    store.onChange(({ key, before, after }) =>
      heard.push(`${after === undefined ? '-' : before === undefined ? '+' : '~'}${key.replace(`${namespace}/`, '')}`),
    );
    const reflector = new Reflector<ConfigMap, ConfigMap>({
      client,
      type: configMaps,
      store,
      namespace,
      labelSelector: 'app=x',
      project: (object) => object,
      backoff: { baseMs: 20, limitMs: 200 },
      onError: (error) => errors.push((error as { code?: string }).code ?? 'other'),
      onProgress: (what) => did.push(what),
      ...options,
    });
    running.push(reflector.run(stopping.signal));
    return { store, reflector, heard, errors, did };
  }

  const lists = ({ did }: Watching): number =>
    did.filter((what, index) => what === 'list' && did[index - 1] !== 'list').length;

  test('an API server that is killed in the middle of a watch is found again, with what happened before and after', async () => {
    await put('a');
    const watching = watch();
    await watching.reflector.whenSynced();
    await put('b');
    await until(() => watching.store.size === 2, 'b is seen');
    await cluster.stopApiServer();
    await until(() => watching.errors.length >= 3, 'it tries again and again');
    await cluster.startApiServer();
    await put('c');
    await client.delete(configMaps, { namespace, name: 'a' });
    await until(() => watching.store.size === 2 && watching.store.get(`${namespace}/c`) !== undefined, 'c is seen');
    expect(watching.heard).toEqual(['+a', '+b', '+c', '-a']);
  });

  test('an object that is deleted while its watch is closed and history is compacted is reported as deleted', async () => {
    await put('a');
    await put('b');
    // One that no outgoing connection takes while nobody listens on it.
    const [port] = await freePorts(1);
    const proxy = await TcpProxy.start({ host: '127.0.0.1', port: Number(new URL(cluster.server).port) }, port);
    const through = new Transport({
      access: { ...access, server: `https://127.0.0.1:${String(proxy.port)}` },
      http: undiciHttp,
      userAgent: 'kernel-test',
    });
    const watching = watch({ client: new KubeClient({ transport: through }), silenceMs: 1_000 });
    await watching.reflector.whenSynced();
    await until(() => watching.did.includes('watch'), 'it watches');
    await proxy.close();
    await client.delete(configMaps, { namespace, name: 'a' });
    await client.delete(configMaps, { namespace, name: 'b' });
    await put('b', { again: 'yes' });
    await put('c');
    // The watch cache forgets when it starts anew; etcd forgets by compaction. Then the version is too old for both.
    await cluster.stopApiServer();
    await cluster.compactEtcd();
    await cluster.startApiServer();
    // Another proxy, on the same port as the first.
    const again = await TcpProxy.start({ host: '127.0.0.1', port: Number(new URL(cluster.server).port) }, proxy.port);
    await until(() => watching.store.get(`${namespace}/c`) !== undefined, 'c is seen');
    expect(watching.heard.slice(0, 2).sort()).toEqual(['+a', '+b']);
    expect(watching.heard.slice(2).sort()).toEqual(['+c', '-a', '~b']);
    expect(lists(watching)).toBe(2);
    stopping.abort(new Error('stop'));
    await Promise.all(running);
    await through.close();
    await again.close();
  });

  test('a connection that freezes is noticed by silence, and nothing is lost', async () => {
    await put('a');
    const proxy = await TcpProxy.start({ host: '127.0.0.1', port: Number(new URL(cluster.server).port) });
    const through = new Transport({
      access: { ...access, server: `https://127.0.0.1:${String(proxy.port)}` },
      http: undiciHttp,
      userAgent: 'kernel-test',
    });
    const watching = watch({ client: new KubeClient({ transport: through }), silenceMs: 2_000 });
    await watching.reflector.whenSynced();
    await until(() => watching.did.includes('watch'), 'it watches');
    proxy.freeze();
    await put('b');
    await until(() => watching.errors.includes('Silent'), 'silence is noticed');
    proxy.thaw();
    await until(() => watching.store.size === 2, 'b is seen');
    expect(lists(watching)).toBe(1);
    stopping.abort(new Error('stop'));
    await Promise.all(running);
    await through.close();
    await proxy.close();
  });

  test('2,000 objects come in pages, and each once', async () => {
    const names = Array.from({ length: 2_000 }, (_, index) => `n${String(index).padStart(4, '0')}`);
    for (let start = 0; start < names.length; start += 50) {
      await Promise.all(
        names
          .slice(start, start + 50)
          .map((name) => client.create(configMaps, { metadata: { namespace, name, labels: { app: 'x' } } })),
      );
    }
    const watching = watch();
    await watching.reflector.whenSynced();
    expect(watching.store.size).toBe(2_000);
    expect(watching.heard.length).toBe(2_000);
    expect(watching.did.filter((what) => what === 'list').length).toBe(4);
  });

  test('an object that loses the label is reported as deleted', async () => {
    await put('a');
    const watching = watch();
    await watching.reflector.whenSynced();
    await client.patch(configMaps, { namespace, name: 'a' }, { metadata: { labels: { app: null } } });
    await until(() => watching.store.size === 0, 'a is gone');
  });

  test('metadata alone is sent, in lists and in watches', async () => {
    await put('a', { secret: 'canary' });
    const watching = watch({ metadataOnly: true });
    await watching.reflector.whenSynced();
    await put('b', { secret: 'canary' });
    await until(() => watching.store.size === 2, 'b is seen');
    for (const object of watching.store.values()) {
      expect(object.data).toBeUndefined();
      expect(object.metadata.labels).toEqual({ app: 'x' });
    }
  });

  test('a write is in the store when it returns, and its own watch event changes nothing', async () => {
    const informer = new Informer<ConfigMap, ConfigMap>({
      client,
      type: configMaps,
      namespace,
      project: (object) => object,
    });
    running.push(informer.reflector.run(stopping.signal));
    await informer.reflector.whenSynced();
    const heard: string[] = [];
    informer.store.onChange(({ key, after }) => {
      // The controller manager puts one into every namespace, when it comes to it.
      if (key.endsWith('/kube-root-ca.crt')) return;
      heard.push(`${key} ${after?.metadata.resourceVersion ?? '-'}`);
    });
    const written = await informer.create({ metadata: { namespace, name: 'mine' } }, {});
    expect(informer.store.get(`${namespace}/mine`)).toEqual(written);
    const other = await put('other');
    await until(() => informer.store.get(`${namespace}/other`) !== undefined, 'the other is seen');
    expect(heard).toEqual([
      `${namespace}/mine ${String(written?.metadata.resourceVersion)}`,
      `${namespace}/other ${String(other.metadata.resourceVersion)}`,
    ]);
  });

  test('two electors: one leads; when it stops the other leads at once; when it vanishes, after the duration', async () => {
    const leaseDurationMs = 12_000;
    const contend = (identity: string, through: Transport) => {
      const stop = new AbortController();
      const elector = new LeaderElector({
        client: new KubeClient({ transport: through }),
        namespace,
        name: 'leader',
        identity,
        leaseDurationMs,
        renewDeadlineMs: 9_000,
        retryPeriodMs: 300,
      });
      return { elector, stop, ended: elector.run(stop.signal, { onStartedLeading: () => undefined }) };
    };
    const own = new Transport({ access, http: undiciHttp, userAgent: 'elector' });
    const a = contend('a', own);
    await until(() => a.elector.isLeader(), 'a leads');
    const renewedMs = async (): Promise<number> =>
      Date.parse((await client.get(leases, { namespace, name: 'leader' }))?.spec?.renewTime ?? '');
    const b = contend('b', transport);
    const firstMs = await renewedMs();
    // Longer than the duration: without renewals the other would have it by then.
    await eventually(
      async () => (await renewedMs()) - firstMs,
      (renewedForMs) => renewedForMs > leaseDurationMs,
      'it was renewed for longer than it is good',
    );
    expect([a.elector.isLeader(), b.elector.isLeader()]).toEqual([true, false]);
    a.stop.abort(new Error('stop'));
    await a.ended;
    const stoppedMs = await renewedMs();
    await until(() => b.elector.isLeader(), 'b leads');
    const lease = await client.get(leases, { namespace, name: 'leader' });
    expect(Date.parse(lease?.spec?.acquireTime ?? '') - stoppedMs).toBeLessThan(leaseDurationMs);
    expect(lease?.spec).toMatchObject({ holderIdentity: 'b', leaseTransitions: 1 });

    const c = contend('c', own);
    b.stop.abort(new Error('stop'));
    await b.ended;
    await until(() => c.elector.isLeader(), 'c leads');
    const d = contend('d', transport);
    await own.close();
    await until(() => !c.elector.isLeader(), 'c knows that it is lost');
    expect(d.elector.isLeader()).toBe(false);
    await until(() => d.elector.isLeader(), 'd leads after the duration');
    for (const { stop, ended } of [c, d]) {
      stop.abort(new Error('stop'));
      await ended;
    }
  });

  test('events are valid, and their series is counted', async () => {
    const recorder = new EventRecorder({ client, reportingController: 'neu.ro/operator', reportingInstance: 'test' });
    const { metadata } = await put('a');
    const regarding = { apiVersion: 'v1', kind: 'ConfigMap', namespace, name: 'a', uid: metadata.uid ?? '' };
    const content = { type: 'Normal', reason: 'Made', action: 'Make', note: 'é'.repeat(1_000) } as const;
    for (let time = 0; time < 3; time += 1) recorder.event(regarding, content);
    await recorder.idle();
    const events: KubeEvent[] = [];
    for await (const page of client.list<KubeEvent>(kubeEvents, { namespace })) events.push(...page.items);
    expect(events.map(({ reason, series }) => [reason, series?.count])).toEqual([['Made', 3]]);
    recorder.close();
  });

  test('an event about an object of a namespace that is going is dropped as such', async () => {
    const dropped: string[] = [];
    const recorder = new EventRecorder({
      client,
      reportingController: 'neu.ro/operator',
      reportingInstance: 'test',
      onDropped: (reason) => dropped.push(reason),
    });
    await client.create(configMaps, { metadata: { namespace, name: 'stays', finalizers: ['neu.ro/test'] } });
    await client.delete(namespaces, { name: namespace });
    const content = { type: 'Normal', reason: 'Made', action: 'Make', note: 'x' } as const;
    recorder.event({ apiVersion: 'v1', kind: 'ConfigMap', namespace, name: 'stays' }, content);
    await recorder.idle();
    expect(dropped).toEqual(['namespace_gone']);
    await client.patch(configMaps, { namespace, name: 'stays' }, { metadata: { finalizers: null } });
  });

  describe('writes', () => {
    test('a review is made by create, and has an answer', async () => {
      const spec = { user: 'nobody', resourceAttributes: { verb: 'get', resource: 'secrets', namespace } };
      const review = await client.create(reviews, { metadata: { name: '' }, spec });
      expect(review.status?.allowed).toBe(false);
    });

    test('a merge patch, a replace and a delete with a version that is not of now give Conflict', async () => {
      const { metadata } = await put('a');
      const { resourceVersion = '' } = metadata;
      await put('a', { changed: 'yes' });
      const ref = { namespace, name: 'a' };
      const patch = client.patch(configMaps, ref, { metadata: { resourceVersion }, data: { x: 'y' } });
      await expect(patch).rejects.toMatchObject({ code: 'Conflict' });
      const replace = client.replace(configMaps, { metadata: { ...ref, resourceVersion } });
      await expect(replace).rejects.toMatchObject({ code: 'Conflict' });
      await expect(client.delete(configMaps, ref, { resourceVersion })).rejects.toMatchObject({ code: 'Conflict' });
      await expect(client.delete(configMaps, ref, { uid: 'other' })).rejects.toMatchObject({ code: 'Conflict' });
      await expect(client.delete(configMaps, ref, { uid: metadata.uid ?? '' })).resolves.toBe(true);
      await expect(client.delete(configMaps, ref)).resolves.toBe(false);
      await expect(client.get(configMaps, ref)).resolves.toBeUndefined();
    });

    test('what exists, what does not exist and what is invalid have their codes', async () => {
      await put('a');
      const ref = { namespace, name: 'a' };
      await expect(client.create(configMaps, { metadata: ref })).rejects.toMatchObject({ code: 'AlreadyExists' });
      await expect(client.patch(configMaps, { namespace, name: 'b' }, {})).rejects.toMatchObject({ code: 'NotFound' });
      const invalid = client.create(configMaps, { metadata: { namespace, name: 'Not Valid' } });
      await expect(invalid).rejects.toMatchObject({ code: 'Invalid' });
    });

    test('an error about something confidential has no text of the server', async () => {
      const invalid = client.create(secrets, {
        metadata: { namespace, name: 's' },
        data: { key: 'canary*not*base64' },
      });
      const error = (await invalid.catch((caught: unknown) => caught)) as Error;
      expect(error).toMatchObject({ code: 'BadRequest' });
      expect(`${error.message} ${String(error.stack)} ${String(error.cause)}`).not.toContain('canary');
    });

    test('a dry run changes nothing', async () => {
      await client.create(configMaps, { metadata: { namespace, name: 'a' } }, { dryRun: true });
      await expect(client.get(configMaps, { namespace, name: 'a' })).resolves.toBeUndefined();
    });

    test('an apply of what is there changes no version', async () => {
      const first = await put('a', { x: '1' });
      const second = await put('a', { x: '1' });
      expect(second.metadata.resourceVersion).toBe(first.metadata.resourceVersion);
    });
  });
});
