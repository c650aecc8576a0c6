import { beforeEach, describe, expect, test } from 'vitest';
import {
  KernelError,
  KubeClient,
  backoffDelayMs,
  keyOf,
  pathOf,
  refOf,
  selfSubjectAccessReviews,
  selfSubjectReviews,
  type KubeObject,
  type ResourceType,
  type TransportRequest,
} from '../../src/kernel/index.ts';
import { InProcessTransport } from '../support/in-process-transport.ts';
import { ModelApi } from '../support/model-api.ts';

const things: ResourceType = { group: 'test', version: 'v1', plural: 'things', kind: 'Thing', namespaced: true };
const nodes: ResourceType = { group: '', version: 'v1', plural: 'nodes', kind: 'Node', namespaced: false };
const ref = { namespace: 'ns', name: 'a' };

describe('paths', () => {
  test.each<[string, string, string]>([
    ['a collection of a namespace', pathOf(things, { namespace: 'ns' }), '/apis/test/v1/namespaces/ns/things'],
    ['a collection of all namespaces', pathOf(things), '/apis/test/v1/things'],
    ['an object', pathOf(things, ref), '/apis/test/v1/namespaces/ns/things/a'],
    ['a subresource', pathOf(things, { ...ref, subresource: 'status' }), '/apis/test/v1/namespaces/ns/things/a/status'],
    ['the core group, without a namespace', pathOf(nodes, { namespace: 'ignored', name: 'n' }), '/api/v1/nodes/n'],
    ['a name that must be escaped', pathOf(nodes, { name: 'system:a/b?c' }), '/api/v1/nodes/system%3Aa%2Fb%3Fc'],
  ])('%s', (_name, path, expected) => {
    expect(path).toBe(expected);
  });

  test.each([ref, { name: 'a' }])('a key and its reference are one', (each) => {
    expect(refOf(keyOf(each))).toEqual(each);
  });
});

