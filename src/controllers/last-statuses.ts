/**
 * Recognizes that a status was changed by something else since this process wrote it: by a hash of what the API server returned to the last
 * write. What is forgotten, or was written by a former process, counts as nobody's change.
 */
import { mergePatch, RecentMap, type ObjectKey } from '../kernel/index.ts';
import { hashOf } from './text-hash.ts';

/** Each takes some 200 bytes. */
const mostStatuses = 32_768;

interface LastStatus {
  readonly uid: string;
  readonly hash: string;
  /** The API server returned what was written, unchanged. */
  readonly isKept: boolean;
}

/** `changed`: somebody changed the status after the write. `not-kept`: the write itself was changed, as by a webhook. */
export type Interference = 'changed' | 'not-kept';

export class LastStatuses {
  readonly #last = new RecentMap<ObjectKey, LastStatus>(mostStatuses);

  wrote(key: ObjectKey, uid: string, desired: object, returned: object): void {
    this.#last.set(key, { uid, hash: statusHash(returned), isKept: mergePatch(returned, desired) === undefined });
  }

  /** How others interfered with the last write of the status; `now` is the status in the store. Undefined: not at all. */
  interference(key: ObjectKey, uid: string, now: object): Interference | undefined {
    const last = this.#last.get(key);
    if (last?.uid !== uid) return undefined;
    if (last.hash !== statusHash(now)) return 'changed';
    return last.isKept ? undefined : 'not-kept';
  }
}

function statusHash(status: object): string {
  return hashOf(JSON.stringify(status));
}
