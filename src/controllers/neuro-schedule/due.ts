/** What is due for a schedule: which of its times has no job yet, and which was too late. Pure. */
import { isTimeZone, parseCronLine, parseTimeMs } from '../../api/index.ts';
import { isAhead } from '../clock-ahead.ts';
import type { Failing } from '../plan.ts';
import type { NeuroJobView } from '../neuro-job-view.ts';
import type { NeuroScheduleView } from '../views.ts';
import { ticksOf, type Ticks } from './ticks.ts';

export interface ScheduleInput extends Failing {
  readonly schedule: NeuroScheduleView;
  /** The NeuroJob of that name, suspended or not. */
  readonly template: NeuroJobView | undefined;
  /** Jobs that it owns, in any order. */
  readonly runs: readonly NeuroJobView[];
  /** UIDs of those that have ended or are being deleted, and whose container runs or can still start. */
  readonly lingering: ReadonlySet<string>;
  /** The last of its jobs, which was deleted, if its container runs or can still start: for its grace period, or until the garbage collector comes. */
  readonly remaining?: string | undefined;
  /** It owns more than `runs` has. */
  readonly hasMoreRuns: boolean;
  /** Epoch milliseconds. */
  readonly nowMs: number;
  /** Now, by the later of the clocks of this machine and of the API server. */
  readonly latestMs: number;
  /** Learned: the API server refuses the job. */
  readonly refused?: string;
  /** Learned: how many times jobs that ended long ago were deleted since it came to its turn. */
  readonly clearances?: number;
  /** Learned: the namespace has made as many jobs as it may, and may make more after so many milliseconds. */
  readonly waitMs?: number;
}

/** What follows from the schedule and the time alone. */
export interface Due {
  /** Schedule and time zone; undefined where it does not run. */
  readonly inForce?: string;
  readonly sinceMs?: number;
  readonly ticks?: Ticks;
  /** When the next job is due: not before the last one, also where the clock was set back. */
  readonly nextMs?: number | undefined;
  /** The tick that a job was made for last. */
  readonly startedMs?: number | undefined;
  /** A tick without a job, that is not too late. */
  readonly tickMs?: number | undefined;
  /** What the status says of times is of a clock that was ahead. */
  readonly isOfWrongClock?: boolean;
  /** The last tick that was too late. */
  readonly missedMs?: number | undefined;
}

export const defaultTimeZone = 'UTC';
const minuteMs = 60_000;
/** The name of the job of a tick, as CronJob makes it. Two operators give one tick one name. */
export function runName(schedule: string, tickMs: number): string {
  return `${schedule}-${Math.floor(tickMs / minuteMs)}`;
}

/** What is due now. */
export function dueOf({ schedule, runs, nowMs, latestMs: latestNowMs }: ScheduleInput): Due {
  const { spec, status, metadata } = schedule;
  const { timeZone = defaultTimeZone } = spec;
  const parsed = parseCronLine(spec.schedule);
  if (!('line' in parsed) || !isTimeZone(timeZone) || spec.suspend === true) return {};
  const inForce = `${spec.schedule.trim()} ${timeZone}`;
  const isNew = (status.observedGeneration ?? -1) < 0;
  const since = status.inForce === inForce ? status.since : isNew ? metadata.creationTimestamp : undefined;
  const formerMs = parseTimeMs(status.lastScheduleTime) ?? -Infinity;
  // It would have the schedule wait until then. What another operator has begun, whose clock is ahead by less, is not begun again.
  const isOfWrongClock = isAhead(Math.max(parseTimeMs(since) ?? nowMs, formerMs), latestNowMs);
  const sinceMs = isOfWrongClock ? nowMs : (parseTimeMs(since) ?? nowMs);
  const ticks = ticksOf(parsed.line, timeZone);
  const afterMs = isOfWrongClock ? nowMs : Math.max(sinceMs, formerMs);
  const latestMs = ticks.latest(afterMs, nowMs);
  const nextMs = ticks.next(Math.max(nowMs, afterMs));
  const common = { inForce, sinceMs, ticks, nextMs, isOfWrongClock };
  const hasJob = runs.some(
    ({ metadata: { name } }) => latestMs !== undefined && name === runName(metadata.name, latestMs),
  );
  if (latestMs === undefined || hasJob) return { ...common, startedMs: latestMs };
  const { startingDeadlineSeconds: deadline } = spec;
  const isLate = deadline !== undefined && latestMs < nowMs - deadline * 1000;
  return isLate ? { ...common, missedMs: latestMs } : { ...common, tickMs: latestMs };
}
