/** `neuro secret ls`: my secrets, and those that others let me use. Never a value. */
import {
  calledName,
  findCondition,
  formatSecretUri,
  isRotationNear,
  rotateByOf,
  type UserSecret,
} from '../../../api/index.ts';
import {
  copySource,
  hasTag,
  isOneSecret,
  omittedSentence,
  readTag,
  tagsOf,
  type SharedEntry,
} from '../../../client/index.ts';
import { defined } from '../../../defined.ts';
import { refuseBeside } from '../../args/refuse-beside.ts';
import { homeOf } from '../../homes/home.ts';
import {
  missingSentence,
  namespaceState,
  nothingSharedSentence,
  type NamespaceState,
} from '../../homes/namespace-state.ts';
import { listAll, userSecrets } from '../../connect/kinds.ts';
import { sharedWithMe } from '../../secrets/shared-with-me.ts';
import { CliError } from '../../errors.ts';
import type { Invocation } from '../../factory.ts';
import { printObjects } from '../../output/objects.ts';
import { printLines } from '../../output/print.ts';
import { note } from '../../output/say.ts';
import { printRows, type Column } from '../../output/table.ts';
import { ago } from '../../output/when.ts';

const allSecrets = '*';

export interface ListOptions {
  readonly mine?: boolean;
  readonly sharedWithMe?: boolean;
  readonly fullUri?: boolean;
  readonly tag?: readonly string[];
  readonly rotateSoon?: boolean;
}

/** One line, and one item of -o json. */
interface Row {
  readonly key: string;
  readonly owner: string;
  readonly uri: string;
  readonly access: string;
  readonly isMine: boolean;
  readonly updatedAt?: string;
  readonly expiresAt?: string;
  readonly ready?: string;
  readonly sharedWith?: number;
  readonly usedBy?: number;
  readonly description?: string;
  /** What it is a copy of. */
  readonly copyOf?: string;
  /** `2027-01-31` */
  readonly rotateBy?: string;
  readonly tags?: readonly string[];
  readonly name: string;
  readonly namespace: string;
}

export async function listSecrets(run: Invocation<ListOptions>): Promise<void> {
  const { options } = run;
  const { tag: tags = [], rotateSoon = false } = options;
  const isChosen = tags.length > 0 || rotateSoon;
  for (const tag of tags)
    if ('fault' in readTag(tag)) throw new CliError('usage', `--tag '${tag}' is not a tag: write NAME or NAME=VALUE.`);
  if (options.sharedWithMe === true)
    refuseBeside(options, '--shared-with-me lists only secrets of others', ['mine', 'tag', 'rotateSoon']);
  const connection = await run.connect();
  const home = await homeOf(connection, options);
  const isMineWanted = options.mine === true || options.sharedWithMe !== true;
  const isSharedWanted = options.sharedWithMe === true || (options.mine !== true && !isChosen);
  // One after the other over one connection: a second one takes longer to open than the answer to come.
  const all = isMineWanted ? await listAll(connection.client.list(userSecrets, { namespace: home })) : [];
  const nowMs = run.io.now().getTime();
  const mine = all.filter(
    (secret) => tags.every((tag) => hasTag(secret.metadata, tag)) && (!rotateSoon || isToRotate(secret, nowMs)),
  );
  const shared = isSharedWanted ? await sharedWithMe(connection, home, run.io.now()) : { entries: [], omitted: [] };
  const cluster = options.fullUri === true ? connection.clusterName : undefined;
  const rows = [
    ...mine.map((secret) => ownRow(secret, home, cluster)).sort((a, b) => (a.key < b.key ? -1 : 1)),
    ...shared.entries.map((entry) => sharedRow(entry, cluster)),
  ];
  if (options.output === 'json' || options.output === 'yaml' || options.output === 'name') {
    await printObjects(run, rows, { nameOf: ({ namespace, name }: Row) => `usersecret.neu.ro/${namespace}/${name}` });
    return;
  }
  if (options.quiet === true) {
    printLines(
      run,
      rows.map(({ isMine, key, uri }) => (isMine && cluster === undefined ? key : uri)),
    );
    return;
  }
  const now = run.io.now();
  const columns: readonly Column<Row>[] = [
    { title: 'KEY', cell: ({ key }) => key, isFlexible: true },
    { title: 'OWNER', cell: ({ owner }) => owner },
    { title: 'URI', cell: ({ uri }) => uri },
    {
      title: 'ACCESS',
      cell: accessCell,
    },
    { title: 'UPDATED', cell: ({ updatedAt }) => ago(updatedAt, now) },
    { title: 'READY', cell: ({ ready }) => ready ?? '', isWide: true },
    { title: 'SHARED', cell: ({ sharedWith }) => String(sharedWith ?? ''), isWide: true },
    { title: 'JOBS', cell: ({ usedBy }) => String(usedBy ?? ''), isWide: true },
    { title: 'ROTATE BY', cell: ({ rotateBy }) => rotateBy ?? '', isWide: !rotateSoon },
    { title: 'TAGS', cell: ({ tags: its = [] }) => its.join(','), isWide: tags.length === 0 },
    { title: 'NAME', cell: ({ name }) => name, isWide: true },
    { title: 'DESCRIPTION', cell: ({ description }) => description ?? '', isWide: true },
  ];
  printRows(run, columns, rows);
  for (const sentence of shared.omitted.map(omittedSentence)) note(run, sentence);
  if (isChosen) {
    if (rows.length === 0) note(run, `None of the secrets of '${home}' (${String(all.length)}) matches.`);
    return;
  }
  const unusable = mine.filter(isUnusable).length;
  if (unusable > 0 && options.output !== 'wide')
    note(
      run,
      `${unusable === 1 ? '1 secret is' : `${String(unusable)} secrets are`} not usable: \`neuro secret ls -o wide\` shows why.`,
    );
  const due = mine.filter((secret) => isToRotate(secret, nowMs)).length;
  if (due > 0)
    note(
      run,
      `${due === 1 ? '1 secret is' : `${String(due)} secrets are`} to be rotated soon: \`neuro secret ls --rotate-soon\`.`,
    );
  if (rows.length === 0 && shared.omitted.length === 0)
    note(run, emptySentence(home, await namespaceState(connection, home), { isMineWanted, isSharedWanted }));
}

