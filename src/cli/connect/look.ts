/** One object, or why nobody can say whether it is there. */
import type { Look } from '../../client/index.ts';
import { isKernelError, type KubeObject, type ResourceType } from '../../kernel/index.ts';
import { explain } from '../errors.ts';
import type { Connection } from './connection.ts';

export async function lookAt<T extends KubeObject>(
  { client }: Connection,
  type: ResourceType<T>,
  ref: { readonly namespace?: string; readonly name: string },
): Promise<Look<T>> {
  try {
    const found = await client.get(type, ref);
    return found === undefined ? 'absent' : { found };
  } catch (error) {
    if (!isKernelError(error, 'Forbidden')) throw error;
    return { unknown: explain(error).sentence };
  }
}
