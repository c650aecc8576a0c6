/** `neuro secret usage`: who may use a secret and until when, and which jobs use it now. */
import { formatSubject, type NeuroJob, type SecretGrant, type UserSecretCopies } from '../../../api/index.ts';
import { findSecret, notFound, parseKeyOrUri } from '../../secrets/find-secret.ts';
import { homeOf } from '../../homes/home.ts';
import { grantsFor, jobsUsing } from '../../secrets/secret-uses.ts';
import { statusOf } from '../../jobs/jobs.ts';
import type { Invocation } from '../../factory.ts';
import { printObjects } from '../../output/objects.ts';
import { printRows } from '../../output/table.ts';

interface Use {
  readonly kind: 'grant' | 'job' | 'jobs' | 'copies';
  readonly who: string;
  readonly what: string;
}

export async function secretUsage(run: Invocation, keyText: string): Promise<void> {
  const connection = await run.connect();
  const named = parseKeyOrUri(keyText, await homeOf(connection, run.options), connection.clusterName);
  const secret = await findSecret(connection, named);
  if (secret === undefined) throw notFound(named);
  const { namespace } = named;
  const { name } = secret.metadata;
  const [grants, jobs] = await Promise.all([
    grantsFor(connection, namespace, name),
    jobsUsing(connection, namespace, name),
  ]);
  const others = (secret.status?.usedBy ?? 0) - jobs.length;
  const { copies } = secret.status ?? {};
  const uses: readonly Use[] = [
    ...[...grants].sort(byWidth).map(useOf),
    ...jobs.map((job: NeuroJob) => ({ kind: 'job', who: job.metadata.name, what: statusOf(job) }) as const),
    ...(copies === undefined ? [] : [copiesOf(copies)]),
    ...(others > 0 ? [{ kind: 'jobs', who: 'of others', what: String(others) } as const] : []),
  ];
  if (await printObjects(run, uses, { nameOf: ({ kind, who }: Use) => `${kind}/${who}` })) return;
  printRows(
    run,
    [
      { title: 'KIND', cell: ({ kind }) => kind },
      { title: 'WHO', cell: ({ who }) => who },
      { title: 'WHAT', cell: ({ what }) => what },
    ],
    uses,
    { header: run.options.quiet !== true },
  );
}

/** The status names the first namespaces only. */
function copiesOf({ count, namespaces = [] }: UserSecretCopies): Use {
  return { kind: 'copies', who: namespaces.join(', '), what: `${String(count)} in all` };
}

/** Those over this secret alone come first. */
function byWidth(a: SecretGrant, b: SecretGrant): number {
  return Number(a.spec.secret === undefined) - Number(b.spec.secret === undefined);
}

function useOf({ spec, status }: SecretGrant): Use {
  const more = spec.secret === undefined ? ', as all of the namespace' : '';
  const until = spec.expiresAt === undefined ? '' : ` until ${spec.expiresAt}`;
  const phase = status?.phase === 'Active' || status?.phase === undefined ? '' : ` (${status.phase.toLowerCase()})`;
  return { kind: 'grant', who: formatSubject(spec.subject), what: `${spec.access ?? 'read'}${until}${more}${phase}` };
}
