import { expect, test } from 'vitest';
import { Informer, KubeClient, type Requester, type ResourceType } from '../../src/kernel/index.ts';
import { InProcessTransport } from '../support/in-process-transport.ts';
import { ManualClock, settle } from '../support/manual-clock.ts';
import { ModelApi } from '../support/model-api.ts';

const things: ResourceType = {
  group: 'example.com',
  version: 'v1',
  plural: 'things',
  kind: 'Thing',
  namespaced: true,
};
const ref = { namespace: 'ns', name: 'a' };

test.each(['create', 'patch'] as const)(
  'the answer to a %s that arrives after the end of its object does not bring that back',
  async (write) => {
    const model = new ModelApi();
    const transport = new InProcessTransport({ model });
    const late = Promise.withResolvers<undefined>();
    const requester: Requester = {
      request: async (request) => {
        const answer = await transport.request(request);
        if (request.method !== 'GET') await late.promise;
        return answer;
      },
      stream: (request) => transport.stream(request),
    };
    if (write === 'patch') model.put(things, { metadata: ref });
    const informer = new Informer({
      client: new KubeClient({ transport: requester }),
      type: things,
      project: (each) => each,
    });
    const abort = new AbortController();
    const running = informer.reflector.run(abort.signal);
    await informer.reflector.whenSynced();
    await settle();
    const written =
      write === 'create'
        ? informer.create({ metadata: ref }, {})
        : informer.patch(ref, { metadata: { labels: { color: 'red' } } }, {});
    await settle();
    expect(informer.store.get('ns/a')).toBeDefined();
    model.remove(things, ref);
    await settle();
    expect(informer.store.get('ns/a')).toBeUndefined();
    late.resolve(undefined);
    await written;
    expect(informer.store.get('ns/a')).toBeUndefined();
    abort.abort();
    await running;
  },
);

test.each([
  ['a Pod that is gone', {}],
  ['a Pod that a finalizer keeps', { finalizers: ['a/b'] }],
])('the answer to a deletion that arrives after its event shows what is left: %s', async (_, more) => {
  const model = new ModelApi();
  const transport = new InProcessTransport({ model });
  const late = Promise.withResolvers<undefined>();
  const requester: Requester = {
    request: async (request) => {
      const answer = await transport.request(request);
      if (request.method === 'DELETE') await late.promise;
      return answer;
    },
    stream: (request) => transport.stream(request),
  };
  const pods: ResourceType = { group: '', version: 'v1', plural: 'pods', kind: 'Pod', namespaced: true };
  const client = new KubeClient({ transport: requester });
  const informer = new Informer({ client, type: pods, project: (each) => each });
  const { metadata } = model.put(pods, { kind: 'Pod', metadata: { ...ref, ...more } });
  const abort = new AbortController();
  const running = informer.reflector.run(abort.signal);
  await informer.reflector.whenSynced();
  const deleted = informer.delete(ref, { uid: metadata.uid ?? '' });
  await settle();
  late.resolve(undefined);
  expect(await deleted).toBe(true);
  expect(informer.store.get('ns/a') !== undefined).toBe('finalizers' in more);
  abort.abort();
  await running;
});

test('the answer that there is no object does not hide one that has come since', async () => {
  const model = new ModelApi();
  const transport = new InProcessTransport({ model });
  let late: Promise<unknown> = Promise.resolve();
  const requester: Requester = {
    request: async (request) => {
      try {
        return await transport.request(request);
      } finally {
        if (request.path.endsWith('/a')) await late;
      }
    },
    stream: (request) => transport.stream(request),
  };
  const informer = new Informer({
    client: new KubeClient({ transport: requester }),
    type: things,
    project: (each) => each,
  });
  const abort = new AbortController();
  const running = informer.reflector.run(abort.signal);
  await informer.reflector.whenSynced();
  const { promise, resolve } = Promise.withResolvers<undefined>();
  late = promise;
  const read = informer.refresh(ref);
  await settle();
  model.put(things, { metadata: ref });
  await settle();
  resolve(undefined);
  expect(await read).toBeUndefined();
  expect(informer.store.get('ns/a')).toBeDefined();
  abort.abort();
  await running;
});

test('an object that is not worth keeping is not projected, and no audit misses it', async () => {
  const model = new ModelApi();
  const clock = new ManualClock();
  const transport = new InProcessTransport({ model });
  const lost: string[] = [];
  const projected: string[] = [];
  const informer = new Informer({
    client: new KubeClient({ transport }),
    type: things,
    clock,
    auditEveryMs: 60_000,
    keeps: ({ metadata }) => metadata.name !== 'other',
    project: (each) => {
      projected.push(each.metadata.name);
      return each;
    },
    onLost: (keys) => lost.push(...keys),
  });
  model.put(things, { metadata: ref });
  model.put(things, { metadata: { namespace: 'ns', name: 'other' } });
  const abort = new AbortController();
  const running = informer.reflector.run(abort.signal);
  await informer.reflector.whenSynced();
  model.put(things, { metadata: { namespace: 'ns', name: 'other', labels: { color: 'red' } } });
  await clock.advance(90_000);
  expect([...informer.store.keys()]).toEqual(['ns/a']);
  expect({ lost, projected }).toEqual({ lost: [], projected: ['a'] });
  const audits = transport.requests.filter(({ accept }) => accept?.includes('PartialObjectMetadata') === true);
  expect(audits.length).toBeGreaterThan(0);
  abort.abort();
  await running;
});
