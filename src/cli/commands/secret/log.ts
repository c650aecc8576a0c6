/** `neuro secret log`: who changed, shared and used a secret, from what the cluster has and the caller may see. Never a value. */
import { secretLog, type LogEntry } from '../../../client/index.ts';
import { isKernelError } from '../../../kernel/index.ts';
import { events, listAll, neuroJobs } from '../../connect/kinds.ts';
import { grantsFor } from '../../secrets/secret-uses.ts';
import type { Invocation } from '../../factory.ts';
import { printObjects } from '../../output/objects.ts';
import { note } from '../../output/say.ts';
import { printRows, type Column } from '../../output/table.ts';
import { targetOf } from './history.ts';

export async function logSecret(run: Invocation, keyText: string): Promise<void> {
  const { connection, named, secret } = await targetOf(run, keyText);
  const { namespace } = named;
  const { client } = connection;
  const { name, uid = '' } = secret.metadata;
  const unseen: string[] = [];
  /** What the caller may not list is left out, and said. */
  const seen = async <T>(what: string, reading: Promise<readonly T[]>): Promise<readonly T[]> => {
    try {
      return await reading;
    } catch (error) {
      if (!isKernelError(error, 'Forbidden')) throw error;
      unseen.push(what);
      return [];
    }
  };
  const fieldSelector = `regarding.kind=UserSecret,regarding.name=${name}`;
  const sources = {
    secret,
    grants: await grantsFor(connection, namespace, name),
    jobs: await seen('jobs', listAll(client.list(neuroJobs, { namespace }))),
    events: (await seen('events', listAll(client.list(events, { namespace, fieldSelector })))).filter(
      ({ regarding }) => regarding?.uid === uid,
    ),
  };
  const entries = secretLog(sources, run.io.now());
  if (await printObjects(run, entries, { nameOf: ({ kind, time }: LogEntry) => `${kind}/${time}` })) return;
  const columns: readonly Column<LogEntry>[] = [
    { title: 'TIME', cell: ({ time }) => time },
    { title: 'WHAT', cell: ({ what }) => what, isFlexible: true },
    { title: 'WHO', cell: ({ who = '' }) => who },
    { title: 'VERSION', cell: ({ version = '' }) => version },
  ];
  printRows(run, columns, entries, { header: run.options.quiet !== true });
  if (entries.length === 0) note(run, `The cluster knows nothing about '${named.key}' any more.`);
  for (const what of unseen)
    note(run, `You may not list ${what} of the namespace '${namespace}', so they are left out.`);
}
