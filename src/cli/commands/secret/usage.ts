/** `neuro secret usage`: who may use a secret and until when, which jobs use it now, and which keys it is sealed for. */
import {
  formatSubject,
  type NeuroJob,
  type SecretGrant,
  type UserSecret,
  type UserSecretCopies,
} from '../../../api/index.ts';
import { quoteAll } from '../../../client/index.ts';
import { SealingError } from '../../../sealing/index.ts';
import type { Connection } from '../../connect/connection.ts';
import { CliError } from '../../errors.ts';
import type { GlobalOptions } from '../../options.ts';
import { recoveryKeys } from '../../secrets/recovery-keys.ts';
import { sealedFor, sealedKeyIds } from '../../secrets/sealed-for.ts';
import { findSecret, notFound, secretWord, type NamedSecret } from '../../secrets/find-secret.ts';
import { secretNamed } from '../../secrets/named-secrets.ts';
import { grantsFor, jobsUsing } from '../../secrets/secret-uses.ts';
import { statusOf } from '../../jobs/jobs.ts';
import type { Invocation } from '../../factory.ts';
import { printObjects } from '../../output/objects.ts';
import { note } from '../../output/say.ts';
import { printRows } from '../../output/table.ts';

interface Use {
  readonly kind: 'grant' | 'job' | 'jobs' | 'copies' | 'key';
  readonly who: string;
  readonly what: string;
}

export async function secretUsage(run: Invocation, keyText: string): Promise<void> {
  const { connection, named } = await secretNamed(run, keyText);
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
    ...(await keysOf(connection, run.options, named, secret)),
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
  if (uses.every(({ kind }) => kind === 'key')) note(run, unusedSentence(named));
}

function unusedSentence({ namespace, key, typed = key }: NamedSecret): string {
  const share = quoteAll(['neuro', 'share', /^secret:/i.test(typed) ? typed : `secret:${typed}`]);
  return `Secret '${key}' is not shared, and no unfinished job in the namespace '${namespace}' uses it; \`${share} SUBJECT\` shares it.`;
}

/** What can open the sealed value, and recovery keys of the cluster that cannot. */
async function keysOf(
  connection: Connection,
  options: GlobalOptions,
  named: NamedSecret,
  secret: UserSecret,
): Promise<readonly Use[]> {
  const ids = sealedKeyIds(secret);
  if (ids === undefined) return [];
  try {
    const keys = await sealedFor(connection, options, secret);
    const missing = (await recoveryKeys(connection, options)).filter(({ keyId }) => !ids.includes(keyId));
    const mend = `not sealed for it: neuro secret reseal ${secretWord(named)}`;
    return [
      ...keys.map(({ keyId, whose }) => ({ kind: 'key', who: keyId, what: `sealed for ${whose}` }) as const),
      ...missing.map(({ keyId }) => ({ kind: 'key', who: keyId, what: `recovery key, ${mend}` }) as const),
    ];
  } catch (error) {
    // Whose key it is, the cluster says; who uses the secret is known without it.
    if (error instanceof CliError || error instanceof SealingError)
      return ids.map((keyId) => ({ kind: 'key', who: keyId, what: 'sealed for' }));
    throw error;
  }
}

/** The status names the first namespaces only. */
function copiesOf({ count, namespaces = [] }: UserSecretCopies): Use {
  return { kind: 'copies', who: namespaces.join(', '), what: `${String(count)} in all` };
}

/** Sorts grants over this secret alone before those over the whole namespace. */
function byWidth(a: SecretGrant, b: SecretGrant): number {
  return Number(a.spec.secret === undefined) - Number(b.spec.secret === undefined);
}

function useOf({ spec, status }: SecretGrant): Use {
  const more = spec.secret === undefined ? ', as all of the namespace' : '';
  const until = spec.expiresAt === undefined ? '' : ` until ${spec.expiresAt}`;
  const phase = status?.phase === 'Active' || status?.phase === undefined ? '' : ` (${status.phase.toLowerCase()})`;
  return { kind: 'grant', who: formatSubject(spec.subject), what: `${spec.access ?? 'read'}${until}${more}${phase}` };
}
