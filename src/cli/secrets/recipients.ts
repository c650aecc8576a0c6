/**
 * Clusters that a value is sealed for, by what people have of them: a context of the kubeconfig, a file or an https address with
 * their public keys (the entry `keys.json` of the ConfigMap `neuro-sealing-keys`).
 */
import { readNamedFile } from '../args/named-file.ts';
import type { UserSecretSealed } from '../../api/index.ts';
import {
  chooseSealingKey,
  parsePublicKeys,
  sealHpke,
  type SealingContext,
  type SealingPublicKey,
} from '../../sealing/index.ts';
import type { Connection } from '../connect/connection.ts';
import { CliError } from '../errors.ts';
import type { GlobalOptions } from '../options.ts';
import { publicKeys } from './sealing-key.ts';

/** What the CRD takes: one text and seven more, of 128 KiB each. */
const mostClusters = 8;
const longestText = 131_072;
const addressTimeoutMs = 10_000;
/** A key document has a few KiB. */
const largestDocumentBytes = 2 * 1024 * 1024;

export interface RecipientOptions {
  readonly for?: readonly string[];
}

/** One key for each, in the order in which they were named. */
export async function recipientKeys(
  names: readonly string[],
  options: GlobalOptions,
  connectTo: (context: string) => Promise<Connection>,
): Promise<readonly SealingPublicKey[]> {
  const keys = new Map<string, SealingPublicKey>();
  for (const name of names) {
    const document = await documentOf(name, options, connectTo);
    const key = await chooseSealingKey(await parsePublicKeys(document));
    keys.set(key.keyId, key);
  }
  return [...keys.values()];
}

export async function sealFor(
  keys: readonly SealingPublicKey[],
  context: SealingContext,
  bytes: Uint8Array,
): Promise<UserSecretSealed> {
  if (keys.length > mostClusters)
    throw new CliError(
      'illegalArgument',
      `A value is sealed for at most ${mostClusters} clusters, not ${keys.length}.`,
    );
  const [value = '', ...values] = await Promise.all(keys.map((key) => sealHpke(key, context, bytes)));
  if (values.some(({ length }) => length > longestText))
    throw new CliError(
      'illegalArgument',
      `A value for several clusters has at most about ${Math.floor((longestText * 3) / 4096)} KiB, so that all of them fit into one object.`,
    );
  return values.length === 0 ? { value } : { value, values };
}

async function documentOf(
  name: string,
  options: GlobalOptions,
  connectTo: (context: string) => Promise<Connection>,
): Promise<string> {
  if (/^https:\/\//i.test(name)) return fetched(name);
  if (/^http:\/\//i.test(name))
    throw new CliError('value', `'${name}' is not https: anybody on the way could put another key in its place.`);
  if (name.includes('/') || name.endsWith('.json')) return (await readNamedFile(name)).toString('utf8');
  return publicKeys(await connectTo(name), options);
}

async function fetched(address: string): Promise<string> {
  const response = await fetch(address, { signal: AbortSignal.timeout(addressTimeoutMs), redirect: 'error' });
  if (!response.ok) throw new CliError('notFound', `${address} has no sealing keys: it answers ${response.status}.`);
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of response.body ?? []) {
    const part = chunk as Uint8Array;
    bytes += part.length;
    if (bytes > largestDocumentBytes)
      throw new CliError('value', `${address} is no document of sealing keys: it is too large.`);
    chunks.push(part);
  }
  return Buffer.concat(chunks).toString('utf8');
}