describe('client', () => {
  let model: ModelApi;
  let transport: InProcessTransport;
  let client: KubeClient;

  beforeEach(() => {
    model = new ModelApi();
    transport = new InProcessTransport({ model });
    client = new KubeClient({ transport });
  });

  const sent = () => transport.requests.at(-1);

  test('writes carry apiVersion and kind, whatever the caller has', async () => {
    const created = await client.create(things, { metadata: ref });
    expect(created).toMatchObject({ apiVersion: 'test/v1', kind: 'Thing' });
  });

  test('unknown fields pass in both directions', async () => {
    const future: KubeObject & { readonly future: object } = { metadata: ref, future: { field: [1, null] } };
    await client.create(things, future);
    await expect(client.get(things, ref)).resolves.toMatchObject({ future: { field: [1, null] } });
  });

  test('an apply names its manager and forces ownership of its fields', async () => {
    await client.create(things, { metadata: ref });
    await client.apply(things, { metadata: ref }, { fieldManager: 'me' });
    expect(sent()).toMatchObject({
      method: 'PATCH',
      contentType: 'application/apply-patch+yaml',
      query: { fieldManager: 'me', force: true },
    });
    await client.apply(things, { metadata: ref }, { fieldManager: 'me', force: false });
    expect(sent()?.query).toMatchObject({ force: false });
  });

  test('a list whose pages are too large continues in smaller ones, and back to larger when it can', async () => {
    for (let index = 0; index < 1_000; index += 1)
      model.put(things, { metadata: { namespace: 'ns', name: `n-${String(index).padStart(4, '0')}` } });
    /** As a transport answers a page of which each object has 1 MiB, for the first hundred. */
    const limits: number[] = [];
    const seen: string[] = [];
    const choosy = new KubeClient({
      transport: {
        stream: (request) => transport.stream(request),
        request: async (request) => {
          const limit = Number(request.query?.['limit']);
          limits.push(limit);
          const isLarge = seen.length < 100 && limit > (request.maxBytes ?? Infinity) / 1024 ** 2;
          if (isLarge) throw new KernelError('TooLarge', 'too large');
          return transport.request(request);
        },
      },
    });
    for await (const { items } of choosy.list(things)) seen.push(...items.map(({ metadata }) => metadata.name));
    expect(seen).toEqual(Array.from({ length: 1_000 }, (_, index) => `n-${String(index).padStart(4, '0')}`));
    expect(limits.slice(0, 5)).toEqual([500, 125, 31, 7, 14]);
    expect(limits.at(-1)).toBe(500);
  });

  test.each([
    { what: 'small objects', bytesEach: 300, limits: [500, 1_000, 2_000, 4_000, 8_000, 10_000], most: 500 },
    { what: 'objects of the usual size', bytesEach: 3_700, limits: [500, 1_000, 1_416, 1_416], most: 500 },
    { what: 'large objects', bytesEach: 15_000, limits: [500, 500, 500, 500], most: 500 },
  ])(
    'a list of $what has pages of a size that is soon parsed, in pieces',
    async ({ bytesEach, limits: first, most }) => {
      const count = 20_000;
      for (let index = 0; index < count; index += 1)
        model.put(things, { metadata: { namespace: 'ns', name: `n-${String(index).padStart(5, '0')}` } });
      const limits: number[] = [];
      const sized = new KubeClient({
        transport: {
          stream: (request) => transport.stream(request),
          request: async (request) => {
            const page = (await transport.request(request)) as { items: unknown[] };
            limits.push(Number(request.query?.['limit']));
            request.onBytes?.(page.items.length * bytesEach);
            return page;
          },
        },
      });
      const seen = new Set<string>();
      const pieces: number[] = [];
      for await (const { items } of sized.list(things)) {
        pieces.push(items.length);
        for (const { metadata } of items) seen.add(metadata.name);
      }
      expect(seen.size).toBe(count);
      expect(limits.slice(0, first.length)).toEqual(first);
      expect(Math.max(...pieces)).toBe(most);
    },
  );

  test('large objects after thousands of small ones cost one page that is too large, or two', async () => {
    for (let index = 0; index < 6_000; index += 1)
      model.put(things, { metadata: { namespace: 'ns', name: `n-${String(index).padStart(4, '0')}` } });
    const limits: number[] = [];
    let count = 0;
    const sized = new KubeClient({
      transport: {
        stream: (request) => transport.stream(request),
        request: async (request) => {
          const limit = Number(request.query?.['limit']);
          limits.push(limit);
          if (count === 3_500 && limit > 400) throw new KernelError('TooLarge', 'too large');
          const page = (await transport.request(request)) as { items: unknown[] };
          request.onBytes?.(page.items.length * 300);
          return page;
        },
      },
    });
    for await (const { items } of sized.list(things)) count += items.length;
    expect(count).toBe(6_000);
    expect(limits.slice(0, 7)).toEqual([500, 1_000, 2_000, 4_000, 500, 125, 250]);
  });

  test('a single object is taken whatever its size', async () => {
    model.put(things, { metadata: ref });
    let isLast = false;
    const choosy = new KubeClient({
      transport: {
        stream: (request) => transport.stream(request),
        request: async (request) => {
          if (request.maxBytes !== undefined) throw new KernelError('TooLarge', 'too large');
          isLast = true;
          return transport.request(request);
        },
      },
    });
    for await (const { items } of choosy.list(things)) expect(items).toHaveLength(1);
    expect(isLast).toBe(true);
  });

  test('a patch is a merge patch, of the object or of its status', async () => {
    await client.create(things, { metadata: ref });
    await client.patch(things, ref, { a: 1 });
    expect(sent()).toMatchObject({
      contentType: 'application/merge-patch+json',
      path: '/apis/test/v1/namespaces/ns/things/a',
    });
    await client.patch(things, ref, { status: {} }, { subresource: 'status' });
    expect(sent()?.path).toBe('/apis/test/v1/namespaces/ns/things/a/status');
  });

  test('a delete sends its preconditions, and returns whether the object existed', async () => {
    const { metadata } = await client.create(things, { metadata: ref });
    await expect(client.delete(things, ref, { uid: 'other' })).rejects.toMatchObject({ code: 'Conflict' });
    await expect(client.delete(things, ref, { uid: metadata.uid ?? '' })).resolves.toBe(true);
    expect(sent()?.body).toMatchObject({ preconditions: { uid: metadata.uid }, propagationPolicy: 'Background' });
    await expect(client.delete(things, ref)).resolves.toBe(false);
  });

  describe('a review', () => {
    const asked: TransportRequest[] = [];
    const answering = (answer: unknown): KubeClient =>
      new KubeClient({
        transport: {
          stream: () => Promise.reject(new Error('a review is no stream')),
          request: (request) => {
            asked.push(request);
            return Promise.resolve(answer);
          },
        },
        beforeWrite: () => {
          throw new KernelError('LeaseLost', 'a review is no write');
        },
      });
    beforeEach(() => void (asked.length = 0));

    test('sends the question as the API server takes it, and returns the status alone', async () => {
      const resourceAttributes = { verb: 'use', group: 'test', resource: 'things', namespace: 'ns', name: 'a' };
      const status = { allowed: true, reason: 'RBAC: allowed' };
      await expect(
        answering({ kind: 'SelfSubjectAccessReview', status }).review(selfSubjectAccessReviews, { resourceAttributes }),
      ).resolves.toEqual(status);
      expect(asked).toEqual([
        expect.objectContaining({
          method: 'POST',
          path: '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews',
          body: {
            apiVersion: 'authorization.k8s.io/v1',
            kind: 'SelfSubjectAccessReview',
            spec: { resourceAttributes },
          },
        }),
      ]);
    });

    test('without a question has no spec, which the API server would warn about', async () => {
      const userInfo = { username: 'alice', groups: ['team'] };
      await expect(answering({ status: { userInfo } }).review(selfSubjectReviews, undefined)).resolves.toEqual({
        userInfo,
      });
      expect(JSON.parse(JSON.stringify(asked[0]?.body))).toEqual({
        apiVersion: 'authentication.k8s.io/v1',
        kind: 'SelfSubjectReview',
      });
    });

    test('whose answer has no status is malformed, never a yes', async () => {
      await expect(answering({ kind: 'Status' }).review(selfSubjectReviews, undefined)).rejects.toMatchObject({
        code: 'Malformed',
      });
    });
  });

  test('pages are asked for until there is none', async () => {
    for (let index = 0; index < 1_001; index += 1)
      model.put(things, { metadata: { namespace: 'ns', name: `n${String(index)}` } });
    const lengths: number[] = [];
    for await (const page of client.list(things, { namespace: 'ns' })) lengths.push(page.items.length);
    expect(lengths).toEqual([500, 500, 1]);
  });
});

describe('backoff', () => {
  test.each([
    [0, 0, 50],
    [0, 0.999, 99.95],
    [3, 1, 800],
    [9, 1, 10_000],
    [1_000_000, 1, 10_000],
  ])('attempt %d with dice %d waits %d ms', (attempt, dice, expected) => {
    expect(backoffDelayMs({ baseMs: 100, limitMs: 10_000 }, attempt, () => dice)).toBeCloseTo(expected);
  });
});
