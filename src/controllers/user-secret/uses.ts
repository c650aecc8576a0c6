/**
 * Who used a secret, in a job or as a copy, and when: the record of the status is brought up to date with the jobs that started since, and
 * with the copies that got another value.
 *
 * Promise: the record has one entry for each service account and for each namespace with copies, the latest of them; and a secret that is used all the time has its
 * status written once or twice a minute, not at every job. In memory is only what no status has yet.
 */
import {
  ANNOTATION_COPIED_FROM,
  ANNOTATION_COPIED_VERSION,
  parseTimeMs,
  type UserSecretStatus,
} from '../../api/index.ts';
import { compare } from '../../compare.ts';
import { keyOf, type ObjectKey } from '../../kernel/index.ts';
import { defined } from '../../defined.ts';
import { isAhead } from '../clock-ahead.ts';
import { refKey, type SecretRef } from '../secret-refs.ts';
import { isHeldCopy, nativeKeyOf, type UserSecretView } from '../user-secret-view.ts';
import type { Watched } from '../watched.ts';

type UsesStores = Pick<Watched, 'neuroJobs' | 'userSecrets' | 'secrets'>;

export type Use = NonNullable<UserSecretStatus['uses']>[number];

/** Entries of the record: a status stays small whatever tenants run. */
export const mostUses = 16;
/** Uses are gathered for so long after the last one that the status shows. */
const usesDelayMs = 60_000;

export class Uses {
  readonly #userSecrets: UsesStores['userSecrets'];
  readonly #pending = new Map<ObjectKey, readonly Use[]>();
  readonly #listeners: ((key: ObjectKey) => void)[] = [];

  constructor({ neuroJobs, userSecrets, secrets }: UsesStores) {
    this.#userSecrets = userSecrets;
    neuroJobs.store.onChange(({ before, after }) => {
      const lastAt = after?.status.startTime;
      if (after === undefined || lastAt === undefined || before?.status.startTime === lastAt) return;
      // A job that ended as soon as it began is seen when it is finished, and its secrets are not kept any more.
      const used = after.status.secrets ?? before?.status.secrets ?? [];
      const { namespace, name: lastJob } = after.metadata;
      const by = `${namespace}/${after.spec.serviceAccountName ?? 'default'}`;
      for (const { namespace: owner, name, version, uid } of used)
        this.#add({ namespace: owner, name, uid }, defined({ by, lastAt, lastJob, version }));
    });
    userSecrets.store.onChange(({ key, before, after }) => {
      if (after === undefined) this.#pending.delete(key);
      const lastAt = after?.status.updatedAt;
      if (after?.sharedFrom === undefined || lastAt === undefined || before?.status.updatedAt === lastAt) return;
      // What the status says of a former source is no use of this one, whatever somebody wrote on the native Secret.
      if (!isHeldCopy(after)) return;
      const { namespace, name: lastCopy } = after.metadata;
      const native = secrets.store.get(nativeKeyOf(after));
      // Where the native Secret is no copy of this source, the time belongs to another source.
      if (native?.metadata.annotations?.[ANNOTATION_COPIED_FROM] !== refKey(after.sharedFrom)) return;
      const version = native.metadata.annotations[ANNOTATION_COPIED_VERSION];
      this.#add(after.sharedFrom, defined({ by: namespace, lastAt, lastCopy, version }));
    });
  }

  /** A secret that is gone, or was made again since, has no use: nobody would ever take it from the memory, and one is not the other. */
  #add({ uid, ...ref }: SecretRef & { readonly uid?: string | undefined }, use: Use): void {
    const key = refKey(ref);
    const found = this.#userSecrets.store.get(key)?.metadata.uid;
    // While UserSecrets are still being listed, it may be there.
    if (found === undefined ? this.#userSecrets.reflector.hasSynced : uid !== undefined && uid !== found) return;
    this.#pending.set(key, latest([...(this.#pending.get(key) ?? []), use]));
    for (const listener of this.#listeners) listener(key);
  }

  /** Called when a job has started with the secret of that key, or a copy of it got a value. */
  onUse(listener: (key: ObjectKey) => void): void {
    this.#listeners.push(listener);
  }

  /** The uses that the status does not record yet. */
  of({ metadata, status }: UserSecretView, latestMs: number): readonly Use[] {
    const key = keyOf(metadata);
    const pending = (this.#pending.get(key) ?? []).filter((use) => isNews(use, status.uses, latestMs));
    if (pending.length === 0) this.#pending.delete(key);
    else this.#pending.set(key, pending);
    return pending;
  }
}

/** When what is held back can be recorded, in epoch milliseconds; undefined where nothing is. */
export function usesDueMs(
  { uses = [] }: UserSecretStatus,
  pending: readonly Use[],
  nowMs: number,
  latestMs = nowMs,
): number | undefined {
  const dueMs = Date.parse(uses[0]?.lastAt ?? '') + usesDelayMs;
  return pending.length > 0 && dueMs > nowMs && !isAhead(dueMs, latestMs) ? dueMs : undefined;
}

/** The record as it must be now; the same as before while the last entry is young. */
export function recordedUses(
  { uses = [] }: UserSecretStatus,
  pending: readonly Use[],
  nowMs: number,
  latestMs = nowMs,
): readonly Use[] {
  const isHeld = pending.length === 0 || usesDueMs({ uses }, pending, nowMs, latestMs) !== undefined;
  return isHeld ? uses : latest([...uses, ...pending], latestMs);
}

function isNews(use: Use, recorded: readonly Use[] = [], latestMs: number): boolean {
  const former = recorded.find(({ by }) => by === use.by);
  if (former !== undefined) return believed(former, latestMs) < use.lastAt;
  // A full record has lost its oldest uses.
  return recorded.length < mostUses || believed(recorded.at(-1), latestMs) < use.lastAt;
}

/** The last use of each service account or namespace, the latest first. */
function latest(uses: readonly Use[], latestMs = Infinity): readonly Use[] {
  const at = (use: Use): string => believed(use, latestMs);
  const byAccount = new Map<string, Use>();
  for (const use of uses) {
    const former = byAccount.get(use.by);
    if (former === undefined || at(former) < at(use)) byAccount.set(use.by, use);
  }
  return [...byAccount.values()].sort((a, b) => compare(at(b), at(a)) || compare(a.by, b.by)).slice(0, mostUses);
}

/** When it was. A time of a clock that was ahead would stay the latest until then, and counts as the oldest. */
function believed(use: Use | undefined, latestMs: number): string {
  return use === undefined || isAhead(parseTimeMs(use.lastAt), latestMs) ? '' : use.lastAt;
}
