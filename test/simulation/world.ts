/**
 * One run of the kernel in a world that goes wrong by dice: some client makes, changes and deletes things; a controller
 * keeps a copy of each; requests fail, answers are lost, watches break, freeze and are cut, history is compacted, all
 * for a while. Time is manual and nothing runs outside of this process, so a seed repeats its run.
 */
import type { PassThrough } from 'node:stream';
import {
  Controller,
  Informer,
  KernelError,
  KubeClient,
  WorkQueue,
  keyOf,
  refOf,
  type KubeObject,
  type ObjectKey,
  type Outcome,
  type ResourceType,
  type StoreChange,
} from '../../src/kernel/index.ts';
import { deepFreeze } from '../support/deep-freeze.ts';
import { InProcessTransport, type Interception } from '../support/in-process-transport.ts';
import { ManualClock } from '../support/manual-clock.ts';
import { ModelApi } from '../support/model-api.ts';
import { seededRandom } from '../support/seeded-random.ts';

interface Sized extends KubeObject {
  readonly size: number;
}

const typeOf = (plural: string, kind: string): ResourceType<Sized> => ({
  group: 'test',
  version: 'v1',
  plural,
  kind,
  namespaced: true,
});
export const things = typeOf('things', 'Thing');
export const copies = typeOf('copies', 'Copy');

const keyCount = 12;

export class World {
  readonly clock = new ManualClock();
  readonly model: ModelApi;
  readonly informers: { readonly things: Informer<Sized, Sized>; readonly copies: Informer<Sized, Sized> };
  readonly controller: Controller;
  readonly transport: InProcessTransport;
  /** What must never be; empty when all is well. */
  readonly violations: string[] = [];
  readonly #random: () => number;
  readonly #stopping = new AbortController();
  readonly #working = new Set<ObjectKey>();
  readonly #watches = new Set<PassThrough>();
  readonly #running: Promise<unknown>;
  /** The chance of a request to go wrong. */
  faultRate = 0;

