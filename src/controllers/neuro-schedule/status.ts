/** The status of a NeuroSchedule, and its events. Pure: the same facts give the same status to the letter. */
import {
  API_VERSION,
  CONDITION_READY,
  CONDITION_RECONCILING,
  CONDITION_STALLED,
  findCondition,
  parseTimeMs,
  replaceConditions,
  rfc3339,
  type ConditionState,
  type NeuroScheduleReason,
  type NeuroScheduleStatus,
} from '../../api/index.ts';
import { defined } from '../../defined.ts';
import { isAhead } from '../clock-ahead.ts';
import type { PlannedEvent } from '../plan.ts';
import type { NeuroScheduleView } from '../views.ts';
import type { StatusWeight } from '../write-rates.ts';
import { runName, type Due, type ScheduleInput } from './due.ts';
import { activeOf, endedOf } from './runs.ts';

/** How the schedule stands, as its condition says it. */
export interface Standing {
  readonly reason: NeuroScheduleReason;
  readonly message: string;
  /** Undefined: nothing is wrong. `retried`: waiting helps. `stalled`: somebody has to change something. */
  readonly problem?: 'retried' | 'stalled';
}

/** The most active jobs that the status lists; activeCount counts all of them. */
const mostListed = 10;

export function planStatus(
  { schedule, runs, nowMs, latestMs }: ScheduleInput,
  { inForce, sinceMs, nextMs, startedMs, missedMs, isOfWrongClock = false }: Due,
  standing: Standing,
): NeuroScheduleStatus {
  const former = schedule.status;
  const active = activeOf(runs);
  const ended = endedOf(runs, latestMs);
  const succeeded = ended.find(({ status }) => status.phase === 'Succeeded')?.status.finishTime;
  return {
    observedGeneration: schedule.metadata.generation,
    ...defined({
      inForce,
      since: timeOf(sinceMs),
      lastScheduleTime: timeOf(startedMs) ?? (isOfWrongClock ? undefined : former.lastScheduleTime),
      lastMissedTime: timeOf(missedMs) ?? former.lastMissedTime,
      lastSuccessfulTime: later(succeeded, former.lastSuccessfulTime, latestMs),
      nextScheduleTime: timeOf(nextMs),
      lastFinished: lastFinished(ended, former, latestMs),
    }),
    activeCount: active.length,
    ...(active.length === 0 ? {} : { active: active.slice(0, mostListed).map(({ metadata: { name } }) => ({ name })) }),
    conditions: replaceConditions(former.conditions ?? [], conditions(schedule, standing), rfc3339(nowMs)),
  };
}

/** A status is written at once where it answers a change of the schedule, or records a job: that job must not be created again after its end. */
export function weightOf(former: NeuroScheduleStatus, next: NeuroScheduleStatus): StatusWeight | undefined {
  const isUrgent =
    former.observedGeneration !== next.observedGeneration ||
    former.inForce !== next.inForce ||
    former.lastScheduleTime !== next.lastScheduleTime;
  return isUrgent ? undefined : 'change';
}

export function eventsOf(
  { metadata, status: former }: NeuroScheduleView,
  status: NeuroScheduleStatus,
): readonly PlannedEvent[] {
  const { namespace, name, uid } = metadata;
  const regarding = { apiVersion: API_VERSION, kind: 'NeuroSchedule', namespace, name, uid };
  const event = (type: 'Normal' | 'Warning', reason: string, note: string): PlannedEvent => ({
    regarding,
    text: { type, reason, action: 'Schedule', note },
  });
  const made = status.lastScheduleTime;
  const missed = status.lastMissedTime;
  const ready = findCondition(status.conditions, CONDITION_READY);
  const before = findCondition(former.conditions, CONDITION_READY);
  return [
    ...(made === undefined || made === former.lastScheduleTime
      ? []
      : [event('Normal', 'JobCreated', `made the job '${runName(name, Date.parse(made))}' for ${made}`)]),
    ...(missed === undefined || missed === former.lastMissedTime
      ? []
      : [event('Warning', 'MissedSchedule', `no job for ${missed}: spec.startingDeadlineSeconds had passed`)]),
    // Somebody deleted it on purpose.
    ...(ready === undefined || ready.status === 'True' || ready.reason === 'Deleting' || ready.reason === before?.reason
      ? []
      : [event('Warning', ready.reason, ready.message)]),
  ];
}

function conditions(
  { metadata }: NeuroScheduleView,
  { reason, message, problem }: Standing,
): readonly ConditionState[] {
  const observedGeneration = metadata.generation;
  const state = (type: string, status: ConditionState['status']): ConditionState => ({
    type,
    status,
    reason,
    message,
    observedGeneration,
  });
  if (problem === undefined) return [state(CONDITION_READY, 'True')];
  const why = problem === 'stalled' ? CONDITION_STALLED : CONDITION_RECONCILING;
  return [state(CONDITION_READY, 'False'), state(why, 'True')];
}

/** RFC 3339 without milliseconds. */
function timeOf(ms: number | undefined): string | undefined {
  return ms === undefined ? undefined : rfc3339(ms);
}

function lastFinished(
  [latest]: ScheduleInput['runs'],
  { lastFinished: former }: NeuroScheduleStatus,
  latestMs: number,
): NeuroScheduleStatus['lastFinished'] {
  const time = latest?.status.finishTime;
  if (latest === undefined || time === undefined || later(time, former?.time, latestMs) !== time) return former;
  const { phase, reason } = latest.status;
  const isEnd = phase === 'Succeeded' || phase === 'Failed' || phase === 'Cancelled';
  return { name: latest.metadata.name, time, ...defined({ phase: isEnd ? phase : undefined, reason }) };
}

/** The later time. RFC 3339 in UTC without fractions sorts as text. A former time that is still in the future comes from a wrong clock, and loses. */
function later(time: string | undefined, former: string | undefined, latestMs: number): string | undefined {
  if (time === undefined || former === undefined) return time ?? former;
  return time > former || isAhead(parseTimeMs(former), latestMs) ? time : former;
}
