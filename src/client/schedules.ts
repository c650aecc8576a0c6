/** Schedules as the command and the console make and show them. Pure. */
import {
  API_VERSION,
  copyOfTemplate,
  findCondition,
  hasDay,
  isTimeZone,
  KINDS,
  LABEL_SCHEDULE,
  parseCronLine,
  type NeuroJob,
  type NeuroJobSpec,
  type NeuroSchedule,
  type NeuroScheduleSpec,
} from '../api/index.ts';
import { nameSuffix } from './names.ts';

/** Its jobs add a dash and the minutes since 1970. */
export const MAX_SCHEDULE_NAME = 52;

/** What is wrong with it, in a sentence without an end; undefined: nothing. */
export function scheduleProblem({
  schedule,
  timeZone,
}: Pick<NeuroScheduleSpec, 'schedule' | 'timeZone'>): string | undefined {
  const parsed = parseCronLine(schedule);
  if ('problem' in parsed) return parsed.problem;
  if (!hasDay(parsed.line))
    return `'${schedule}' is never due: none of its months has that day of the month; choose another day or month`;
  return timeZone === undefined || isTimeZone(timeZone) ? undefined : `there is no time zone '${timeZone}'`;
}

/** The template of a schedule, which goes with it. The schedule is there first. */
export function templateOf({ metadata }: NeuroSchedule, spec: NeuroJobSpec): NeuroJob {
  const { namespace = '', name } = metadata;
  return {
    metadata: { namespace, name, ownerReferences: [ownerReference(metadata)] },
    spec: { ...spec, suspend: true },
  };
}

/** One job now, beside those of its times: what `kubectl create job --from=cronjob/…` is for a CronJob. Undefined: it is no template. */
export function runNowOf(schedule: NeuroSchedule, template: NeuroJob, suffix = nameSuffix()): NeuroJob | undefined {
  const copy = copyOfTemplate(template);
  if (copy === undefined) return undefined;
  const { namespace = '', name } = schedule.metadata;
  return {
    metadata: {
      namespace,
      name: `${name}-${suffix}`,
      generateName: `${name}-`,
      labels: { ...copy.labels, [LABEL_SCHEDULE]: name },
      ownerReferences: [ownerReference(schedule.metadata)],
    },
    spec: copy.spec,
  };
}

export type ScheduleState = 'active' | 'paused' | 'waiting' | 'problem' | 'new';

/** How it is, in one word. */
export function scheduleState({ spec, status, metadata }: NeuroSchedule): ScheduleState {
  if (spec.suspend === true) return 'paused';
  if (status?.observedGeneration !== metadata.generation) return 'new';
  const ready = findCondition(status?.conditions, 'Ready');
  if (ready === undefined) return 'new';
  if (ready.reason === 'WaitingForJob') return 'waiting';
  return ready.status === 'True' ? 'active' : 'problem';
}

/** The sentence of what is wrong with it; undefined: nothing. */
export function scheduleMessage({ status }: NeuroSchedule): string | undefined {
  const ready = findCondition(status?.conditions, 'Ready');
  return ready !== undefined && (ready.status !== 'True' || ready.reason === 'WaitingForJob')
    ? ready.message
    : undefined;
}

function ownerReference({ name, uid = '' }: NeuroSchedule['metadata']) {
  return { apiVersion: API_VERSION, kind: KINDS.NeuroSchedule.kind, name, uid, controller: true };
}
