/** What wakes the controller of sealing keys. */
import type { Wake } from '../wake.ts';
import type { Watched } from '../watched.ts';
import { publishedKey } from './gather.ts';
import type { SealingKeys } from './sealing-keys.ts';

/** The one key of this controller's queue. */
export const sealingKeysKey = 'sealing-keys';

interface SealingKeyWakeSources {
  readonly sealingKeys: SealingKeys;
  readonly watched: Pick<Watched, 'publishedKeys'>;
  /** The operator's own namespace. */
  readonly namespace: string;
}

export function sealingKeyWakes({ sealingKeys, watched, namespace }: SealingKeyWakeSources): readonly Wake[] {
  return [
    {
      by: 'Secrets with a sealing key',
      connect: (enqueue) => {
        sealingKeys.informer.store.onChange(() => enqueue(sealingKeysKey));
        sealingKeys.onChange(() => enqueue(sealingKeysKey));
      },
    },
    {
      by: 'the ConfigMap with the public keys',
      connect: (enqueue) =>
        watched.publishedKeys.store.onChange(({ key }) => {
          if (key === publishedKey(namespace)) enqueue(sealingKeysKey);
        }),
    },
  ];
}
