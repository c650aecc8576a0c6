/** What is created again for a job when somebody deletes it, and how the limiter of repairs knows it. Pure. */
import type { ObjectKey } from '../../kernel/index.ts';

export const jobParts = ['Pod', 'Service'] as const;
export type JobPart = (typeof jobParts)[number];

/** The key of that part of the job in a `RepairLimiter`. What is desired is a part of the job of that UID. */
export function repairKey(key: ObjectKey, part: JobPart): string {
  return `${key} ${part}`;
}
