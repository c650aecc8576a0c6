/** The list of jobs: search, filters, order. Pure. */
import type { NeuroJob } from '../../../api/index.ts';
import { compare } from '../../../compare.ts';
import type { Sorting } from '../parts/sorting.ts';
import { jobWords } from './job-words.ts';

export type JobSort = 'name' | 'status' | 'created' | 'duration';

export interface JobFilter {
  readonly text: string;
  /** Empty: all. `Unfinished` is Pending or Running. */
  readonly phase: string;
  /** Only jobs made in these last hours. */
  readonly sinceHours: number | undefined;
}

export function filterJobs(
  jobs: Iterable<NeuroJob>,
  { text, phase, sinceHours }: JobFilter,
  nowMs: number,
): readonly NeuroJob[] {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  const from = sinceHours === undefined ? undefined : new Date(nowMs - sinceHours * 3_600_000).toISOString();
  return [...jobs].filter(({ metadata, spec, status }) => {
    const actual = status?.phase ?? 'Pending';
    // A template never runs.
    const isUnfinished = (actual === 'Pending' || actual === 'Running') && spec.suspend !== true;
    if (phase === 'Unfinished' ? !isUnfinished : phase !== '' && actual !== phase) return false;
    if (from !== undefined && (metadata.creationTimestamp ?? '') < from) return false;
    if (words.length === 0) return true;
    const said = [metadata.name, spec.image, spec.description, ...(spec.tags ?? []), status?.reason]
      .join(' ')
      .toLowerCase();
    return words.every((word) => said.includes(word));
  });
}

export function sortJobs(
  jobs: readonly NeuroJob[],
  { by, isDescending }: Sorting<JobSort>,
  nowMs: number,
): readonly NeuroJob[] {
  const direction = isDescending ? -1 : 1;
  const inOrder = compareBy[by];
  return [...jobs].sort((a, b) => direction * inOrder(a, b, nowMs) || compare(a.metadata.name, b.metadata.name));
}

const order = { Running: 0, Pending: 1, Failed: 2, Cancelled: 3, Succeeded: 4 } as const;
const compareBy: Readonly<Record<JobSort, (a: NeuroJob, b: NeuroJob, nowMs: number) => number>> = {
  name: (a, b) => compare(a.metadata.name, b.metadata.name),
  status: (a, b) => order[jobWords(a).phase] - order[jobWords(b).phase],
  created: (a, b) => compare(a.metadata.creationTimestamp ?? '', b.metadata.creationTimestamp ?? ''),
  duration: (a, b, nowMs) => (ranSeconds(a, nowMs) ?? -1) - (ranSeconds(b, nowMs) ?? -1),
};

/** From its first start to its end, or to now; undefined for what has not started. */
export function ranSeconds({ status }: NeuroJob, nowMs: number): number | undefined {
  if (status?.startTime === undefined) return undefined;
  const endMs = status.finishTime === undefined ? nowMs : new Date(status.finishTime).getTime();
  return Math.max(0, (endMs - new Date(status.startTime).getTime()) / 1000);
}
