/**
 * What one person keeps at home besides grants: schedules, a value with a history, a rotation with a hook, a certificate pair and a key of a
 * ConfigMap. What has to hold, as the documentation says it. Pure.
 */
export const scheduleNames = ['each', 'one', 'newest'] as const;
export type ScheduleName = (typeof scheduleNames)[number];
export const policyOf = { each: 'Allow', one: 'Forbid', newest: 'Replace' } as const;
/** Of a value with a history, and of one that is rotated. */
export const keptFormer = 2;
export const keptRotated = 1;
/** Of a schedule: those that succeeded, and the others. */
export const keptRuns = { succeeded: 1, others: 1 } as const;
/** Sources that somebody else writes, and that a UserSecret follows. */
export const followed = ['pair', 'setting'] as const;
export type Followed = (typeof followed)[number];

const minuteMs = 60_000;
/** From a write until the operator sees it, and of the seconds in which Kubernetes counts. */
const slackMs = 2_000;

/** When its times count. The end is undefined while they do. */
export interface Interval {
  readonly fromMs: number;
  /** Since when the operator knows, at the latest. */
  seenMs?: number;
  toMs?: number;
}

interface Schedule {
  /** As its owner wants it. */
  state: 'runs' | 'paused' | 'deleted';
  readonly intervals: Interval[];
}

/** A job of a schedule, as it was seen. */
export interface Run {
  readonly name: string;
  readonly uid: string;
  readonly schedule: ScheduleName;
  readonly tickMs: number;
  /** Undefined while it is there. */
  goneMs?: number;
  isDeleting: boolean;
  phase: string | undefined;
  finishTime: string | undefined;
}

/** What a follower may show: the value that was last seen right, and all that came since. */
export interface Source {
  /** The first is what was seen last, the last is what is there now; undefined: nothing that can be taken. */
  given: (string | undefined)[];
}

interface Rotation {
  /** In force; empty before it was seen. */
  value: string;
  /** The newest first. */
  former: readonly string[];
  state: 'at rest' | 'asked' | 'failed' | 'succeeded';
}

export interface HomeModel {
  readonly schedules: Map<ScheduleName, Schedule>;
  readonly sources: Map<Followed, Source>;
  readonly rotation: Rotation;
  /** The value in force as it was last seen, what its owner wants, and former values, the newest first. */
  history: { seen: string | undefined; wanted: string; former: string[] } | undefined;
  count: number;
}

export const newHome = (): HomeModel => ({
  schedules: new Map(),
  sources: new Map(),
  rotation: { value: '', former: [], state: 'at rest' },
  history: undefined,
  count: 0,
});

export function tickOf(name: string): number {
  return Number(name.slice(name.lastIndexOf('-') + 1)) * minuteMs;
}

/** Wrong forever: jobs that no time of the schedule stands for, and two of one time. */
export function wrongRuns(model: HomeModel, runs: readonly Run[]): readonly string[] {
  const uidOf = new Map<string, string>();
  return runs.flatMap((run) => {
    const { name, uid, schedule, tickMs } = run;
    const former = uidOf.get(name);
    uidOf.set(name, uid);
    const isWithin = model.schedules
      .get(schedule)
      ?.intervals.some(({ fromMs, toMs = Infinity }) => tickMs > fromMs - slackMs && tickMs <= toMs + slackMs);
    return [
      ...(former === undefined ? [] : [`${name} was made twice`]),
      ...(isWithin === true ? [] : [`${name} is of a time at which the schedule did not run`]),
    ];
  });
}

/** Wrong forever: two at a time where there is one. `runs` as they are now. */
export function wrongTogether(schedule: ScheduleName, runs: readonly Run[]): readonly string[] {
  const running = runs.filter((run) => run.schedule === schedule && isRunning(run));
  return policyOf[schedule] === 'Allow' || running.length < 2
    ? []
    : [`${running.map(({ name }) => name).join(' and ')} run at the same time (${policyOf[schedule]})`];
}

/** What has to be so as soon as the operator has done its work. */
export function unfinishedRuns(model: HomeModel, runs: readonly Run[], nowMs: number): readonly string[] {
  return [...model.schedules].flatMap(([name, { state, intervals }]) => {
    const its = runs.filter(({ schedule }) => schedule === name);
    const present = its.filter(({ goneMs, isDeleting }) => goneMs === undefined && !isDeleting);
    const tooMany = ([count, most, what]: readonly [number, number, string]): readonly string[] =>
      count > most ? [`${String(count)} jobs of ${name} ${what} are kept, not ${String(most)}`] : [];
    const ended = present.filter(({ finishTime }) => finishTime !== undefined);
    const succeeded = ended.filter(({ phase }) => phase === 'Succeeded').length;
    const kept = [
      ...tooMany([succeeded, keptRuns.succeeded, 'that succeeded']),
      ...tooMany([ended.length - succeeded, keptRuns.others, 'that did not succeed']),
    ];
    const from = intervals.at(-1);
    const tickMs = Math.floor(nowMs / minuteMs) * minuteMs;
    const isDue = from?.seenMs !== undefined && tickMs > from.seenMs && nowMs > tickMs + slackMs;
    const isHeld = policyOf[name] === 'Forbid' && its.some(isRunning);
    if (state !== 'runs' || !isDue || isHeld || its.some((run) => run.tickMs === tickMs)) return kept;
    return [...kept, `${name} has no job for ${new Date(tickMs).toISOString()}`];
  });
}

function isRunning({ goneMs, isDeleting, finishTime }: Run): boolean {
  return goneMs === undefined && !isDeleting && finishTime === undefined;
}

export function wrongFollower(name: Followed, { given }: Source, found: string | undefined): readonly string[] {
  const latest = given.at(-1);
  if (latest !== undefined) return found === latest ? [] : [`${name} does not have the value of its source`];
  // The last value stays.
  const isFormer = given.some((value, at) => value === found && (value !== undefined || at === 0));
  return isFormer ? [] : [`${name} has a value that its source never had`];
}

/** A value that was in force is a former one; one that is in force is none. */
export function noteValue(model: HomeModel, found: string | undefined): void {
  const { history } = model;
  if (history === undefined || found === undefined || found === history.seen) return;
  const { seen, former } = history;
  history.former = [...(seen === undefined ? [] : [seen]), ...former]
    .filter((value) => value !== found)
    .slice(0, keptFormer);
  history.seen = found;
}
