/**
 * Reads a Secret that may be someone else's, and from then on hears of its changes: the store keeps the metadata of foreign Secrets
 * only where a UserSecret wants one, and one that was listed before anybody wanted it is not in there.
 */
import { LABEL_MANAGED_BY, MANAGED_BY } from '../../api/index.ts';
import type { Informer, ObjectRef } from '../../kernel/index.ts';
import type { Secret } from '../resources.ts';
import type { MetaView } from '../views.ts';

export type ForeignSecrets = Pick<Informer<Secret, MetaView>, 'read' | 'project' | 'store'>;

export async function readForeign(
  foreignSecrets: ForeignSecrets,
  ref: ObjectRef,
  signal: AbortSignal,
): Promise<Secret | undefined> {
  const secret = await foreignSecrets.read(ref, signal);
  if (secret === undefined || secret.metadata.labels?.[LABEL_MANAGED_BY] === MANAGED_BY) return secret;
  const view = foreignSecrets.project(secret);
  if (view !== undefined) foreignSecrets.store.set(view);
  return secret;
}
