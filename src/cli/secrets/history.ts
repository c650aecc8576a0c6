/** The versions of a secret's value: the one in force, and the former ones, each in a Secret that the status names. */
import {
  FORMER_VALUE_TYPE,
  LABEL_HISTORY,
  effectiveKey,
  ownValue,
  type UserSecret,
  type UserSecretStatus,
} from '../../api/index.ts';
import { CliError } from '../errors.ts';
import type { Connection } from '../connect/connection.ts';
import type { NamedSecret } from './find-secret.ts';
import { listAll, nativeSecrets, type NativeSecret } from '../connect/kinds.ts';
import { readBytes } from './read-secret.ts';

/** One version; the one in force has no end. */
export interface Version extends Partial<NonNullable<UserSecretStatus['history']>[number]> {
  readonly version: string;
  readonly isInForce: boolean;
}

/** Fewer digits name too many versions. */
const shortestPrefix = 4;

/** The newest first. */
export function versionsOf({ status = {} }: UserSecret): readonly Version[] {
  const { version, updatedAt, changedBy, history = [] } = status;
  const former = history.map((entry) => ({ ...entry, isInForce: false }));
  if (version === undefined) return former;
  const since = updatedAt === undefined ? {} : { since: updatedAt };
  return [{ version, ...since, ...changedBy, isInForce: true }, ...former];
}

/** By the version, or its first digits. */
export function findVersion(secret: UserSecret, { key }: NamedSecret, text: string): Version {
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
    `The secret '${key}' has no version '${text}'; \`neuro secret history ${key}\` shows which are kept.`,
  );
}

export async function versionBytes(
  connection: Connection,
  named: NamedSecret,
  secret: UserSecret,
  { version, secretName = '', isInForce }: Version,
): Promise<Buffer> {
  if (isInForce) return readBytes(connection, named);
  const found = await connection.client.get(nativeSecrets, { namespace: named.namespace, name: secretName });
  const encoded = isFormerOf(secret, found) ? ownValue(found?.data, effectiveKey(secret)) : undefined;
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

function isFormerOf({ metadata: { uid } }: UserSecret, found: NativeSecret | undefined): boolean {
  const owners = found?.metadata.ownerReferences ?? [];
  return found?.type === FORMER_VALUE_TYPE && owners.some((owner) => owner.uid === uid);
}
