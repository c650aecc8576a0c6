/** `neuro admin add-user`: a namespace that is somebody's home, and that person its administrator. Can be done twice. */
import { constants, existsSync } from 'node:fs';
import { access, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import {
  ANNOTATION_GROUPS,
  ANNOTATION_USER,
  formatGroups,
  isDuration,
  isNamespaceName,
  parseDurationSeconds,
} from '../../../api/index.ts';
import { refuseBeside } from '../../args/refuse-beside.ts';
import { defined } from '../../../defined.ts';
import { isKernelError } from '../../../kernel/index.ts';
import { clientCertificate } from '../../homes/client-certificate.ts';
import type { Connection } from '../../connect/connection.ts';
import { homeIn, listHomes, ownerBinding, ownerRole } from '../../homes/homes.ts';
import { madeByLabel, madeByNeuro, namespaces, roleBindings } from '../../connect/kinds.ts';
import { CliError } from '../../errors.ts';
import type { Invocation } from '../../factory.ts';
import { knownOperatorNamespace } from '../../operator/operator-namespace.ts';
import { formatDocument } from '../../output/objects.ts';
import { withProgress } from '../../output/progress.ts';
import { note, say, warn } from '../../output/say.ts';

export interface AddUserOptions {
  readonly home?: string;
  readonly group?: readonly string[];
  readonly saveKubeconfig?: string;
  readonly valid?: string;
}

const defaultValid = '365d';
/** Such names are Kubernetes' own. */
const ofKubernetes = 'kube-';
/** What the API server takes. */
const shortestValidSeconds = 600;

export async function addUser(run: Invocation<AddUserOptions>, user: string): Promise<void> {
  const { options } = run;
  const home = options.home ?? user;
  check(user, home, options);
  refuseBeside(options, 'A home is named with --home', ['namespace']);
  if (options.saveKubeconfig === undefined) refuseBeside(options, 'No certificate is made', ['valid']);
  // Before anything is made: a certificate that nobody has is valid all the same.
  if (options.saveKubeconfig !== undefined) await refuseUnwritable(options.saveKubeconfig);
  const connection = await run.connect();
  if (home.startsWith(ofKubernetes) || home === (await knownOperatorNamespace(connection, options)))
    throw new CliError(
      'illegalArgument',
      `The namespace '${home}' belongs to the cluster, and its owner could take over more than a home; give another with --home.`,
    );
  const other = (await listHomes(connection)).find((known) => known.user === user && known.namespace !== home);
  if (other !== undefined)
    warn(run, `The user '${user}' has a home already, '${other.namespace}'; with two, a command needs --namespace.`);
  const what = await writeNamespace(connection, user, home, options.group);
  await bindOwner(connection, user, home);
  say(run, `The namespace '${home}' is ${what === 'made' ? 'made, as' : 'now'} the home of '${user}'.`);
  const path = options.saveKubeconfig;
  if (path !== undefined) await saveKubeconfig(run, connection, { user, home, path });
}

function check(user: string, home: string, { group = [], valid = defaultValid }: AddUserOptions): void {
  if (user === '' || user.startsWith('system:'))
    throw new CliError(
      'illegalArgument',
      `'${user}' is not the name of a person; names that begin with system: are the cluster's.`,
    );
  if (!isNamespaceName(home))
    throw new CliError('illegalArgument', `'${home}' is not the name of a namespace; give one with --home.`);
  for (const name of group)
    if (name.trim() === '' || name.startsWith('system:'))
      throw new CliError(
        'illegalArgument',
        `'${name}' is not a group of people; groups that begin with system: are the cluster's.`,
      );
  if (!isDuration(valid) || parseDurationSeconds(valid) < shortestValidSeconds)
    throw new CliError('usage', `--valid '${valid}' is not a duration of 10m or more; write it like 30d.`);
}

async function writeNamespace(
  { client }: Connection,
  user: string,
  name: string,
  groups: readonly string[] | undefined,
): Promise<'made' | 'kept'> {
  const annotations = {
    [ANNOTATION_USER]: user,
    ...(groups === undefined ? {} : { [ANNOTATION_GROUPS]: formatGroups(groups) }),
  };
  const existing = await client.get(namespaces, { name });
  if (existing === undefined) {
    await client.create(namespaces, { metadata: { name, annotations, labels: { [madeByLabel]: madeByNeuro } } });
    return 'made';
  }
  const owner = homeIn(existing)?.user;
  if (owner !== undefined && owner !== user)
    throw new CliError(
      'illegalArgument',
      `The namespace '${name}' is the home of '${owner}'; give another with --home.`,
    );
  await client.patch(namespaces, { name }, { metadata: { annotations } });
  return 'kept';
}

async function bindOwner({ client }: Connection, user: string, namespace: string): Promise<void> {
  const subject = { apiGroup: 'rbac.authorization.k8s.io', kind: 'User', name: user } as const;
  try {
    await client.create(roleBindings, {
      metadata: { name: ownerBinding, namespace, labels: { [madeByLabel]: madeByNeuro } },
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: ownerRole },
      subjects: [subject],
    });
    return;
  } catch (error) {
    if (!isKernelError(error, 'AlreadyExists')) throw error;
  }
  const there = await client.get(roleBindings, { namespace, name: ownerBinding });
  if (there === undefined) return;
  const { kind: roleKind, name: role } = there.roleRef;
  if (roleKind !== 'ClusterRole' || role !== ownerRole)
    throw new CliError(
      'illegalArgument',
      `The RoleBinding '${ownerBinding}' of '${namespace}' gives the ${roleKind} ${role}, not the ClusterRole ${ownerRole}: ` +
        `remove it with \`kubectl delete rolebinding ${ownerBinding} -n ${namespace}\`, and try again.`,
    );
  if (there.subjects?.some(({ kind, name }) => kind === 'User' && name === user) === true) return;
  await client.patch(
    roleBindings,
    { namespace, name: ownerBinding },
    { subjects: [...(there.subjects ?? []), subject] },
  );
}

