/**
 * Compares a store with what the API server has. A watch that loses an event without breaking, as through a proxy that drops one, leaves
 * no other sign.
 *
 * Promises: only metadata is read, a page at a time, with a pause after each; what differs because the watch is a little late, or because
 * an object changes meanwhile, is no loss.
 * Not promised: that a loss is found whose object has changed again since; the later event has repaired it.
 */
import type { KubeClient, ListOptions } from './client.ts';
import { sleep, type Clock } from './clock.ts';
import { keyOf, type KubeObject, type ObjectKey } from './objects.ts';
import type { ResourceType } from './resource-type.ts';
import { isLater, type Store } from './store.ts';

/** The pause between two pages of 500: a hundred thousand objects take 40 s, well within the five minutes that the API server keeps a list. */
const pageEveryMs = 200;
/** A watch is milliseconds behind; a busy operator is some seconds. */
const graceMs = 10_000;
/** The most differences that are checked a second time. One that lasts is enough to list everything again. */
const mostSuspects = 100;

interface StoreAuditOptions<Raw extends KubeObject, T extends KubeObject> extends ListOptions {
  readonly client: Pick<KubeClient, 'list'>;
  readonly type: ResourceType<Raw>;
  readonly store: Pick<Store<T>, 'get' | 'values'>;
  /** Whether the store keeps the object. The list has metadata alone, which decides that only for a watch of metadata. */
  readonly isKept: (object: Raw) => boolean;
  readonly clock: Clock;
  readonly signal: AbortSignal;
}

/** A difference between the store and the list. */
interface Suspect {
  readonly key: ObjectKey;
  /** The version in the list; undefined where the object is not in it. */
  readonly listed: string | undefined;
  /** The version that the store had then; undefined where it had none. */
  readonly held: string | undefined;
}

interface AuditResult {
  /** Objects in the list. */
  readonly objects: number;
  /** Keys of which the store has an older version, or an object that is gone. */
  readonly lost: readonly ObjectKey[];
  /** Keys of objects that the store should have, and has not. */
  readonly missing: readonly ObjectKey[];
}

export async function auditStore<Raw extends KubeObject, T extends KubeObject>(
  options: StoreAuditOptions<Raw, T>,
): Promise<AuditResult> {
  const { clock, signal } = options;
  const first = await differences(options);
  const nothing = { objects: first.objects, lost: [], missing: [] };
  if (first.suspects.length === 0) return nothing;
  await sleep(graceMs, { clock, signal });
  const { store } = options;
  const late = first.suspects.filter(({ key, held }) => store.get(key)?.metadata.resourceVersion === held);
  if (late.length === 0) return nothing;
  // An object that came and went meanwhile is no loss: it now differs in another way, or not at all.
  const second = await differences(options);
  const found = late.filter((suspect) => second.suspects.some((again) => isSame(suspect, again)));
  const keysOf = (wasHeld: boolean): readonly ObjectKey[] =>
    found.filter(({ held }) => (held !== undefined) === wasHeld).map(({ key }) => key);
  return { objects: first.objects, lost: keysOf(true), missing: keysOf(false) };
}

async function differences<Raw extends KubeObject, T extends KubeObject>(
  options: StoreAuditOptions<Raw, T>,
): Promise<{ readonly objects: number; readonly suspects: readonly Suspect[] }> {
  const { client, type, store, isKept, clock, signal, namespace, labelSelector, fieldSelector } = options;
  const keys = new Set<ObjectKey>();
  const suspects: Suspect[] = [];
  const suspect = (one: Suspect): void => {
    if (suspects.length < mostSuspects) suspects.push(one);
  };
  let resourceVersion = '';
  for await (const page of client.list(type, { namespace, labelSelector, fieldSelector, metadataOnly: true, signal })) {
    for (const object of page.items) {
      const key = keyOf(object.metadata);
      const listed = object.metadata.resourceVersion ?? '';
      keys.add(key);
      const held = store.get(key)?.metadata.resourceVersion;
      if (held === undefined ? isKept(object) : isLater(listed, held)) suspect({ key, listed, held });
    }
    ({ resourceVersion } = page);
    await sleep(pageEveryMs, { clock, signal });
  }
  for (const { metadata } of store.values()) {
    const [key, held] = [keyOf(metadata), metadata.resourceVersion];
    if (namespace !== undefined && metadata.namespace !== namespace) continue;
    if (!keys.has(key) && !isLater(held, resourceVersion)) suspect({ key, listed: undefined, held });
  }
  return { objects: keys.size, suspects };
}

/** The store has learned nothing since, and both lists have the object, or neither has. */
function isSame(a: Suspect, b: Suspect): boolean {
  return a.key === b.key && a.held === b.held && (a.listed === undefined) === (b.listed === undefined);
}
