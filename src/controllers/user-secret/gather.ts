/** What is decided on about a UserSecret: what the stores have, and what this process remembers of its writes. */
import { ANNOTATION_USED_REPLACEMENT, NEXT_VALUE_TYPE } from '../../api/index.ts';
import type { ObjectKey } from '../../kernel/index.ts';
import type { SealingKeyring } from '../../sealing/index.ts';
import type { Fingerprint } from '../fingerprint.ts';
import { hookRunName, nextName, nextValueOf, type NextPurpose, type NextValue } from '../next-value.ts';
import type { Known } from '../plan.ts';
import type { RepairLimiter } from '../repair-limiter.ts';
import { refKey } from '../secret-refs.ts';
import { calledAs, nativeKeyOf, type UserSecretView } from '../user-secret-view.ts';
import { ownerIndexValue, type Watched } from '../watched.ts';
import { markKey, nextKey } from './act-dependencies.ts';
import { copiedFrom, type CopiedSecret, type CopyCounts } from './copies.ts';
import { desiredText } from './desired-text.ts';
import { formerValueOf } from './history.ts';
import { generatedForText } from './native.ts';
import type { ReturnedValues } from './returned-values.ts';
import type { UserSecretInput } from './input.ts';
import type { Sharing } from './sharing.ts';
import type { Copies } from './status.ts';
import { partsStateOf, type PartsState } from './template.ts';
import type { Uses } from './uses.ts';

type Stores = Pick<Watched, 'userSecrets' | 'secrets' | 'foreignSecrets' | 'configMaps' | 'neuroJobs' | 'namespaces'>;

export interface GatherDependencies {
  readonly watched: Stores;
  readonly fingerprint: Fingerprint;
  /** The current sealing keys. */
  readonly keyring: () => SealingKeyring;
  readonly sharing: Sharing;
  readonly uses: Uses;
  readonly repairs: RepairLimiter;
  /** How many former values are kept where the UserSecret does not say. */
  readonly defaultKeep: number;
  readonly returned: ReturnedValues;
  /** Whether admission checks that the author a value names is the user who wrote it. */
  readonly areAuthorsChecked: () => boolean;
}

export function gather(
  {
    watched,
    fingerprint,
    keyring,
    sharing,
    uses,
    repairs,
    returned,
    defaultKeep,
    areAuthorsChecked,
  }: GatherDependencies,
  key: ObjectKey,
  { nowMs, latestMs, failure, addedMs, isBusy }: Known,
): UserSecretInput | undefined {
  const userSecret = watched.userSecrets.store.get(key);
  if (userSecret === undefined) return undefined;
  const { namespace, name } = userSecret.metadata;
  const nativeKey = nativeKeyOf(userSecret);
  const stored = watched.secrets.store.get(nativeKey);
  // Nothing can be created in a namespace that is being deleted, and everything in it is deleted with it.
  if (watched.namespaces.store.get(namespace)?.metadata.deletionTimestamp !== undefined) return undefined;
  const copied = copiedOf(watched, userSecret);
  const parts = userSecret.parts === undefined ? undefined : partsOf(watched, userSecret, fingerprint);
  return {
    userSecret,
    stored,
    copied,
    parts,
    isPolled: isPolled(watched, userSecret),
    ...rotationFacts({ watched, fingerprint, repairs }, key, userSecret),
    replacement: nextOf(watched, userSecret, fingerprint, 'replacement'),
    copyCounts: copyCountsOf(watched, userSecret),
    isNameTaken: watched.foreignSecrets.store.get(nativeKey) !== undefined,
    rivals: rivalsOf(watched, userSecret),
    sharedWith: sharing.of(namespace, name),
    copies: copiesOf(watched, `${namespace}/${name}`),
    usedBy: watched.neuroJobs.store.keysByIndex('secret', `${namespace}/${name}`).size,
    newUses: uses.of(userSecret, latestMs),
    keep: userSecret.keep ?? defaultKeep,
    former: watched.secrets.store
      .byIndex('former', `${namespace}/${name}`)
      .flatMap((secret) => formerValueOf(secret) ?? [])
      .filter(({ record }) => record.key === userSecret.key),
    currentKeyIds: currentKeyIds(keyring()),
    repairWaitMs: repairs.waitMs(key, desiredText(userSecret, copied, parts)),
    markWaitMs:
      userSecret.sourceKind === 'generate' && stored !== undefined
        ? repairs.waitMs(markKey(key), generatedForText(userSecret, stored))
        : 0,
    hasReturned: returned.of(userSecret) !== undefined,
    areAuthorsChecked: areAuthorsChecked(),
    nowMs,
    latestMs,
    failure,
    addedMs,
    isBusy,
  };
}

export function partsOf(
  { userSecrets, secrets }: Pick<Stores, 'userSecrets' | 'secrets'>,
  userSecret: UserSecretView,
  fingerprint: Fingerprint,
): PartsState {
  const { namespace } = userSecret.metadata;
  const find = (name: string) => {
    const part = userSecrets.store.get(`${namespace}/${name}`);
    return part && { userSecret: part, native: secrets.store.get(nativeKeyOf(part)) };
  };
  return partsStateOf(userSecret, find, fingerprint);
}

