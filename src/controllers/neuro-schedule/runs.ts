/** The jobs of a schedule: which run, and which are kept after their end. Pure. */
import { parseTimeMs, type NeuroScheduleSpec } from '../../api/index.ts';
import { compare } from '../../compare.ts';
import { isAhead } from '../clock-ahead.ts';
import type { NeuroJobView } from '../neuro-job-view.ts';
import type { ScheduleInput } from './due.ts';

/** Jobs that are looked at in one go. A schedule keeps 250 at most; people can make any number that say they are its own. */
export const mostRuns = 1_000;
/** CronJob's. */
const keptSucceeded = 3;
const keptFailed = 1;
/** Deleted in one go; the rest when these are gone. */
const mostDeleted = 20;

export function isEnded({ status, metadata }: NeuroJobView): boolean {
  return status.finishTime !== undefined && metadata.deletionTimestamp === undefined;
}

/** What still does its work, so that another one would do it beside it: jobs that have not ended, and Pods whose container runs or can still start. */
export function busyOf({ runs, lingering }: Pick<ScheduleInput, 'runs' | 'lingering'>): readonly NeuroJobView[] {
  return [...activeOf(runs), ...runs.filter(({ metadata }) => lingering.has(metadata.uid))];
}

/** The oldest first. One that is being deleted is not waited for. */
export function activeOf(runs: readonly NeuroJobView[]): readonly NeuroJobView[] {
  return runs
    .filter(({ status, metadata }) => status.finishTime === undefined && metadata.deletionTimestamp === undefined)
    .sort((a, b) => compare(a.metadata.creationTimestamp, b.metadata.creationTimestamp) || compareNames(a, b));
}

/** The latest end first; an end that a clock has written which was ahead comes last. */
export function endedOf(runs: readonly NeuroJobView[], latestMs: number): readonly NeuroJobView[] {
  return runs
    .filter(({ status }) => status.finishTime !== undefined)
    .sort((a, b) => endMs(b, latestMs) - endMs(a, latestMs) || compareNames(b, a));
}

/** The ended jobs that are not kept any more, the oldest last. */
export function outdated(
  ended: readonly NeuroJobView[],
  latestMs: number,
  { successfulJobsHistoryLimit = keptSucceeded, failedJobsHistoryLimit = keptFailed }: Partial<NeuroScheduleSpec>,
): readonly NeuroJobView[] {
  const newest = endedOf(ended, latestMs);
  const hasSucceeded = ({ status }: NeuroJobView): boolean => status.phase === 'Succeeded';
  return [
    ...newest.filter(hasSucceeded).slice(successfulJobsHistoryLimit),
    ...newest.filter((run) => !hasSucceeded(run)).slice(failedJobsHistoryLimit),
  ].slice(0, mostDeleted);
}

function endMs({ status }: NeuroJobView, latestMs: number): number {
  const timeMs = parseTimeMs(status.finishTime) ?? 0;
  return isAhead(timeMs, latestMs) ? 0 : timeMs;
}

function compareNames(a: NeuroJobView, b: NeuroJobView): number {
  return compare(a.metadata.name, b.metadata.name);
}
