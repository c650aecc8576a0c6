/** The versions of a secret's value: the one in force, and the former ones, each in a Secret that the status names. */
import { LABEL_HISTORY, effectiveKey, nativeSecretName, ownValue, type UserSecret } from '../../api/index.ts';
import { isFormerOf, versionsOf, type SecretVersion } from '../../client/index.ts';
import { CliError } from '../errors.ts';
import type { Connection } from '../connect/connection.ts';
import { secretWord, type NamedSecret } from './find-secret.ts';
import { listAll, nativeSecrets, type NativeSecret } from '../connect/kinds.ts';
import { readBytes } from './read-secret.ts';

/** Fewer digits name too many versions. */
const shortestPrefix = 4;

/** Finds a version by its name, or by the first digits of it. */
export function findVersion(secret: UserSecret, named: NamedSecret, text: string): SecretVersion {
  const { key } = named;
  const all = versionsOf(secret);
  const exact = all.find(({ version }) => version === text);
  const found =
    exact === undefined && text.length >= shortestPrefix ? all.filter(({ version }) => version.startsWith(text)) : [];
  const [one = exact, ...more] = found;
  if (more.length > 0)
    throw new CliError('value', `Several versions of '${key}' begin with '${text}'; give more of its digits.`);
  if (one !== undefined) return one;
  throw new CliError(
    'notFound',
    `The secret '${key}' has no version '${text}'; \`neuro secret history ${secretWord(named)}\` shows which are kept.`,
  );
}

export async function versionBytes(
  connection: Connection,
  named: NamedSecret,
  secret: UserSecret,
  { version, secretName = '', isInForce }: SecretVersion,
): Promise<Buffer> {
  if (isInForce) return readBytes(connection, named);
  const found = await connection.client.get(nativeSecrets, { namespace: named.namespace, name: secretName });
  const isKept = found !== undefined && isFormerOf(secret, found);
  const encoded = isKept ? ownValue(found.data, effectiveKey(secret)) : undefined;
  if (encoded !== undefined) return Buffer.from(encoded, 'base64');
  throw new CliError('notFound', `Version '${version}' of '${named.key}' is not kept any more.`);
}

/** All Secrets with a former value of it, also those that the operator does not know any more. */
export async function formerSecrets(
  { client }: Connection,
  { namespace }: NamedSecret,
  secret: UserSecret,
): Promise<readonly NativeSecret[]> {
  const all = await listAll(client.list(nativeSecrets, { namespace, labelSelector: `${LABEL_HISTORY}=true` }));
  return all.filter((found) => isFormerOf(secret, found));
}

/** What a rotation left under `<key>.previous` of the native Secret; undefined where there is none. */
interface PreviousValue {
  readonly native: NativeSecret;
  /** The keys of its data. */
  readonly keys: readonly string[];
  readonly value: string;
}

export async function previousValue(
  { client }: Connection,
  { namespace }: NamedSecret,
  secret: UserSecret,
): Promise<PreviousValue | undefined> {
  const native = await client.get(nativeSecrets, { namespace, name: nativeSecretName(secret) });
  const isItsOwn = native?.metadata.ownerReferences?.some(({ uid }) => uid === secret.metadata.uid) === true;
  if (!isItsOwn || secret.spec.generate === undefined) return undefined;
  const key = effectiveKey(secret);
  const keys = [`${key}.previous`, `${key}.pub.previous`].filter((name) => ownValue(native.data, name) !== undefined);
  const value = ownValue(native.data, `${key}.previous`);
  return value === undefined ? undefined : { native, keys, value };
}

/** Nothing is removed from a Secret that has changed since it was read. */
export async function removePrevious({ client }: Connection, { native, keys }: PreviousValue): Promise<void> {
  const { namespace = '', name, uid, resourceVersion } = native.metadata;
  const data = Object.fromEntries(keys.map((key) => [key, null]));
  await client.patch(nativeSecrets, { namespace, name }, { metadata: { uid, resourceVersion }, data });
}
