/** The warnings for every command that shares something: about subjects that are probably not what was meant. */
import type { SecretGrantSubject } from '../../api/index.ts';
import { subjectDoubt } from '../../client/index.ts';
import type { Connection } from '../connect/connection.ts';
import { serviceAccounts } from '../connect/kinds.ts';
import { namespaceState } from '../homes/namespace-state.ts';
import { isKernelError } from '../../kernel/index.ts';
import { note, warn, type Speaker } from './say.ts';

/** Whether it warned. */
export function warnOfSubject(run: Speaker, subject: SecretGrantSubject): boolean {
  const doubt = subjectDoubt(subject);
  if (doubt !== undefined) warn(run, doubt);
  return doubt !== undefined;
}

/** Warns of a namespace or a service account that does not exist. A caller who may not look is only told that the name counts. */
export async function warnOfMissingSubject(
  run: Speaker,
  connection: Connection,
  { kind, name, namespace = name }: SecretGrantSubject,
): Promise<void> {
  if (kind !== 'Namespace' && kind !== 'ServiceAccount') return;
  const { presence } = await namespaceState(connection, namespace);
  if (presence === 'unknown')
    note(run, `You don't have permission to see whether the namespace '${namespace}' exists: check the name.`);
  else if (presence === 'missing')
    warn(run, `The namespace '${namespace}' does not exist (is the name right?); the access begins when it does.`);
  else if (kind === 'ServiceAccount' && (await isMissing(connection, namespace, name)))
    warn(
      run,
      `The namespace '${namespace}' has no service account '${name}' (is the name right?); the access begins when it does.`,
    );
}

async function isMissing({ client }: Connection, namespace: string, name: string): Promise<boolean> {
  try {
    return (await client.get(serviceAccounts, { namespace, name })) === undefined;
  } catch (error) {
    if (isKernelError(error, 'Forbidden')) return false;
    throw error;
  }
}
