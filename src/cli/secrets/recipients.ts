/**
 * The keys that a value is sealed for. People name a cluster by a context of the kubeconfig, or by a file or an https address with its public
 * keys (the entry `keys.json` of the ConfigMap `neuro-sealing-keys`). A cluster that is named by a context adds its recovery keys.
 */
import { readNamedFile } from '../args/named-file.ts';
import type { UserSecretSealed } from '../../api/index.ts';
import { defined } from '../../defined.ts';
import {
  chooseSealingKey,
  parsePublicKeys,
  sealHpke,
  type SealingContext,
  type SealingPublicKey,
} from '../../sealing/index.ts';
import type { Connection } from '../connect/connection.ts';
import { CliError } from '../errors.ts';
import type { Invocation } from '../factory.ts';
import { knownOperatorNamespace } from '../operator/operator-namespace.ts';
import type { GlobalOptions } from '../options.ts';
import { note, type Speaker } from '../output/say.ts';
import { recoveryKeys, type RecoveryOptions } from './recovery-keys.ts';
import { ownKey, publicKeys } from './sealing-key.ts';

/** What the CRD takes: one text and seven more, of 128 KiB each. */
const mostKeys = 8;
const longestText = 131_072;
const addressTimeoutMs = 10_000;
/** A key document has a few KiB. */
const largestDocumentBytes = 2 * 1024 * 1024;

export interface RecipientOptions extends RecoveryOptions {
  readonly for?: readonly string[];
}

export interface Recipients {
  /** One key each. */
  readonly clusters: readonly SealingPublicKey[];
  readonly recovery: readonly SealingPublicKey[];
}

/** The recipients are in the order of `names`. */
export async function namedRecipients(
  { options, connectTo }: Pick<Invocation<RecipientOptions>, 'options' | 'connectTo'>,
  names: readonly string[] = options.for ?? [],
): Promise<Recipients> {
  const clusters: SealingPublicKey[] = [];
  const recovery: SealingPublicKey[] = [];
  for (const name of names) {
    const connection = isContext(name) ? await connectTo(name) : undefined;
    const there = connection === undefined ? options : { ...options, ...(await placeIn(connection, options)) };
    const document = connection === undefined ? await documentOf(name) : await publicKeys(connection, there);
    clusters.push(await keyIn(name, document));
    if (connection !== undefined) recovery.push(...(await recoveryOf(connection, there)));
  }
  return { clusters, recovery };
}

/**
 * The namespace that the other cluster names takes precedence over --operator-namespace, which is meant for the cluster of the current context: in
 * another cluster, anybody may own a namespace of that name.
 */
async function placeIn(connection: Connection, { operatorNamespace }: GlobalOptions): Promise<object> {
  return defined({ operatorNamespace: (await knownOperatorNamespace(connection, {})) ?? operatorNamespace });
}

/** The cluster of the connection comes first: an operator of an older version opens nothing but the first text. */
export async function withThisCluster(
  connection: Connection,
  options: GlobalOptions & RecoveryOptions,
  others: Recipients = { clusters: [], recovery: [] },
): Promise<Recipients> {
  return {
    clusters: [await ownKey(connection, options), ...others.clusters],
    recovery: [...(await recoveryOf(connection, options)), ...others.recovery],
  };
}

export async function sealFor(
  recipients: Recipients,
  context: SealingContext,
  bytes: Uint8Array,
): Promise<UserSecretSealed> {
  const keys = distinct([...recipients.clusters, ...recipients.recovery]);
  if (keys.length > mostKeys)
    throw new CliError(
      'illegalArgument',
      `A value is sealed for at most ${mostKeys} clusters and recovery keys, not ${keys.length}.`,
    );
  const [value = '', ...values] = await Promise.all(keys.map((key) => sealHpke(key, context, bytes)));
  if (values.some(({ length }) => length > longestText))
    throw new CliError(
      'illegalArgument',
      `A value for several clusters or recovery keys has at most about ${Math.floor((longestText * 3) / 4096)} KiB, so that all of them ` +
        'fit into one object; --no-recovery leaves the recovery keys out.',
    );
  return values.length === 0 ? { value } : { value, values };
}

/** Says that recovery keys can open the value, too; nothing where there are none. */
export function noteRecovery(speaker: Speaker, { recovery }: Recipients): void {
  const ids = distinct(recovery).map(({ keyId }) => keyId);
  if (ids.length > 0)
    note(speaker, `Also sealed for the recovery key${ids.length === 1 ? '' : 's'} ${ids.join(', ')}.`);
}

/** None with `--no-recovery`. */
export async function recoveryOf(
  connection: Connection,
  options: GlobalOptions & RecoveryOptions,
): Promise<readonly SealingPublicKey[]> {
  return options.recovery === false ? [] : recoveryKeys(connection, options);
}

function distinct(keys: readonly SealingPublicKey[]): readonly SealingPublicKey[] {
  return [...new Map(keys.map((key) => [key.keyId, key])).values()];
}

function isContext(name: string): boolean {
  return !/^https?:\/\//i.test(name) && !name.includes('/') && !name.endsWith('.json');
}

/** The one to seal with, of a document that a person has named. */
export async function keyIn(name: string, document: string): Promise<SealingPublicKey> {
  if (document.trimStart().startsWith('[')) return chooseSealingKey(await parsePublicKeys(document));
  const found = document.includes('-----BEGIN')
    ? ', but PEM; a certificate goes behind `neuro secret seal KEY --cert FILE`'
    : '';
  throw new CliError(
    'illegalArgument',
    `'${name}' is not a list of public keys, such as the entry keys.json of the ConfigMap neuro-sealing-keys or the file of a recovery key${found}.`,
  );
}

/** Reads a file or an https address. */
export async function documentOf(name: string): Promise<string> {
  if (/^https:\/\//i.test(name)) return fetched(name);
  if (/^http:\/\//i.test(name))
    throw new CliError('value', `'${name}' is not https: anybody on the way could put another key in its place.`);
  return (await readNamedFile(name)).toString('utf8');
}

async function fetched(address: string): Promise<string> {
  const unreadable = (cause: unknown): never => {
    const message = `${address} cannot be read (${reasonOf(cause)}); look at the address, or give a file.`;
    throw new CliError('inputOutput', message, { cause });
  };
  const signal = AbortSignal.timeout(addressTimeoutMs);
  const response = await fetch(address, { signal, redirect: 'error' }).catch(unreadable);
  if (!response.ok) throw new CliError('notFound', `${address} has no sealing keys: it answers ${response.status}.`);
  const text = await textWithin(response, largestDocumentBytes).catch(unreadable);
  if (text === undefined) throw new CliError('value', `${address} is not a document of sealing keys: it is too large.`);
  return text;
}

/** Undefined where the body has more bytes. */
async function textWithin({ body }: Response, mostBytes: number): Promise<string | undefined> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of body ?? []) {
    const part = chunk as Uint8Array;
    bytes += part.length;
    if (bytes > mostBytes) return undefined;
    chunks.push(part);
  }
  return Buffer.concat(chunks).toString('utf8');
}

/** The runtime says "fetch failed", and has the reason behind it; that of TLS is a line of OpenSSL, so its code is what can be looked up. */
function reasonOf(error: unknown): string {
  const { cause } = error as { readonly cause?: unknown };
  const { code, message } = (cause ?? error) as { readonly code?: unknown; readonly message?: unknown };
  return typeof code === 'string' ? code : String(message);
}
