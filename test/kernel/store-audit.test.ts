/** A watch behind something that drops single events and breaks nothing. */
import { Transform } from 'node:stream';
import { afterEach, beforeEach, describe, expect, it, test } from 'vitest';
import {
  KernelError,
  KubeClient,
  Reflector,
  Store,
  keyOf,
  type KubeObject,
  type ReflectorOptions,
  type Requester,
  type ResourceType,
} from '../../src/kernel/index.ts';
import { InProcessTransport } from '../support/in-process-transport.ts';
import { ManualClock, settle } from '../support/manual-clock.ts';
import { ModelApi } from '../support/model-api.ts';

const things: ResourceType = {
  group: 'test',
  version: 'v1',
  plural: 'things',
  kind: 'Thing',
  namespaced: true,
};
const ref = (name: string) => ({ namespace: 'ns', name });
const auditEveryMs = 600_000;

let model: ModelApi;
let clock: ManualClock;
let store: Store<KubeObject>;
let stopping: AbortController;
let running: Promise<void>;
let client: KubeClient;
let lost: string[];
let failed: string[];
let lists: string[];
/** An event whose line has this in it does not arrive. */
let dropped: string | undefined;
/** Events wait for the next one. */
let isHeld = false;
/** Lists fail. */
let isRefused = false;

beforeEach(async () => {
  [model, clock, store] = [new ModelApi(), new ManualClock(), new Store()];
  [lost, failed, lists, dropped, isHeld, isRefused] = [[], [], [], undefined, false, false];
  for (const name of ['a', 'b']) model.put(things, { metadata: ref(name) });
  const direct = new InProcessTransport({ model });
  const lossy: Requester = {
    request: (request) => {
      // A list of one object brings no view: it has the API server send a bookmark.
      if (request.query?.['limit'] !== 1) lists.push(request.accept === undefined ? 'whole' : 'metadata');
      if (isRefused) return Promise.reject(new KernelError('Server', 'no'));
      return direct.request(request);
    },
    stream: async (request) => {
      const [body, through] = [await direct.stream(request), dropping()];
      body.on('close', () => through.destroy());
      return body.pipe(through);
    },
  };
  client = new KubeClient({ transport: lossy });
  await start();
});

async function start(more: Partial<ReflectorOptions<KubeObject, KubeObject>> = {}): Promise<void> {
  stopping = new AbortController();
  const reflector = new Reflector<KubeObject, KubeObject>({
    client,
    type: things,
    store,
    project: (object) => object,
    clock,
    // The model sends a bookmark where a test says so.
    silenceMs: 10 * auditEveryMs,
    auditEveryMs,
    random: () => 1,
    onLost: (keys) => lost.push(...keys),
    onError: (error) => failed.push(`watch: ${error.message}`),
    onAuditFailed: (error) => failed.push(`audit: ${error.message}`),
    ...more,
  });
  running = reflector.run(stopping.signal);
  await settle();
}

async function stop(): Promise<void> {
  stopping.abort(new Error('stop'));
  await running;
}

afterEach(stop);

function dropping(): Transform {
  const waiting: Buffer[] = [];
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      const isDropped = dropped !== undefined && chunk.toString().includes(dropped);
      if (!isDropped) waiting.push(chunk);
      done(null, isHeld || waiting.length === 0 ? undefined : Buffer.concat(waiting.splice(0)));
    },
  });
}

async function anAuditLater(): Promise<void> {
  await clock.advance(auditEveryMs + 20_000);
  model.bookmark();
  await settle();
}

const held = (): readonly string[] =>
  [...store.values()].map(({ metadata }) => `${keyOf(metadata)} ${metadata.resourceVersion ?? ''}`).sort();
const there = (): readonly string[] =>
  model
    .all(things)
    .map(({ metadata }) => `${keyOf(metadata)} ${metadata.resourceVersion ?? ''}`)
    .sort();

const changes: readonly (readonly [string, () => void])[] = [
  ['of a change', () => model.put(things, { metadata: { ...ref('a'), labels: { changed: 'yes' } } })],
  ['of a new object', () => model.put(things, { metadata: ref('c') })],
  ['of an object that goes', () => model.remove(things, ref('b'))],
];

describe('an event that a watch loses without breaking', () => {
  it.each(changes)('%s is found and repaired', async (_name, change) => {
    dropped = '"name":';
    change();
    await settle();
    dropped = undefined;
    expect(held()).not.toEqual(there());
    await anAuditLater();
    expect(lost).toHaveLength(1);
    expect(held()).toEqual(there());
    expect(lists.at(-1)).toBe('whole');
  });

  it('is no matter where another event of the object came since', async () => {
    dropped = '"lost"';
    model.put(things, { metadata: { ...ref('a'), labels: { state: 'lost' } } });
    await settle();
    model.put(things, { metadata: { ...ref('a'), labels: { state: 'found' } } });
    await anAuditLater();
    expect(lost).toEqual([]);
    expect(held()).toEqual(there());
  });
});

describe('a watch that loses nothing', () => {
  it('is compared by metadata alone, and nothing is listed again', async () => {
    model.put(things, { metadata: ref('c') });
    model.remove(things, ref('a'));
    await anAuditLater();
    expect(lost).toEqual([]);
    expect(lists).toEqual(['whole', 'metadata']);
  });

  it('may be late', async () => {
    // The list has an object before the watch brings it, and the object goes before it is looked at once more.
    isHeld = true;
    model.put(things, { metadata: ref('c') });
    await clock.advance(auditEveryMs + 1_000);
    expect(lists).toEqual(['whole', 'metadata']);
    isHeld = false;
    model.remove(things, ref('c'));
    await anAuditLater();
    expect(lost).toEqual([]);
    expect(held()).toEqual(there());
  });
});

test('an object that is wanted only after its last event is listed, and no event is called lost', async () => {
  await stop();
  store = new Store();
  const wanted = new Set(['a']);
  const project = (object: KubeObject) => (wanted.has(object.metadata.name) ? object : undefined);
  await start({ metadataOnly: true, keepsByInterest: true, project });
  expect([...store.values()].map(keyOfName)).toEqual(['a']);
  wanted.add('b');
  await anAuditLater();
  expect([...store.values()].map(keyOfName)).toEqual(['a', 'b']);
  expect(lost).toEqual([]);
  // What it has is compared as ever.
  dropped = '"name":';
  model.remove(things, ref('b'));
  await settle();
  dropped = undefined;
  await anAuditLater();
  expect(lost).toEqual(['ns/b']);
});

test('a comparison that fails is no failure of the watch, and comes again', async () => {
  isRefused = true;
  await clock.advance(auditEveryMs + 1_000);
  expect(failed).toEqual([expect.stringMatching(/^audit: /)]);
  isRefused = false;
  dropped = '"name":';
  model.remove(things, ref('b'));
  await settle();
  dropped = undefined;
  await anAuditLater();
  expect(lost).toEqual(['ns/b']);
  expect(failed).toHaveLength(1);
});

function keyOfName({ metadata }: KubeObject): string {
  return metadata.name;
}
