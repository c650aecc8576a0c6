/** A UserSecret that keeps a copy of one of another namespace (`spec.sharedFrom`), new or in the place of what it had. */
import {
  FIELD_MANAGERS,
  NO_SOURCE,
  objectNameForKey,
  TLS_KEY,
  type TLS_TYPE,
  type UserSecret,
  type UserSecretSecretMetadata,
  type UserSecretSharedFrom,
  withoutAppliedValue,
} from '../../api/index.ts';
import { nameOfShared } from '../../client/index.ts';
import { defined } from '../../defined.ts';
import { userSecrets } from '../connect/kinds.ts';
import type { Connection } from '../connect/connection.ts';
import { checkType } from '../args/certificate-pair.ts';
import { CliError } from '../errors.ts';
import { findSecret, parseKeyOrUri, type NamedSecret } from './find-secret.ts';
import { sharedWithMe } from './shared-with-me.ts';
import { type Written, type WriteSteps } from './write-secret.ts';

interface CopyTerms {
  readonly from: UserSecretSharedFrom;
  readonly type?: typeof TLS_TYPE | undefined;
  readonly description?: string | undefined;
  readonly secretMetadata?: UserSecretSecretMetadata | undefined;
}

/**
 * People name a secret by its key, a copy names the object: the list of what is shared knows both. A secret that is not listed yet has
 * the name that the command gives a key.
 */
export async function sourceOfCopy(
  connection: Connection,
  home: string,
  text: string,
  now: Date,
): Promise<UserSecretSharedFrom> {
  const { namespace, key } = parseKeyOrUri(text, home, connection.clusterName);
  if (namespace === home)
    throw new CliError(
      'value',
      `'${text}' is a secret of '${home}' itself; name one of another namespace: secret:/NAMESPACE/KEY.`,
    );
  const listed = nameOfShared(await sharedWithMe(connection, home, now), { namespace, key });
  return { namespace, name: listed ?? objectNameForKey(key) };
}

export async function writeCopy(
  connection: Connection,
  named: NamedSecret,
  { from, type, description, secretMetadata }: CopyTerms,
  { beforeReplacing = () => undefined }: WriteSteps = {},
): Promise<Written> {
  const { client } = connection;
  const { namespace, key } = named;
  const by = { fieldManager: FIELD_MANAGERS.cli };
  const wanted = { sharedFrom: from, ...defined({ description, secretMetadata }) };
  const existing: UserSecret | undefined = await findSecret(connection, named);
  if (existing === undefined) {
    const name = objectNameForKey(key);
    const ownKey = type === undefined ? key : TLS_KEY;
    const spec = { ...(name === ownKey ? {} : { key: ownKey }), ...defined({ type }), ...wanted };
    return { secret: await client.create(userSecrets, { metadata: { namespace, name }, spec }, by), what: 'added' };
  }
  checkType(existing, type);
  beforeReplacing(existing);
  const { name } = existing.metadata;
  const metadata = { annotations: withoutAppliedValue(existing.metadata) };
  const spec = { ...NO_SOURCE, ...wanted };
  return { secret: await client.patch(userSecrets, { namespace, name }, { metadata, spec }, by), what: 'updated' };
}