async function refuseUnwritable(path: string): Promise<void> {
  if (existsSync(path)) throw isThere(path);
  await access(dirname(path), constants.W_OK).catch((cause: unknown) => {
    const { code = 'unknown' } = cause as { readonly code?: string };
    throw new CliError('inputOutput', `'${path}' cannot be written (${code}); name a file in another folder.`, {
      cause,
    });
  });
}

/** The cluster, reached as the caller reaches it. It holds the authority itself, because other people do not have the files of this machine. */
async function clusterEntry({ access, clusterName }: Connection) {
  const { server, proxyUrl, proxyVariable } = access;
  const { tls } = await access.credentials();
  const cluster = defined({
    server,
    'certificate-authority-data': tls.ca === undefined ? undefined : Buffer.from(tls.ca).toString('base64'),
    'tls-server-name': tls.servername,
    'insecure-skip-tls-verify': tls.rejectUnauthorized === false ? true : undefined,
    'proxy-url': proxyVariable === undefined ? proxyUrl : undefined,
  });
  return { name: clusterName, cluster };
}

function isThere(path: string, cause?: unknown): CliError {
  return new CliError('inputOutput', `'${path}' is there already; name a new file, or remove it.`, { cause });
}

async function saveKubeconfig(
  run: Invocation<AddUserOptions>,
  connection: Connection,
  { user, home, path }: Readonly<Record<'user' | 'home' | 'path', string>>,
): Promise<void> {
  const { options } = run;
  const valid = options.valid ?? defaultValid;
  const groups = options.group ?? [];
  const validSeconds = parseDurationSeconds(valid);
  const certificate = await withProgress(run, { what: 'Waiting for the certificate' }, () =>
    clientCertificate(connection, { user, groups, validSeconds }),
  );
  const cluster = await clusterEntry(connection);
  const document = {
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [cluster],
    users: [
      {
        name: user,
        user: {
          'client-certificate-data': Buffer.from(certificate.certificatePem).toString('base64'),
          'client-key-data': Buffer.from(certificate.privateKeyPem).toString('base64'),
        },
      },
    ],
    contexts: [{ name: home, context: { cluster: cluster.name, user, namespace: home } }],
    'current-context': home,
  };
  await writeFile(path, await formatDocument(document, 'yaml'), { mode: 0o600, flag: 'wx' }).catch((error: unknown) => {
    throw (error as { code?: string }).code === 'EEXIST' ? isThere(path, error) : error;
  });
  say(
    run,
    `Saved to ${path}: anyone who has it acts as '${user}' for ${valid}, or less if the cluster signs for less.`,
  );
  note(run, 'It cannot be taken back before; give it to that person alone.');
}
