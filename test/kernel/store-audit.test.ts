/** A watch behind something that drops single events and breaks nothing. */
import { Transform } from 'node:stream';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import {
  KubeClient,
  Reflector,
  Store,
  keyOf,
  type KubeObject,
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
let lost: string[];
let lists: string[];
/** An event whose line has this in it does not arrive. */
let dropped: string | undefined;
/** Events wait for the next one. */
let isHeld = false;

beforeEach(async () => {
  [model, clock, store, stopping] = [new ModelApi(), new ManualClock(), new Store(), new AbortController()];
  [lost, lists, dropped, isHeld] = [[], [], undefined, false];
  for (const name of ['a', 'b']) model.put(things, { metadata: ref(name) });
  const direct = new InProcessTransport({ model });
  const lossy: Requester = {
    request: (request) => {
      lists.push(request.accept === undefined ? 'whole' : 'metadata');
      return direct.request(request);
    },
    stream: async (request) => {
      const [body, through] = [await direct.stream(request), dropping()];
      body.on('close', () => through.destroy());
      return body.pipe(through);
    },
  };
  const reflector = new Reflector<KubeObject, KubeObject>({
    client: new KubeClient({ transport: lossy }),
    type: things,
    store,
    project: (object) => object,
    clock,
    // The model sends a bookmark where a test says so.
    silenceMs: 10 * auditEveryMs,
    auditEveryMs,
    random: () => 1,
    onLost: (keys) => lost.push(...keys),
    onError: (error) => lost.push(error.message),
  });
  running = reflector.run(stopping.signal);
  await settle();
});

afterEach(async () => {
  stopping.abort(new Error('stop'));
  await running;
});

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
