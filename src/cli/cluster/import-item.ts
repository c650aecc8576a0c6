/** One imported value as a UserSecret: a plain one is sealed here, a sealed one goes in as it is. */
import { FIELD_MANAGERS, keyProblem, objectNameForKey, type UserSecret } from '../../api/index.ts';
import type { ImportItem } from '../args/import-objects.ts';
import type { GlobalOptions } from '../options.ts';
import type { Connection } from './connection.ts';
import { userSecrets } from './kinds.ts';
import { sealValue } from './sealing-key.ts';
import { replaceSealed } from './write-secret.ts';

/** Why it cannot be taken into this namespace, before anything is written; undefined when it can. */
export function refusalOf(
  { key, source }: ImportItem,
  home: string,
  existing: ReadonlyMap<string, UserSecret>,
): string | undefined {
  const problem = keyProblem(key)?.replace(/\.$/, '');
  if (problem !== undefined || 'bytes' in source) return problem;
  if (source.namespace !== undefined && source.namespace !== home)
    return `it is sealed for the namespace '${source.namespace}', and this is '${home}'`;
  const { name } = source;
  if (name === undefined) return undefined;
  const there = existing.get(key)?.metadata.name;
  if (there !== undefined && there !== name)
    return `it is sealed for the name '${name}', and the secret '${key}' has the name '${there}'; remove that one first`;
  const namesake = [...existing].find(([other, { metadata }]) => other !== key && metadata.name === name);
  return namesake === undefined
    ? undefined
    : `it is sealed for the name '${name}', which the secret '${namesake[0]}' has`;
}

export async function importItem(
  connection: Connection,
  options: GlobalOptions,
  namespace: string,
  { key, source, type }: ImportItem,
  existing: UserSecret | undefined,
): Promise<UserSecret> {
  const bound = 'bytes' in source ? undefined : source.name;
  const name = existing?.metadata.name ?? bound ?? objectNameForKey(key);
  const sealed =
    'bytes' in source
      ? { value: await sealValue(connection, options, { namespace, name, key }, source.bytes) }
      : { format: 'kubeseal' as const, scope: source.scope, value: source.sealed };
  if (existing !== undefined) return (await replaceSealed(connection, existing, sealed)).secret;
  return connection.client.create(
    userSecrets,
    {
      metadata: { name, namespace },
      spec: { ...(name === key ? {} : { key }), ...(type === undefined ? {} : { type }), sealed },
    },
    { fieldManager: FIELD_MANAGERS.cli },
  );
}
