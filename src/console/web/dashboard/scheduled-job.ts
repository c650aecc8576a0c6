/** The schedule of a draft, and how it is written as a command and as objects. Pure. */
import type { NeuroJob, NeuroSchedule } from '../../../api/index.ts';
import { quoteAll } from '../../../client/index.ts';
import { neuroJobs, neuroSchedules } from '../cluster/object.ts';
import { manifestText } from '../parts/manifest.ts';
import type { CopyText } from '../parts/use-copy.ts';

export interface ScheduleDraft {
  readonly schedule: string;
  readonly timeZone: string;
}

/** Undefined: the job runs once, now. */
export function scheduleOf(
  { metadata, spec }: NeuroJob,
  { schedule, timeZone }: ScheduleDraft,
): NeuroSchedule | undefined {
  if (schedule.trim() === '') return undefined;
  const { namespace = '', name } = metadata;
  const { description } = spec;
  return {
    metadata: { namespace, name },
    spec: {
      schedule: schedule.trim(),
      ...(timeZone === '' ? {} : { timeZone }),
      jobTemplate: { name },
      ...(description === undefined ? {} : { description }),
    },
  };
}

export function scheduledCommand(command: CopyText, schedule: NeuroSchedule | undefined): CopyText {
  if (schedule === undefined) return command;
  const { schedule: times, timeZone } = schedule.spec;
  const { name } = schedule.metadata;
  const flags = ['--schedule', times, ...(timeZone === undefined ? [] : ['--time-zone', timeZone])];
  const named = /^neuro run .*--name /.test(command.text) ? flags : [...flags, '--name', name];
  return { ...command, text: command.text.replace(/^neuro run/, () => `neuro run ${quoteAll(named)}`) };
}

export async function scheduledManifest(schedule: NeuroSchedule, job: NeuroJob): Promise<string> {
  const template = { ...job, spec: { ...job.spec, suspend: true } };
  return `${await manifestText(neuroJobs, template)}---\n${await manifestText(neuroSchedules, schedule)}`;
}
