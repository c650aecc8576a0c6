/** What is worth a notification: jobs that ended, and access and dates to rotate by that are about to end. Pure. */
import { rotateByOf, ROTATE_SOON_MS, calledName, type NeuroJob, type UserSecret } from '../../../api/index.ts';
import type { SharedEntry } from '../../../client/index.ts';

export type News =
  | { readonly kind: 'job'; readonly id: string; readonly job: NeuroJob }
  | {
      readonly kind: 'access';
      readonly id: string;
      readonly uri: string;
      /** Namespace of the owner. */
      readonly namespace: string;
      readonly expiresAt: string;
    }
  | { readonly kind: 'rotate'; readonly id: string; readonly key: string; readonly name: string; readonly day: string };

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;
/** Before the end of an access, each once: in time to ask for more, and as the last call. */
const accessStepsMs = [dayMs, hourMs / 4] as const;
/** Before a date to rotate by: as the list marks it, and on the last day. */
const rotateStepsMs = [ROTATE_SOON_MS, dayMs] as const;

/** The identifier has the job's own, since a name can come again. */
export function endedJobs(jobs: Iterable<NeuroJob>): readonly News[] {
  return Array.from(jobs)
    .filter(({ status }) => status?.finishTime !== undefined)
    .map((job) => ({ kind: 'job', id: `job ${job.metadata.uid ?? job.metadata.name}`, job }));
}

/** What has ended is no news any more. */
export function endingAccess(entries: readonly SharedEntry[], nowMs: number): readonly News[] {
  return entries.flatMap(({ uri, namespace, expiresAt = '' }) => {
    const step = stepAt(Date.parse(expiresAt) - nowMs, accessStepsMs);
    return step === undefined
      ? []
      : [{ kind: 'access', id: `access ${uri} ${expiresAt} ${String(step)}`, uri, namespace, expiresAt }];
  });
}

export function endingRotation(secrets: Iterable<UserSecret>, nowMs: number): readonly News[] {
  return Array.from(secrets).flatMap((secret) => {
    const { day, atMs } = rotateByOf(secret) ?? {};
    const step = atMs === undefined ? undefined : stepAt(atMs - nowMs, rotateStepsMs);
    if (day === undefined || step === undefined) return [];
    const id = `rotate ${secret.metadata.uid ?? secret.metadata.name} ${day} ${String(step)}`;
    return [{ kind: 'rotate', id, key: calledName(secret), name: secret.metadata.name, day }];
  });
}

/** The last step that is reached; undefined before the first, after the end, and where there is no time. */
function stepAt(leftMs: number, steps: readonly number[]): number | undefined {
  return leftMs > 0 ? steps.findLast((step) => leftMs <= step) : undefined;
}

/** Identifiers of a source: more than any list of the console has objects. */
const mostKnown = 20_000;
/** News of the access that one namespace gives, in an hour: it can share, and move the end, as often as it likes. */
const mostOfOwner = 10;

/** Which news are new. What is there at the first look of a source was there before the page was. */
export class NewsDesk {
  readonly #known = new Map<string, Set<string>>();
  /** When news of the access that a namespace gives were taken, within the last hour. */
  readonly #takenAtMs = new Map<string, readonly number[]>();

  take(source: News['kind'], news: readonly News[], nowMs: number): readonly News[] {
    const known = this.#known.get(source);
    this.#known.set(source, new Set([...(known ?? []), ...news.map(({ id }) => id)].slice(-mostKnown)));
    if (known === undefined) return [];
    return news.filter((one) => !known.has(one.id) && (one.kind !== 'access' || this.#hasRoom(one.namespace, nowMs)));
  }

  #hasRoom(owner: string, nowMs: number): boolean {
    const takenAtMs = (this.#takenAtMs.get(owner) ?? []).filter((atMs) => nowMs - atMs < hourMs);
    if (takenAtMs.length >= mostOfOwner) return false;
    this.#takenAtMs.set(owner, [...takenAtMs, nowMs]);
    return true;
  }
}
