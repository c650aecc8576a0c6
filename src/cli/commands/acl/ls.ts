/**
 * `neuro acl ls` (also `list`): what others let me use, `URI action` a line, without a header; with `--shared` what I let
 * others use, `URI action subject`, and on whose right where that is not the owner's.
 */
import { calledName, formatSecretUri, formatSubject, type SecretGrant } from '../../../api/index.ts';
import { isOneSecret, omittedSentence } from '../../../client/index.ts';
import { compare } from '../../../compare.ts';
import { defined } from '../../../defined.ts';
import type { Connection } from '../../connect/connection.ts';
import { homeOf } from '../../homes/home.ts';
import { missingSentence, namespaceState, nothingSharedSentence } from '../../homes/namespace-state.ts';
import { listAll, secretGrants, userSecrets } from '../../connect/kinds.ts';
import { sharedWithMe } from '../../secrets/shared-with-me.ts';
import { CliError } from '../../errors.ts';
import type { Invocation } from '../../factory.ts';
import { printObjects } from '../../output/objects.ts';
import { printLines } from '../../output/print.ts';
import { note } from '../../output/say.ts';
import { printRows, type Column } from '../../output/table.ts';
import type { Colour } from '../../output/colour.ts';

export interface AclListOptions {
  readonly shared?: boolean;
  readonly user?: string;
}

interface Row {
  readonly uri: string;
  readonly action: string;
  readonly subject?: string;
  readonly phase?: string;
  readonly expiresAt?: string;
  /** The person whose right the grant depends on; absent: the owner. */
  readonly grantedBy?: string;
}

/** The colours of the original. */
const colours: ReadonlyMap<string, Colour> = new Map([
  ['read', 'blue'],
  ['write', 'green'],
  ['manage', 'yellow'],
]);

export async function listAcl(run: Invocation<AclListOptions>, prefix = ''): Promise<void> {
  if (!/^secret:/i.test(prefix) && !'secret:'.startsWith(prefix))
    throw new CliError(
      'value',
      `'${prefix}' begins no URI of a secret; write secret:${prefix.replace(/^[a-z]+:/i, '')}.`,
    );
  const connection = await run.connect();
  const home = await homeOf(connection, run.options);
  const isByMe = run.options.shared === true || run.options.user !== undefined;
  const all = isByMe ? await sharedByMe(connection, home) : await sharedToMe(run, connection, home);
  const full = expandPrefix(prefix, connection.clusterName, isByMe ? home : undefined);
  const rows = all
    .filter(({ uri, subject }) => uri.startsWith(full) && (run.options.user ?? subject) === subject)
    .sort((a, b) => compare(a.uri, b.uri) || compare(a.action, b.action) || compare(a.subject ?? '', b.subject ?? ''));
  if (await printObjects(run, rows, { nameOf: ({ uri }: Row) => uri })) return;
  if (run.options.quiet === true) {
    printLines(
      run,
      rows.map(({ uri }) => uri),
    );
    return;
  }
  const columns: readonly Column<Row>[] = [
    { title: 'URI', cell: ({ uri }) => uri },
    { title: 'ACTION', cell: ({ action }) => action, colour: ({ action }) => colours.get(action) ?? 'bold' },
    ...(isByMe ? [{ title: 'SUBJECT', cell: ({ subject = '' }: Row) => subject }] : []),
    ...(rows.some(({ grantedBy }) => grantedBy !== undefined)
      ? [{ title: 'GRANTED BY', cell: ({ grantedBy = '' }: Row) => (grantedBy === '' ? '' : `by ${grantedBy}`) }]
      : []),
    { title: 'PHASE', cell: ({ phase = '' }) => phase, isWide: true },
    { title: 'EXPIRES', cell: ({ expiresAt = '' }) => expiresAt, isWide: true },
  ];
  printRows(run, columns, rows, { header: run.options.output === 'wide' });
  if (rows.length === 0) note(run, await emptySentence(run, connection, home, prefix));
}

async function emptySentence(
  { options }: Invocation<AclListOptions>,
  connection: Connection,
  home: string,
  prefix: string,
): Promise<string> {
  const state = await namespaceState(connection, home);
  if (state.presence === 'missing') return missingSentence(home);
  const of = prefix === '' ? '' : ` of ${prefix}`;
  if (options.shared === true || options.user !== undefined) {
    const who = options.user === undefined ? '' : ` with ${options.user}`;
    return `The namespace '${home}' shares nothing${of}${who}; \`neuro share secret:KEY SUBJECT\` shares a secret.`;
  }
  const more = '`neuro acl ls --shared` shows what it shares with others.';
  return `${prefix === '' ? nothingSharedSentence(home, state) : `Nothing${of} is shared with the namespace '${home}'.`} ${more}`;
}

async function sharedToMe(run: Invocation, connection: Connection, home: string): Promise<readonly Row[]> {
  const { entries, omitted } = await sharedWithMe(connection, home, run.io.now());
  for (const sentence of omitted.map(omittedSentence)) note(run, sentence);
  return entries.map((entry) => ({
    uri: formatSecretUri({
      cluster: connection.clusterName,
      owner: entry.namespace,
      ...(isOneSecret(entry) ? { key: entry.key } : {}),
    }),
    action: entry.access,
    ...defined({ expiresAt: entry.expiresAt }),
  }));
}

/** Grants whose time has passed are not shown: they give nothing. */
async function sharedByMe(connection: Connection, home: string): Promise<readonly Row[]> {
  const [grants, secrets] = await Promise.all([
    listAll(connection.client.list(secretGrants, { namespace: home })),
    listAll(connection.client.list(userSecrets, { namespace: home })),
  ]);
  const keys = new Map(secrets.map((secret) => [secret.metadata.name, calledName(secret)]));
  return grants
    .filter(({ status }) => status?.phase !== 'Expired')
    .map((grant) => rowOf(grant, keys, connection.clusterName, home));
}

function rowOf({ spec, status }: SecretGrant, keys: ReadonlyMap<string, string>, cluster: string, owner: string): Row {
  const key = spec.secret === undefined ? {} : { key: keys.get(spec.secret) ?? spec.secret };
  return {
    uri: formatSecretUri({ cluster, owner, ...key }),
    action: spec.access ?? 'read',
    subject: formatSubject(spec.subject),
    ...defined({ phase: status?.phase }),
    ...defined({ expiresAt: spec.expiresAt }),
    ...(spec.grantedBy === undefined ? {} : { grantedBy: formatSubject(spec.grantedBy) }),
  };
}

/** `secret:/alice` means those of alice in this cluster, and `secret:key` one of `owner`'s; the URIs shown name both. */
function expandPrefix(prefix: string, cluster: string, owner: string | undefined): string {
  if (prefix.startsWith('secret://') || prefix === 'secret:' || prefix === '') return prefix;
  if (prefix.startsWith('secret:/')) return `secret://${cluster}/${prefix.slice('secret:/'.length)}`;
  return owner === undefined ? prefix : `secret://${cluster}/${owner}/${prefix.replace(/^secret:/, '')}`;
}
