/** What a UserSecret is decided on: the stores, and what is remembered of writes. */
import { ANNOTATION_ROTATE } from '../../api/index.ts';
import type { ObjectKey } from '../../kernel/index.ts';
import type { SealingKeyring } from '../../sealing/index.ts';
import type { Known } from '../reconciler.ts';
import type { RepairLimiter } from '../repair-limiter.ts';
import type { UserSecretView } from '../views.ts';
import type { Watched } from '../watched.ts';
import type { HeldValues } from './held-values.ts';
import { formerValueOf } from './history.ts';
import { eldest } from './native.ts';
import type { ReturnedValues } from './returned-values.ts';
import type { UserSecretInput } from './plan.ts';
import type { Sharing } from './sharing.ts';
import type { Uses } from './uses.ts';

export interface GatherDependencies {
  readonly watched: Pick<Watched, 'userSecrets' | 'secrets' | 'foreignSecrets' | 'neuroJobs' | 'namespaces'>;
  /** The sealing keys of now. */
  readonly keyring: () => SealingKeyring;
  readonly sharing: Sharing;
  readonly uses: Uses;
  readonly repairs: RepairLimiter;
  readonly values: HeldValues;
  /** Former values that are kept of a UserSecret that says nothing about it. */
  readonly defaultKeep: number;
  readonly returned: ReturnedValues;
}

export function gather(
  { watched, keyring, sharing, uses, repairs, values, returned, defaultKeep }: GatherDependencies,
  key: ObjectKey,
  { nowMs, failure }: Known,
): UserSecretInput | undefined {
  const userSecret = watched.userSecrets.store.get(key);
  // Gone or going: the owner reference takes the native Secret along, or its absence (Orphan) leaves it.
  if (userSecret === undefined || userSecret.metadata.deletionTimestamp !== undefined) return undefined;
  const { namespace, name, uid } = userSecret.metadata;
  // Nothing can be made in a namespace that goes, and what is there goes with it.
  if (watched.namespaces.store.get(namespace)?.metadata.deletionTimestamp !== undefined) return undefined;
  const nativeKey = `${namespace}/${userSecret.secretName}`;
  return {
    userSecret,
    stored: watched.secrets.store.get(nativeKey),
    isNameTaken: watched.foreignSecrets.store.get(nativeKey) !== undefined,
    rivals: rivalsOf(watched, userSecret),
    sharedWith: sharing.of(namespace, name),
    usedBy: watched.neuroJobs.store.keysByIndex('secret', `${namespace}/${name}`).size,
    newUses: uses.of(userSecret),
    keep: userSecret.keep ?? defaultKeep,
    former: watched.secrets.store
      .byIndex('former', `${namespace}/${name}`)
      .flatMap((secret) => formerValueOf(secret) ?? [])
      .filter(({ record }) => record.key === userSecret.key),
    currentKeyIds: currentKeyIds(keyring()),
    repairWaitMs: repairs.waitMs(key, desiredText(userSecret)),
    hasRescued: values.rescued(key, uid) !== undefined,
    hasReturned: returned.of(userSecret) !== undefined,
    nowMs,
    failure,
  };
}

/** What the owner asks for, as text; a new text is never held back. */
export function desiredText({ metadata }: UserSecretView): string {
  return `${metadata.uid} ${String(metadata.generation)} ${metadata.annotations?.[ANNOTATION_ROTATE] ?? ''}`;
}

/** The eldest that wants the same key, and the eldest that wants the same native Secret: only they can have it. */
function rivalsOf(
  { userSecrets }: Pick<Watched, 'userSecrets'>,
  { metadata, key, secretName }: UserSecretView,
): readonly UserSecretView[] {
  const { store } = userSecrets;
  function* others(index: 'key' | 'secretName', value: string): Generator<UserSecretView> {
    for (const rivalKey of store.keysByIndex(index, `${metadata.namespace}/${value}`)) {
      const rival = store.get(rivalKey);
      if (rival === undefined || rival.metadata.deletionTimestamp !== undefined) continue;
      if (rival.metadata.uid !== metadata.uid && (index === 'secretName' || rival.type === 'Opaque')) yield rival;
    }
  }
  return [eldest(others('key', key)), eldest(others('secretName', secretName))].filter((rival) => rival !== undefined);
}

function currentKeyIds({ publishedKeys, activeRsaKeyId }: SealingKeyring): readonly string[] {
  const ids = publishedKeys.filter(({ active }) => active).map(({ keyId }) => keyId);
  return activeRsaKeyId === undefined ? ids : [...ids, activeRsaKeyId];
}