  constructor(seed: number) {
    this.#random = seededRandom(seed);
    let uids = 0;
    this.model = new ModelApi(() => `uid-${String((uids += 1))}`);
    this.transport = new InProcessTransport({
      model: this.model,
      intercept: ({ method }) => this.#meet(method),
      clock: this.clock,
      latencyMs: () => (this.#random() < 0.1 ? 2_000 : 100) * this.#random(),
      onWatch: (body) => {
        this.#watches.add(body);
        body.on('close', () => this.#watches.delete(body));
      },
    });
    const client = new KubeClient({ transport: this.transport });
    const common = { client, clock: this.clock, random: this.#random, project: (object: Sized) => deepFreeze(object) };
    this.informers = {
      things: new Informer<Sized, Sized>({ ...common, type: things }),
      copies: new Informer<Sized, Sized>({ ...common, type: copies }),
    };
    this.controller = new Controller({
      name: 'copier',
      clock: this.clock,
      concurrency: 4,
      queue: new WorkQueue({ clock: this.clock, random: this.#random }),
      reconcile: (key, { signal }) => this.#reconcile(key, signal),
    });
    for (const { store, type } of Object.values(this.informers)) {
      store.onChange((change) => {
        this.#check(type, change);
        this.controller.queue.add(change.key);
      });
    }
    const { signal } = this.#stopping;
    this.#running = Promise.all([
      this.informers.things.reflector.run(signal),
      this.informers.copies.reflector.run(signal),
      Promise.all(Object.values(this.informers).map(({ reflector }) => reflector.whenSynced())).then(() =>
        this.controller.run(signal),
      ),
    ]);
  }

  /** Something happens, or nothing does, and a little time passes. */
  async step(): Promise<void> {
    const dice = this.#random();
    if (dice < 0.5) this.#changeThings();
    else if (dice < 0.55) this.model.compact();
    else if (dice < 0.65) this.model.bookmark();
    else if (dice < 0.65 + this.faultRate / 2) this.#hurtWatch();
    else if (dice > 0.98) this.#meddle();
    await this.clock.advance(this.#random() < 0.05 ? 20_000 : this.#random() * 500);
  }

  async stop(): Promise<void> {
    this.#stopping.abort(new Error('stop'));
    await this.clock.advance(0);
    await this.#running;
  }

  /** What a store tells is late at times, never wrong: no state older than the last, and nothing gone that is there. */
  #check(type: ResourceType<Sized>, { key, before, after }: StoreChange<Sized>): void {
    const [former, latter] = [before, after].map((state) => Number(state?.metadata.resourceVersion ?? 'NaN'));
    if (former !== undefined && latter !== undefined && latter < former) this.violations.push(`${key} went back`);
    const isThere = before !== undefined && this.model.get(type, refOf(key))?.metadata.uid === before.metadata.uid;
    if (after === undefined && isThere) this.violations.push(`${key} was told gone, and is there`);
  }

  async #reconcile(key: ObjectKey, signal: AbortSignal): Promise<Outcome> {
    if (this.#working.has(key)) this.violations.push(`two workers on ${key}`);
    this.#working.add(key);
    try {
      await this.#copy(key, signal);
      return 'done';
    } finally {
      this.#working.delete(key);
    }
  }

  async #copy(key: ObjectKey, signal: AbortSignal): Promise<void> {
    const thing = this.informers.things.store.get(key);
    const copy = this.informers.copies.store.get(key);
    const ref = refOf(key);
    if (thing === undefined) {
      if (copy?.metadata.uid !== undefined) await this.informers.copies.delete(ref, { uid: copy.metadata.uid, signal });
    } else if (copy === undefined) {
      await this.informers.copies.create({ metadata: ref, size: thing.size }, { signal });
    } else if (copy.size !== thing.size) {
      const { resourceVersion = '' } = copy.metadata;
      await this.informers.copies.patch(ref, { metadata: { resourceVersion }, size: thing.size }, { signal });
    }
  }

  #changeThings(): void {
    const ref = { namespace: 'ns', name: `t${String(Math.floor(this.#random() * keyCount))}` };
    if (this.#random() < 0.35) this.model.remove(things, ref);
    else this.model.put(things, { metadata: ref, size: Math.floor(this.#random() * 1_000) });
  }

  /** Somebody changes or deletes a copy of ours. */
  #meddle(): void {
    const [copy] = this.model.all(copies);
    if (copy === undefined) return;
    if (this.#random() < 0.5) this.model.remove(copies, copy.metadata);
    else this.model.put(copies, { metadata: { namespace: 'ns', name: copy.metadata.name }, size: -1 });
  }

  #hurtWatch(): void {
    const [body] = this.#watches;
    if (body === undefined) return;
    this.#watches.delete(body);
    const dice = this.#random();
    if (dice < 0.3) body.destroy(new Error('reset'));
    else if (dice < 0.5) body.end();
    else if (dice < 0.6) body.end('{"type":"ADD');
    else if (dice < 0.7) body.write('{"type":"ERROR","object":{"code":410}}\n');
    else if (dice < 0.8) body.write('{"type":"ERROR","object":{"code":500}}\n');
    else if (dice < 0.9) body.write('no json\n');
    // Frozen: open, and nothing comes any more.
    else body.write = () => true;
  }

  #meet(method: string): Interception {
    if (this.#random() >= this.faultRate) return 'pass';
    const dice = this.#random();
    if (dice < 0.25) return new KernelError('Network', 'reset');
    if (dice < 0.45) return new KernelError('Server', 'burst', { status: 500 });
    if (dice < 0.6) return new KernelError('TooManyRequests', 'busy', { retryAfterMs: 2_000 });
    if (dice < 0.7 && method === 'GET') return new KernelError('Gone', 'too old');
    if (dice < 0.75) return new KernelError('Forbidden', 'not yet');
    return method === 'GET' ? 'pass' : 'lost';
  }
}

export function sizes(objects: Iterable<KubeObject & { readonly size?: unknown }>): Record<string, unknown> {
  return Object.fromEntries([...objects].map(({ metadata, size }) => [keyOf(metadata), size] as const).sort());
}
