/** Deletes exactly the Secret that was decided on. */
import type { Watched } from '../watched.ts';
import type { RemainsInput, RemainsStep } from './plan.ts';

export interface ActDependencies {
  readonly watched: Pick<Watched, 'secrets'>;
}

export async function act(
  { watched }: ActDependencies,
  { uid }: RemainsStep,
  { secret: { metadata } }: RemainsInput,
  signal: AbortSignal,
): Promise<undefined> {
  await watched.secrets.delete({ namespace: metadata.namespace, name: metadata.name }, { uid, signal });
  return undefined;
}

export function describe(): string {
  return 'deleting the snapshot of a job that is gone';
}
