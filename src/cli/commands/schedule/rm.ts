/** `neuro schedule rm`: takes a schedule away, with its template and its jobs; or leaves the jobs. */
import type { NeuroSchedule } from '../../../api/index.ts';
import { defined } from '../../../defined.ts';
import { isKernelError } from '../../../kernel/index.ts';
import type { Connection } from '../../connect/connection.ts';
import { neuroJobs, neuroSchedules } from '../../connect/kinds.ts';
import { homeOf } from '../../homes/home.ts';
import type { Invocation } from '../../factory.ts';
import { eachOnItsOwn } from '../../output/each-on-its-own.ts';
import { say } from '../../output/say.ts';
import { getSchedule } from './find.ts';

export interface RemoveScheduleOptions {
  readonly keepJobs?: boolean;
}

export async function removeSchedules(
  run: Invocation<RemoveScheduleOptions>,
  names: readonly string[],
): Promise<number> {
  const connection = await run.connect();
  const namespace = await homeOf(connection, run.options);
  const keepsJobs = run.options.keepJobs === true;
  return eachOnItsOwn(run, { what: 'Removing', nameOf: String }, names, async (name) => {
    const schedule = await getSchedule(connection, namespace, name);
    const { uid } = schedule.metadata;
    const propagationPolicy = keepsJobs ? 'Orphan' : 'Background';
    await connection.client.delete(neuroSchedules, { namespace, name }, { ...defined({ uid }), propagationPolicy });
    if (keepsJobs) await removeTemplate(connection, namespace, schedule);
    say(run, `Schedule '${name}' removed${keepsJobs ? '; its jobs stay' : ', and its jobs with it'}.`);
  });
}

/** The template that was made for it. One of somebody's own stays. */
async function removeTemplate(connection: Connection, namespace: string, schedule: NeuroSchedule): Promise<void> {
  const { name } = schedule.spec.jobTemplate;
  const template = await connection.client.get(neuroJobs, { namespace, name });
  const isIts = template?.metadata.ownerReferences?.some(({ uid }) => uid === schedule.metadata.uid) === true;
  if (!isIts || template.spec.suspend !== true) return;
  await connection.client.delete(neuroJobs, { namespace, name }).catch((error: unknown) => {
    if (!isKernelError(error, 'NotFound')) throw error;
  });
}
