/**
 * Decides when a schedule makes a job, and which of its jobs go. Pure.
 *
 *   (waits) ── a time of the schedule ──> start ──> job runs ──> job ended ──> kept, until newer ones take its place
 *      ^            │                                   │
 *      │            └── Forbid: waits for the former job; Replace: deletes it first
 *      └── missed by more than the deadline, or while it was paused: no job
 *
 * Promises: each time gets one job, because the time is part of the job's name. Of missed times only the last gets a job. Times from before a change of
 * the schedule, or from before the end of a pause, never do. Which secrets a job gets is decided for the job alone.
 */
import { isTimeZone, parseCronLine, type NeuroScheduleStatus } from '../../api/index.ts';
import { keptByFinalizer } from '../ownership.ts';
import { firstPlan, soon, type Plan } from '../plan.ts';
import type { NeuroJobView } from '../neuro-job-view.ts';
import { defaultTimeZone, dueOf, runName, type Due, type ScheduleInput } from './due.ts';
import { activeOf, busyOf, isEnded, mostRuns, outdated } from './runs.ts';
import { eventsOf, planStatus, weightOf, type Standing } from './status.ts';

export type ScheduleStep =
  | { readonly do: 'start'; readonly name: string; readonly tickMs: number }
  /** Deletes a job: one that is replaced, or one that ended long ago. */
  | { readonly do: 'delete'; readonly name: string; readonly uid: string };

type SchedulePlan = Plan<ScheduleStep, NeuroScheduleStatus>;
type Rule = (input: ScheduleInput, due: Due) => SchedulePlan | undefined;

/** The most jobs of one schedule that have not ended: with one a minute, most of an hour. Each has a Pod. */
const mostActive = 50;
/** How often one reconcile deletes jobs that ended long ago, some at a time, before other keys get their turn. */
const mostClearances = 5;
const clearAgainMs = 1_000;
/** How often a job that was refused is tried again, and how often the running container of an ended job is looked at. */
const lookAgainMs = 60_000;
/** A new schedule's template may come right after it, from the same command or the same file. */
const templateGraceMs = 3_000;

/** The first rule with an answer decides. */
export const rules: readonly Rule[] = [
  deleting, // The garbage collector deletes its jobs. A finalizer can keep the schedule.
  failing,
  invalid,
  paused,
  neverDue,
  withoutTemplate,
  refused,
  limited,
  crowded, // It has more jobs than are looked at, so it is not known which of them run.
  waiting, // The policy is Forbid, and a job has not ended, or its container runs or can still start.
  full,
  due,
];

export function planSchedule(input: ScheduleInput): SchedulePlan {
  const found = dueOf(input);
  return firstPlan(rules, input, found) ?? report('scheduled', input, found, scheduled(input));
}

function deleting(input: ScheduleInput, { ticks: _ticks, nextMs: _nextMs, ...found }: Due): ReturnType<Rule> {
  const { namespace, name, deletionTimestamp } = input.schedule.metadata;
  if (deletionTimestamp === undefined) return undefined;
  const message = `the schedule is being deleted, and creates no more jobs; ${keptByFinalizer(`neuroschedule ${name}`, namespace)}`;
  return { ...report(deleting.name, input, found, { reason: 'Deleting', message, problem: 'retried' }), steps: [] };
}

/** A step fails. The status reports that, and otherwise stays correct. */
function failing(input: ScheduleInput, found: Due): ReturnType<Rule> {
  const { failure } = input;
  if (failure?.isNow !== true) return undefined;
  const { reason, message } = failure;
  return { ...report(failing.name, input, found, { reason, message, problem: 'retried' }), steps: [] };
}

function invalid(input: ScheduleInput, found: Due): ReturnType<Rule> {
  const { schedule, timeZone = defaultTimeZone } = input.schedule.spec;
  const parsed = parseCronLine(schedule);
  const stalled = (message: string): SchedulePlan =>
    report(invalid.name, input, found, { reason: 'InvalidSchedule', message, problem: 'stalled' });
  if ('problem' in parsed) return stalled(`spec.schedule: ${parsed.problem}`);
  return isTimeZone(timeZone) ? undefined : stalled(`spec.timeZone: there is no time zone '${timeZone}'`);
}

function paused(input: ScheduleInput, found: Due): ReturnType<Rule> {
  if (input.schedule.spec.suspend !== true) return undefined;
  const message = 'paused by spec.suspend; times that pass are not made up for';
  return report(paused.name, input, found, { reason: 'Paused', message });
}

function neverDue(input: ScheduleInput, found: Due): ReturnType<Rule> {
  if (found.nextMs !== undefined) return undefined;
  const message = `the schedule '${input.schedule.spec.schedule}' is never due: none of its months has that day of the month`;
  return report(neverDue.name, input, found, { reason: 'NeverDue', message, problem: 'stalled' });
}

