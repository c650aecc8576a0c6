/** One imported value as a UserSecret: a plain one is sealed here, a sealed one goes in as it is. */
import {
  FIELD_MANAGERS,
  NO_SOURCE,
  calledName,
  effectiveKey,
  keyProblem,
  type UserSecret,
  withoutAppliedValue,
} from '../../api/index.ts';
import { defined } from '../../defined.ts';
import { nameOf, type ImportItem } from '../args/import-item.ts';
import type { GlobalOptions } from '../options.ts';
import type { Connection } from '../connect/connection.ts';
import { creationMark } from './author.ts';
import { isReady } from './find-secret.ts';
import { userSecrets } from '../connect/kinds.ts';
import { sealFor, withThisCluster } from './recipients.ts';
import type { RecoveryOptions } from './recovery-keys.ts';
import { replaceSealed } from './write-secret.ts';

/** The secrets of the namespace, as an item may meet them. */
interface Existing {
  readonly byKey: ReadonlyMap<string, UserSecret>;
  readonly byName: ReadonlyMap<string, UserSecret>;
}

export function existingAmong(secrets: readonly UserSecret[]): Existing {
  const byKey = new Map<string, UserSecret>();
  for (const secret of secrets) {
    const key = effectiveKey(secret);
    if (calledName(secret) !== key) continue;
    // Several can have one key. The one that is ready has it.
    if (!byKey.has(key) || isReady(secret)) byKey.set(key, secret);
  }
  return { byKey, byName: new Map(secrets.map((secret) => [secret.metadata.name, secret])) };
}

/** The secret that the item would change. */
export function formerOf(item: ImportItem, { byKey, byName }: Existing): UserSecret | undefined {
  return item.type === undefined ? byKey.get(item.key) : byName.get(nameOf(item));
}

/** Why it cannot be taken into this namespace, before anything is written; undefined when it can. */
export function refusalOf(item: ImportItem, home: string, existing: Existing): string | undefined {
  const { key, source, type } = item;
  const problem = keyProblem(key)?.replace(/\.$/, '');
  if (problem !== undefined) return problem;
  const bound = 'sealed' in source ? source : undefined;
  if (bound?.namespace !== undefined && bound.namespace !== home)
    return `it is sealed for the namespace '${bound.namespace}', and this is '${home}'`;
  const former = formerOf(item, existing);
  if (former !== undefined && (effectiveKey(former) !== key || (former.spec.type ?? 'Opaque') !== (type ?? 'Opaque')))
    return `there is a secret '${former.metadata.name}' of another key or type; remove that one first`;
  if (bound?.name !== undefined && former !== undefined && former.metadata.name !== bound.name)
    return `it is sealed for the name '${bound.name}', and the secret '${key}' has the name '${former.metadata.name}'; remove that one first`;
  const namesake = former === undefined ? existing.byName.get(nameOf(item)) : undefined;
  if (namesake === undefined) return undefined;
  return `it would have the name '${nameOf(item)}', which the secret '${effectiveKey(namesake)}' has`;
}

/** Writes one item. With `dryRun` the API server checks it and stores nothing. */
export async function importItem(
  connection: Connection,
  options: GlobalOptions & RecoveryOptions,
  namespace: string,
  item: ImportItem,
  { former, dryRun }: { readonly former: UserSecret | undefined; readonly dryRun: boolean },
): Promise<UserSecret> {
  const { key, source, type } = item;
  const name = former?.metadata.name ?? nameOf(item);
  if ('secretKeyRef' in source) return follow(connection, { namespace, name }, item, { former, dryRun });
  const sealed =
    'bytes' in source
      ? await sealFor(await withThisCluster(connection, options), { namespace, name, key }, source.bytes)
      : { format: 'kubeseal' as const, scope: source.scope, value: source.sealed };
  if (former !== undefined) return (await replaceSealed(connection, former, sealed, { dryRun })).secret;
  return connection.client.create(
    userSecrets,
    {
      metadata: { name, namespace, annotations: await creationMark(connection) },
      spec: { ...defined({ key: name === key ? undefined : key, type }), sealed },
    },
    { fieldManager: FIELD_MANAGERS.cli, dryRun },
  );
}

/** The value stays in its Secret; nobody reads it here. */
async function follow(
  { client }: Connection,
  ref: { readonly namespace: string; readonly name: string },
  { key, source, type }: ImportItem,
  { former, dryRun }: { readonly former: UserSecret | undefined; readonly dryRun: boolean },
): Promise<UserSecret> {
  if (!('secretKeyRef' in source)) throw new TypeError('the item is not a reference');
  const by = { fieldManager: FIELD_MANAGERS.cli, dryRun };
  const { secretKeyRef } = source;
  if (former !== undefined) {
    const metadata = { annotations: withoutAppliedValue(former.metadata) };
    return client.patch(userSecrets, ref, { metadata, spec: { ...NO_SOURCE, secretKeyRef } }, by);
  }
  // The Secret has the name already, and stays its owner's.
  const suffix = type === undefined ? 'value' : 'pair';
  const secretName = ref.name === secretKeyRef.name ? `${ref.name}-${suffix}` : undefined;
  const spec = { ...defined({ key: ref.name === key ? undefined : key, type, secretName }), secretKeyRef };
  return client.create(userSecrets, { metadata: ref, spec }, by);
}
