/**
 * Which UserSecrets a change of a native Secret is about. Any number of a namespace can want one name, and only these are decided on what the
 * Secret is:
 *
 *   - the one that has it, or had it before the change: by the UID of its owner;
 *   - the oldest that wants it, which takes it when it is free;
 *   - those whose name the Secret is labelled with: it may be of a former UserSecret of that name, from a backup.
 *
 * All others are refused for the sake of the oldest, whatever the Secret is (`secretNameConflict`). When another becomes the oldest, a change of
 * a UserSecret wakes them.
 */
import { LABEL_USER_SECRET } from '../../api/index.ts';
import { keyOf, type ObjectKey, type Store, type StoreChange } from '../../kernel/index.ts';
import { ownerUid } from '../ownership.ts';
import type { SecretView } from '../secret-view.ts';
import { nativeKeyOf, type UserSecretView } from '../user-secret-view.ts';

/** A Secret as both stores have it: that of our Secrets, and that of all others. */
type NativeView = Pick<SecretView, 'metadata' | 'ownerUid'>;
export type NativeChange = StoreChange<NativeView>;

export function claimantsOf(
  userSecrets: Store<UserSecretView>,
  { key, before, after }: NativeChange,
): ReadonlySet<ObjectKey> {
  const [oldest] = userSecrets.firstByIndex('secretName', key, 1);
  if (oldest === undefined) return new Set();
  const claimants = new Set([keyOf(oldest.metadata)]);
  for (const native of [before, after]) {
    for (const claimant of native === undefined ? [] : namedBy(userSecrets, native)) {
      const userSecret = userSecrets.get(claimant);
      // Anybody can write any UID and any label.
      if (userSecret !== undefined && nativeKeyOf(userSecret) === key) claimants.add(claimant);
    }
  }
  return claimants;
}

function namedBy(userSecrets: Store<UserSecretView>, native: NativeView): readonly ObjectKey[] {
  const { namespace, labels = {} } = native.metadata;
  // Of very many owner references a view keeps only the first, so the two UIDs can differ.
  const uids = [native.ownerUid, ownerUid(native.metadata)].filter((uid) => uid !== undefined);
  const label = labels[LABEL_USER_SECRET];
  const labelled = label === undefined ? undefined : `${namespace}/${label}`;
  return [
    ...uids.flatMap((uid) => [...userSecrets.keysByIndex('uid', uid)]),
    ...(labelled === undefined ? [] : [labelled, ...userSecrets.keysByIndex('longName', labelled)]),
  ];
}
