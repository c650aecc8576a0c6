/** What is decided on about sealing keys: the loaded pairs, and the published ConfigMap. */
import { SEALING_KEYS_CONFIG_MAP } from '../../api/index.ts';
import type { ObjectKey } from '../../kernel/index.ts';
import type { Fingerprint } from '../fingerprint.ts';
import type { Known } from '../plan.ts';
import type { Watched } from '../watched.ts';
import type { KeyRepairs } from './key-repairs.ts';
import { creationGoal, type SealingKeyKind, type SealingKeysInput } from './plan.ts';
import type { SealingKeys } from './sealing-keys.ts';
import { publishedData } from './status.ts';

export interface GatherDependencies {
  readonly watched: Pick<Watched, 'publishedKeys'>;
  readonly sealingKeys: SealingKeys;
  readonly repairs: KeyRepairs;
  readonly fingerprint: Fingerprint;
  /** The operator's own namespace. */
  readonly namespace: string;
  readonly renewEveryMs: number;
}

export function gather(deps: GatherDependencies, { nowMs, latestMs, failure }: Known): SealingKeysInput {
  const { watched, sealingKeys, repairs, fingerprint, namespace, renewEveryMs } = deps;
  const published = watched.publishedKeys.store.get(publishedKey(namespace));
  const data = publishedData(sealingKeys.keyring, sealingKeys.certificatePem);
  const keys = sealingKeys.usable;
  const dataHash = fingerprint.data(data);
  const createWaitMs = (kind: SealingKeyKind): number =>
    repairs.create.waitMs(kind, creationGoal({ keys, renewEveryMs, latestMs }, kind));
  return {
    keys,
    isLoaded: sealingKeys.isLoaded,
    isPublished: published?.isManaged === true && published.dataHash === dataHash,
    dataHash,
    publishWaitMs: repairs.publish.waitMs(namespace, dataHash),
    createWaitMs: { hpke: createWaitMs('hpke'), rsa: createWaitMs('rsa') },
    namespace,
    renewEveryMs,
    nowMs,
    latestMs,
    failure,
  };
}

/** Key of the ConfigMap with the public halves. */
export function publishedKey(namespace: string): ObjectKey {
  return `${namespace}/${SEALING_KEYS_CONFIG_MAP}`;
}
