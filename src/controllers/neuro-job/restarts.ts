/**
 * How many restarts a job had before its present Pod. It stands on the Pod itself, so that a Pod whose making was not
 * recorded any more still counts right.
 */
import { LABEL_RESTARTS } from '../../api/index.ts';

export function restartsBefore(labels: Readonly<Record<string, string>> | undefined): number {
  const count = Number(labels?.[LABEL_RESTARTS] ?? 0);
  return Number.isSafeInteger(count) && count > 0 ? count : 0;
}