/** The next value that a hook prepares for, the hook, and its last run. */
function rotationFacts(
  { watched, fingerprint, repairs }: Pick<GatherDependencies, 'watched' | 'fingerprint' | 'repairs'>,
  key: ObjectKey,
  userSecret: UserSecretView,
): Pick<UserSecretInput, 'next' | 'hook' | 'run' | 'contestedNext'> {
  const { neuroJobs } = watched;
  const { metadata, generate, status } = userSecret;
  const { namespace, name, uid } = metadata;
  const hook =
    generate?.rotateHook === undefined ? undefined : neuroJobs.store.get(`${namespace}/${generate.rotateHook}`);
  const next = nextOf(watched, userSecret, fingerprint, 'next');
  if (next === undefined) {
    const isContested = hook !== undefined && repairs.waitMs(nextKey(key), desiredText(userSecret)) > 0;
    return { hook, contestedNext: isContested ? nextName(fingerprint, uid, name) : undefined };
  }
  const { version } = next;
  const known = status.rotation?.version === version ? status.rotation.attempt : 0;
  // A run that was started right before the process ended is not in the status.
  for (const attempt of [known + 1, known]) {
    const job = neuroJobs.store.get(`${namespace}/${hookRunName(fingerprint, uid, name, { version, attempt })}`);
    if (job?.rotates?.uid === uid) return { hook, next, run: { attempt, job } };
  }
  return { hook, next };
}

/**
 * Finds the next value. Its name is a keyed hash, which is computed only where there may be such a value: few secrets have one, and each is gathered
 * several times for a change.
 */
function nextOf(
  { secrets: { store } }: Pick<Stores, 'secrets'>,
  { metadata, key }: Pick<UserSecretView, 'metadata' | 'key'>,
  fingerprint: Fingerprint,
  purpose: NextPurpose,
): NextValue | undefined {
  const { namespace, name, uid, annotations } = metadata;
  const owned = [...store.keysByIndex('owner', ownerIndexValue(namespace, uid))];
  if (!owned.some((each) => store.get(each)?.type === NEXT_VALUE_TYPE)) return undefined;
  const native = store.get(`${namespace}/${nextName(fingerprint, uid, name, purpose)}`);
  const used = annotations?.[ANNOTATION_USED_REPLACEMENT];
  return nextValueOf(native, { uid, key, used }, fingerprint, purpose);
}

/** Whether its source has to be polled, because it is not watched. */
function isPolled({ configMaps }: Stores, { metadata, configMapKeyRef }: UserSecretView): boolean {
  if (configMapKeyRef === undefined) return false;
  return !configMaps.isWatched({ namespace: metadata.namespace, name: configMapKeyRef.name });
}

function copiedOf({ userSecrets, secrets }: Stores, { sharedFrom }: UserSecretView): CopiedSecret | undefined {
  if (sharedFrom === undefined) return undefined;
  const source = userSecrets.store.get(refKey(sharedFrom));
  const native = source === undefined ? undefined : secrets.store.get(nativeKeyOf(source));
  return copiedFrom(source, native);
}

function copyCountsOf({ userSecrets }: Stores, { metadata, sharedFrom }: UserSecretView): CopyCounts | undefined {
  if (sharedFrom === undefined) return undefined;
  const count = (index: string, value: string): number => userSecrets.store.keysByIndex(index, value).size;
  return {
    ofSource: count('copiesOf', refKey(sharedFrom)),
    inNamespace: count('copiesIn', metadata.namespace),
    wantedInNamespace: count('copiesWantedIn', metadata.namespace),
  };
}

/** The most namespaces with copies that a status names; the count has all copies. */
const listedNamespaces = 5;

function copiesOf({ userSecrets }: Stores, key: ObjectKey): Copies {
  const keys = userSecrets.store.keysByIndex('copiesOf', key);
  if (keys.size === 0) return { count: 0 };
  const namespaces = new Set([...keys].map((each) => each.slice(0, each.indexOf('/'))));
  return { count: keys.size, namespaces: [...namespaces].sort().slice(0, listedNamespaces) };
}

/** The oldest UserSecret with the same name in URIs, and the oldest that wants the same native Secret, where they are others: only the oldest can have it. */
function rivalsOf(
  { userSecrets }: Pick<Watched, 'userSecrets'>,
  userSecret: UserSecretView,
): readonly UserSecretView[] {
  const { metadata, secretName } = userSecret;
  const oldest = (index: 'called' | 'secretName', value: string): readonly UserSecretView[] =>
    userSecrets.store.firstByIndex(index, `${metadata.namespace}/${value}`, 1);
  return [...oldest('called', calledAs(userSecret)), ...oldest('secretName', secretName)].filter(
    (rival) => rival.metadata.uid !== metadata.uid && rival.metadata.deletionTimestamp === undefined,
  );
}

function currentKeyIds({ publishedKeys, activeRsaKeyId }: SealingKeyring): readonly string[] {
  const ids = publishedKeys.filter(({ active }) => active).map(({ keyId }) => keyId);
  return activeRsaKeyId === undefined ? ids : [...ids, activeRsaKeyId];
}
