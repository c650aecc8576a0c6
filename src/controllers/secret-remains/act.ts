/** Deletes exactly the Secret that was decided on, as it was then. */
import type { Watched } from '../watched.ts';
import type { SecretRemainsInput, SecretRemainsStep } from './plan.ts';

export interface ActDependencies {
  readonly watched: Pick<Watched, 'secrets'>;
}

export async function act(
  { watched }: ActDependencies,
  { uid, resourceVersion }: SecretRemainsStep,
  { secret: { metadata } }: SecretRemainsInput,
  signal: AbortSignal,
): Promise<undefined> {
  const { namespace, name } = metadata;
  await watched.secrets.delete({ namespace, name }, { uid, resourceVersion, signal });
  return undefined;
}

export function describe(): string {
  return 'deleting what is left of a UserSecret that is gone';
}
