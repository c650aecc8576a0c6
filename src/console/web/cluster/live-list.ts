/**
 * A list of objects as a watch keeps it: pure functions from one state to the next.
 *
 * Promise: a state never changes; an older event never replaces a newer object (the answer of a write may overtake the watch), and nothing that was read
 * before an object was deleted brings it back.
 */
import { defined } from '../../../defined.ts';
import type { ClusterError } from './errors.ts';
import type { ClusterObject } from './object.ts';

/** The API server is there, and busy. */
const tooManyRequests = 429;
/** As many as one action on a long list deletes. */
const mostEnded = 1_000;

export interface LiveList<T extends ClusterObject> {
  /** By `namespace/name`. */
  readonly objects: ReadonlyMap<string, T>;
  /** loading: not all was read yet, and the objects are those of the first pages · live: a watch is open · offline: it will be tried again · refused: no right to see it. */
  readonly phase: 'loading' | 'live' | 'offline' | 'refused';
  /** Was read at least once: only then does no object mean that there is none. */
  readonly isRead?: boolean;
  readonly problem?: ClusterError;
  /** UIDs of objects that this page has deleted, the newest last. */
  readonly ended?: ReadonlySet<string>;
}

export type WatchEvent<T> = { readonly type: 'ADDED' | 'MODIFIED' | 'DELETED'; readonly object: T };

export function emptyLiveList<T extends ClusterObject>(): LiveList<T> {
  return { objects: new Map(), phase: 'loading' };
}

function objectKey({ metadata }: ClusterObject): string {
  return `${metadata.namespace ?? ''}/${metadata.name}`;
}

/**
 * A page of a list whose other pages are still to come: added to those before it. What is known of a list that was read before stays until the new
 * one is whole, since a part of it does not say what has gone.
 */
export function partlyListed<T extends ClusterObject>(state: LiveList<T>, page: readonly T[]): LiveList<T> {
  if (state.isRead === true) return state;
  const { objects, ended } = state;
  return {
    objects: withNewest(new Map(objects), page.filter(isThere(ended))),
    phase: 'loading',
    ...defined({ ended }),
  };
}

/**
 * What was listed, in the place of all that was known. `version`: of the list. The answer of a write may be newer than that, and stays; whatever came
 * of it since then, the watch from that version says.
 */
export function listed<T extends ClusterObject>(
  items: readonly T[],
  { objects: known, ended }: LiveList<T> = emptyLiveList(),
  version = '',
): LiveList<T> {
  const newer = [...known.values()].filter(({ metadata }) => isBefore(version, metadata.resourceVersion));
  const there = items.filter(isThere(ended));
  const objects = withNewest(new Map(there.map((item) => [objectKey(item), item])), newer);
  return { objects, phase: 'live', isRead: true, ...defined({ ended }) };
}

function withNewest<T extends ClusterObject>(objects: Map<string, T>, others: readonly T[]): Map<string, T> {
  for (const other of others) {
    const key = objectKey(other);
    const known = objects.get(key);
    if (known === undefined || !isOlder(other, known)) objects.set(key, other);
  }
  return objects;
}

/** Events of a watch, in the order in which they came. */
export function applyEvents<T extends ClusterObject>(state: LiveList<T>, batch: readonly WatchEvent<T>[]): LiveList<T> {
  if (batch.length === 0) return state;
  const objects = new Map(state.objects);
  const { ended } = state;
  for (const { type, object } of batch) {
    const key = objectKey(object);
    const known = objects.get(key);
    if (type === 'DELETED') {
      // One that was made again under its name meanwhile stays.
      if (known === undefined || known.metadata.uid === object.metadata.uid) objects.delete(key);
    } else if (isThere(ended)(object) && (known === undefined || !isOlder(object, known))) objects.set(key, object);
  }
  return { ...state, objects };
}

/**
 * The answer of a write, which may come before what was read earlier. Only a write says that an object has ended: a watch with a selector sends `DELETED`
 * also for one that has left the selection.
 */
export function applyWrite<T extends ClusterObject>(state: LiveList<T>, event: WatchEvent<T>): LiveList<T> {
  const { uid } = event.object.metadata;
  if (event.type !== 'DELETED' || uid === undefined) return applyEvents(state, [event]);
  return applyEvents({ ...state, ended: new Set([...(state.ended ?? []), uid].slice(-mostEnded)) }, [event]);
}

/** One that was deleted and still waits for a finalizer is there, and says so. */
function isThere(ended: ReadonlySet<string> | undefined): (object: ClusterObject) => boolean {
  return ({ metadata: { uid = '', deletionTimestamp } }) => deletionTimestamp !== undefined || ended?.has(uid) !== true;
}

/** The watch is open again; nothing was missed. */
export function resumed<T extends ClusterObject>(state: LiveList<T>): LiveList<T> {
  return state.phase === 'live'
    ? state
    : { objects: state.objects, phase: 'live', isRead: true, ...defined({ ended: state.ended }) };
}

/** What is known stays, and is marked as maybe old. */
export function interrupted<T extends ClusterObject>(state: LiveList<T>, problem: ClusterError): LiveList<T> {
  const phase = problem.kind === 'forbidden' || problem.kind === 'notFound' ? 'refused' : 'offline';
  const objects = phase === 'refused' ? new Map<string, T>() : state.objects;
  return { objects, phase, problem, ...defined({ isRead: state.isRead, ended: state.ended }) };
}

/** Why it is not live: nothing is heard of the API server, or it answers with an error. Undefined: there is no trouble that the next try may end. */
export function troubleOf({ phase, problem }: LiveList<ClusterObject>): 'offline' | 'failing' | undefined {
  if (phase !== 'offline') return undefined;
  const hasAnswered = problem !== undefined && (problem.kind !== 'offline' || problem.status === tooManyRequests);
  return hasAnswered ? 'failing' : 'offline';
}

/** An object as it is now; undefined when it is gone. As it was, while nothing can be said of it. */
export function currentOf<T extends ClusterObject>(list: LiveList<T>, object: T): T | undefined {
  if (isUnread(list) || list.phase === 'refused') return object;
  const current = list.objects.get(objectKey(object));
  return current?.metadata.uid === object.metadata.uid ? current : undefined;
}

/** Nothing can be said of what is not in it. */
export function isUnread({ phase, isRead = false }: LiveList<ClusterObject>): boolean {
  return phase === 'loading' || (phase === 'offline' && !isRead);
}

function isOlder(one: ClusterObject, other: ClusterObject): boolean {
  if (one.metadata.uid !== other.metadata.uid) return false;
  // Kubernetes 1.35 and later promise that resource versions of one resource can be ordered; before it was so with etcd.
  return isBefore(one.metadata.resourceVersion, other.metadata.resourceVersion);
}

/** False also where they cannot be compared. */
function isBefore(one = '', other = ''): boolean {
  return /^\d+$/.test(one) && /^\d+$/.test(other) && BigInt(one) < BigInt(other);
}
