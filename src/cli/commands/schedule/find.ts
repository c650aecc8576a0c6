/** A schedule as people name it. */
import type { NeuroSchedule } from '../../../api/index.ts';
import { quote } from '../../../client/index.ts';
import type { Connection } from '../../connect/connection.ts';
import { neuroSchedules } from '../../connect/kinds.ts';
import { CliError } from '../../errors.ts';

export async function getSchedule(connection: Connection, namespace: string, name: string): Promise<NeuroSchedule> {
  const schedule = await connection.client.get(neuroSchedules, { namespace, name });
  if (schedule !== undefined) return schedule;
  throw new CliError(
    'notFound',
    `Schedule '${name}' not found in the namespace '${namespace}'; \`neuro schedule ls -n ${quote(namespace)}\` shows which are there.`,
  );
}
