/** The versions of a secret's value, as its status lists them. Pure. */
import {
  FORMER_VALUE_TYPE,
  type NeuroJob,
  type OwnerReference,
  type UserSecret,
  type UserSecretStatus,
} from '../api/index.ts';
import { defined } from '../defined.ts';

/** One version; the one in force has no end, and no Secret of its own. */
export interface SecretVersion extends Partial<NonNullable<UserSecretStatus['history']>[number]> {
  readonly version: string;
  readonly isInForce: boolean;
}

/** The newest first. */
export function versionsOf({ status = {} }: UserSecret): readonly SecretVersion[] {
  const { version, updatedAt, changedBy, history = [] } = status;
  const former = history.map((entry) => ({ ...entry, isInForce: false }));
  return version === undefined
    ? former
    : [{ version, ...defined({ since: updatedAt }), ...changedBy, isInForce: true }, ...former];
}

/** Whether the operator made that Secret for a former value of it. */
export function isFormerOf(
  { metadata: { uid } }: UserSecret,
  secret: { readonly type?: string; readonly metadata: { readonly ownerReferences?: readonly OwnerReference[] } },
): boolean {
  const owners = secret.metadata.ownerReferences ?? [];
  return secret.type === FORMER_VALUE_TYPE && uid !== undefined && owners.some((owner) => owner.uid === uid);
}

/** Jobs that were started with that version, finished ones too, as long as they are there. */
export function jobsWithVersion(
  { metadata: { namespace, name } }: UserSecret,
  version: string,
  jobs: Iterable<NeuroJob>,
): readonly NeuroJob[] {
  return [...jobs].filter(({ status }) =>
    (status?.secrets ?? []).some(
      (used) => used.name === name && used.namespace === namespace && used.version === version,
    ),
  );
}
