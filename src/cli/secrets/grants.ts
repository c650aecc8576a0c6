/**
 * Grants over a secret, found by what they say and not by their names, so that it does not matter which tool made them.
 */
import type { SecretGrant, SecretGrantSubject } from '../../api/index.ts';
import { grantName, grantsOver, type GrantTarget } from '../../client/index.ts';
import { isKernelError } from '../../kernel/index.ts';
import type { Connection } from '../connect/connection.ts';
import { listAll, secretGrants } from '../connect/kinds.ts';

/** Over exactly this target, to this subject. Someone with a grant to manage may not list, but may read the one of our name. */
export async function grantsTo(
  { client }: Connection,
  target: GrantTarget,
  subject: SecretGrantSubject,
): Promise<readonly SecretGrant[]> {
  const { namespace } = target;
  try {
    return grantsOver(await listAll(client.list(secretGrants, { namespace })), target, subject);
  } catch (error) {
    if (!isKernelError(error, 'Forbidden')) throw error;
  }
  const grant = await client.get(secretGrants, { namespace, name: grantName(target, subject) });
  return grantsOver(grant === undefined ? [] : [grant], target, subject);
}