/** The operator has said so; one that it has not taken up yet is only new. */
function isUnusable({ status }: UserSecret): boolean {
  return findCondition(status?.conditions, 'Ready')?.status === 'False';
}

function isToRotate(secret: UserSecret, nowMs: number): boolean {
  const by = rotateByOf(secret);
  return by !== undefined && isRotationNear(by, nowMs);
}

function accessCell({ access, expiresAt, copyOf }: Row): string {
  if (copyOf !== undefined) return `copy of ${copyOf}`;
  return expiresAt === undefined ? access : `${access} until ${expiresAt}`;
}

/** Only about what was asked for. */
function emptySentence(
  home: string,
  state: NamespaceState,
  { isMineWanted, isSharedWanted }: { readonly isMineWanted: boolean; readonly isSharedWanted: boolean },
): string {
  if (state.presence === 'missing') return missingSentence(home);
  const none = `No secrets in the namespace '${home}' yet; \`neuro secret add KEY\` adds one.`;
  if (!isSharedWanted) return none;
  const nothingShared = nothingSharedSentence(home, state);
  return isMineWanted ? `${none} ${nothingShared}` : nothingShared;
}

function ownRow(secret: UserSecret, home: string, cluster: string | undefined): Row {
  const { status, spec, metadata } = secret;
  const key = calledName(secret);
  const ready = findCondition(status?.conditions, 'Ready');
  const tags = tagsOf(metadata);
  return {
    key,
    owner: home,
    uri: cluster === undefined ? formatSecretUri({ key }) : formatSecretUri({ cluster, owner: home, key }),
    access: 'owner',
    isMine: true,
    ...defined({ updatedAt: status?.updatedAt }),
    ...(ready === undefined ? {} : { ready: ready.status === 'True' ? 'True' : ready.reason }),
    ...defined({ sharedWith: status?.sharedWith?.count, usedBy: status?.usedBy }),
    ...defined({ description: spec.description }),
    ...(spec.sharedFrom === undefined ? {} : { copyOf: copySource(spec.sharedFrom) }),
    ...defined({ rotateBy: rotateByOf(secret)?.day }),
    ...(tags.length === 0 ? {} : { tags }),
    name: metadata.name,
    namespace: home,
  };
}

function sharedRow(entry: SharedEntry, cluster: string | undefined): Row {
  const { owner, uri, access, expiresAt, namespace } = entry;
  // `*` stands for every secret of a namespace.
  const { key, name } = isOneSecret(entry) ? entry : { key: allSecrets, name: allSecrets };
  const full = { owner: namespace, ...(isOneSecret(entry) ? { key } : {}) };
  return {
    key,
    owner,
    uri: cluster === undefined ? uri : formatSecretUri({ cluster, ...full }),
    access,
    isMine: false,
    ...defined({ expiresAt }),
    name,
    namespace,
  };
}
