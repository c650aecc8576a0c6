/** What is decided on about sealing keys: the pairs that are loaded, and what is published of them. */
import { SEALING_KEYS_CONFIG_MAP } from '../../api/index.ts';
import type { ObjectKey } from '../../kernel/index.ts';
import type { Fingerprint } from '../fingerprint.ts';
import type { Known } from '../plan.ts';
import type { Watched } from '../watched.ts';
import type { SealingKeysInput } from './plan.ts';
import type { SealingKeys } from './sealing-keys.ts';
import { publishedData } from './status.ts';

export interface GatherDependencies {
  readonly watched: Pick<Watched, 'publishedKeys'>;
  readonly sealingKeys: SealingKeys;
  readonly fingerprint: Fingerprint;
  /** The operator's own. */
  readonly namespace: string;
  readonly renewEveryMs: number;
}

export function gather(deps: GatherDependencies, { nowMs, latestMs, failure }: Known): SealingKeysInput {
  const { watched, sealingKeys, fingerprint, namespace, renewEveryMs } = deps;
  const published = watched.publishedKeys.store.get(publishedKey(namespace));
  const data = publishedData(sealingKeys.keyring, sealingKeys.certificatePem);
  return {
    keys: sealingKeys.usable,
    isLoaded: sealingKeys.isLoaded,
    isPublished: published?.isManaged === true && published.dataHash === fingerprint.data(data),
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