function withoutTemplate(input: ScheduleInput, found: Due): ReturnType<Rule> {
  const { template, schedule, nowMs } = input;
  if (template?.spec.suspend === true && template.metadata.deletionTimestamp === undefined) return undefined;
  const bornMs = Date.parse(schedule.metadata.creationTimestamp);
  // By a clock that is behind, the schedule does not exist yet: then there is nothing to wait for.
  if (template === undefined && nowMs >= bornMs && nowMs < bornMs + templateGraceMs)
    return { rule: withoutTemplate.name, requeueAtMs: bornMs + templateGraceMs };
  const { name } = schedule.spec.jobTemplate;
  const message =
    template === undefined
      ? `its template, the NeuroJob '${name}', does not exist in this namespace`
      : template.spec.suspend === true
        ? `its template, the NeuroJob '${name}', is being deleted`
        : `the NeuroJob '${name}' is not suspended: a template has spec.suspend: true and never runs itself`;
  return report(withoutTemplate.name, input, found, { reason: 'TemplateNotFound', message, problem: 'retried' });
}

function refused(input: ScheduleInput, found: Due): ReturnType<Rule> {
  if (input.refused === undefined) return undefined;
  const standing = {
    reason: 'Refused',
    message: `${input.refused}; a retry comes every minute`,
    problem: 'retried',
  } as const;
  return soon(report(refused.name, input, found, standing), input.nowMs + lookAgainMs);
}

function limited(input: ScheduleInput, found: Due): ReturnType<Rule> {
  if (input.waitMs === undefined) return undefined;
  const message = 'the schedules of this namespace have reached the limit of jobs per minute; the job is created later';
  const standing = { reason: 'TooManyJobs', message, problem: 'retried' } as const;
  return soon(report(limited.name, input, found, standing), input.nowMs + Math.max(input.waitMs, 1_000));
}

/** It is not known whether the job of this time exists, or whether another one runs, so none is created. */
function crowded(input: ScheduleInput, found: Due): ReturnType<Rule> {
  if (!input.hasMoreRuns) return undefined;
  const message = `this schedule owns more than ${mostRuns} NeuroJobs and creates no more; delete some of them`;
  return report(crowded.name, input, found, { reason: 'TooManyJobs', message, problem: 'retried' });
}

function waiting(input: ScheduleInput, found: Due): ReturnType<Rule> {
  const [oldest] = busyOf(input);
  const name = oldest?.metadata.name ?? input.remaining;
  if (found.tickMs === undefined || name === undefined || policyOf(input) !== 'Forbid') return undefined;
  const isLingering = oldest === undefined || input.lingering.has(oldest.metadata.uid);
  const what = isLingering ? `the Pod of the job '${name}' has not ended` : `the job '${name}' has not finished`;
  const message = `the next job is due, but ${what} (concurrencyPolicy: Forbid)`;
  const plan = report(waiting.name, input, found, { reason: 'WaitingForJob', message });
  // A container on a dead node never reports that it stopped.
  return isLingering ? soon(plan, input.nowMs + lookAgainMs) : plan;
}

function full(input: ScheduleInput, found: Due): ReturnType<Rule> {
  if (found.tickMs === undefined || policyOf(input) === 'Replace' || activeOf(input.runs).length < mostActive)
    return undefined;
  const message = `${mostActive} jobs of this schedule have not finished, so it creates no more; see spec.concurrencyPolicy, and spec.lifeSpan of the template`;
  return report(full.name, input, found, { reason: 'TooManyActive', message, problem: 'retried' });
}

function due(input: ScheduleInput, found: Due): ReturnType<Rule> {
  const { tickMs } = found;
  if (tickMs === undefined) return undefined;
  const replaced = policyOf(input) === 'Replace' ? activeOf(input.runs) : [];
  const start = { do: 'start', name: runName(input.schedule.metadata.name, tickMs), tickMs } as const;
  // The status comes when the job is there: one write for both.
  return { rule: due.name, steps: [...replaced.map(deleteStep), start] };
}

function scheduled({ schedule }: ScheduleInput): Standing {
  const { spec } = schedule;
  const { timeZone = defaultTimeZone } = spec;
  const message = `creates a job from '${spec.jobTemplate.name}' at '${spec.schedule}' (${timeZone})`;
  return { reason: 'Scheduled', message };
}

/** The plan that reports how the schedule stands. It is at rest until the next tick, except to delete jobs that ended long ago. */
function report(rule: string, input: ScheduleInput, found: Due, standing: Standing): SchedulePlan {
  const status = planStatus(input, found, standing);
  // A job whose container still runs is not deleted: nothing else shows that container.
  const ended = input.runs.filter((run) => isEnded(run) && !input.lingering.has(run.metadata.uid));
  const steps = outdated(ended, input.latestMs, input.schedule.spec).map(deleteStep);
  const plan: SchedulePlan = {
    rule,
    status,
    statusWeight: weightOf(input.schedule.status, status),
    events: eventsOf(input.schedule, status),
    ...(found.ticks === undefined ? {} : { requeueAtMs: found.ticks.next(input.nowMs), requeueLane: 'change' }),
  };
  const isEnough = steps.length > 0 && (input.clearances ?? 0) >= mostClearances;
  return isEnough ? soon(plan, input.nowMs + clearAgainMs) : { ...plan, steps };
}

function policyOf({ schedule }: ScheduleInput): 'Allow' | 'Forbid' | 'Replace' {
  return schedule.spec.concurrencyPolicy ?? 'Allow';
}

function deleteStep({ metadata: { name, uid } }: NeuroJobView): ScheduleStep {
  return { do: 'delete', name, uid };
}
