/** The bytes of one's own secret, from the native Secret, which only the owner may read. */
import { effectiveKey, findCondition, nativeSecretName, ownValue, type UserSecret } from '../../api/index.ts';
import { CliError } from '../errors.ts';
import type { Connection } from '../connect/connection.ts';
import { findSecret, notFound, type NamedSecret } from './find-secret.ts';
import { nativeSecrets } from '../connect/kinds.ts';
import { settled } from './write-secret.ts';

/** A value that was just written is waited for. */
const settleLimitMs = 3_000;

export async function readBytes(connection: Connection, named: NamedSecret): Promise<Buffer> {
  const found = await findSecret(connection, named);
  if (found === undefined) throw notFound(named);
  const secret = (await settled(connection, found, settleLimitMs)) ?? found;
  const native = await connection.client.get(nativeSecrets, {
    namespace: named.namespace,
    name: nativeSecretName(secret),
  });
  const isItsOwn = native?.metadata.ownerReferences?.some(({ uid }) => uid === secret.metadata.uid) === true;
  const encoded = isItsOwn ? ownValue(native.data, effectiveKey(secret)) : undefined;
  if (encoded === undefined) throw notUsable(named, secret);
  return Buffer.from(encoded, 'base64');
}

function notUsable({ key }: NamedSecret, secret: UserSecret): CliError {
  const ready = findCondition(secret.status?.conditions, 'Ready');
  const why =
    ready === undefined ? 'the operator has not taken it up yet; does it run?' : `${ready.reason}: ${ready.message}`;
  return new CliError('notFound', `Secret '${key}' is there, but has no value in the cluster yet (${why})`);
}
