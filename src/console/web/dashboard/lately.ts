/** What of jobs and shared secrets needs a look today. Pure. */
import { isRotationNear, rotateByOf, type NeuroJob, type UserSecret } from '../../../api/index.ts';
import type { SharedEntry } from '../../../client/index.ts';

const dayMs = 24 * 3_600_000;
const soonMs = 7 * dayMs;
/** Of a longer list the page of jobs, or of secrets, shows the rest. */
const mostShown = 5;

/** Jobs that failed within a day, the latest first. */
export function failedLately(jobs: readonly NeuroJob[], nowMs: number): readonly NeuroJob[] {
  const from = new Date(nowMs - dayMs).toISOString();
  const endOf = ({ status, metadata }: NeuroJob): string => status?.finishTime ?? metadata.creationTimestamp ?? '';
  return jobs
    .filter((job) => job.status?.phase === 'Failed' && endOf(job) > from)
    .sort((a, b) => (endOf(a) > endOf(b) ? -1 : 1))
    .slice(0, mostShown);
}

/** Secrets whose date to rotate by is near, the soonest first. */
export function rotatingSoon(secrets: Iterable<UserSecret>, nowMs: number): readonly UserSecret[] {
  const dayOf = (secret: UserSecret): string => rotateByOf(secret)?.day ?? '';
  return [...secrets]
    .filter((secret) => {
      const by = rotateByOf(secret);
      return by !== undefined && isRotationNear(by, nowMs);
    })
    .sort((a, b) => (dayOf(a) < dayOf(b) ? -1 : 1))
    .slice(0, mostShown);
}

/** What others share and what ends within seven days, the soonest first. */
export function endingSoon(entries: readonly SharedEntry[], nowMs: number): readonly SharedEntry[] {
  const untilMs = ({ expiresAt }: SharedEntry): number =>
    expiresAt === undefined ? Infinity : new Date(expiresAt).getTime();
  return entries
    .filter((entry) => untilMs(entry) - nowMs < soonMs)
    .sort((a, b) => untilMs(a) - untilMs(b))
    .slice(0, mostShown);
}
