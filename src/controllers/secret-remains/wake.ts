/** What wakes the look at what is left of a UserSecret. */
import type { ObjectKey } from '../../kernel/index.ts';
import type { SecretView } from '../secret-view.ts';
import type { Wake } from '../wake.ts';
import { ownerIndexValue, type Watched } from '../watched.ts';
import { isDetachedCopy, isDetachedNext, type GoneOwners } from './gather.ts';

type Stores = Pick<Watched, 'secrets' | 'userSecrets'>;

export function secretRemainsWakes({ secrets, userSecrets }: Stores, gone: GoneOwners): readonly Wake[] {
  return [
    {
      by: 'the end of a UserSecret',
      connect: (enqueue) =>
        userSecrets.store.onChange(({ before, after }) => {
          if (before === undefined || before.metadata.uid === after?.metadata.uid) return;
          const { namespace, uid } = before.metadata;
          for (const key of secrets.store.keysByIndex('owner', ownerIndexValue(namespace, uid))) {
            gone.set(key, uid);
            enqueue(key);
          }
        }),
    },
    {
      by: 'copies and next values without an owner',
      connect: (enqueue) =>
        secrets.store.onChange(({ key, after }) => {
          if (after !== undefined && mayBeLeft(after)) enqueue(key);
          else if (after === undefined) gone.delete(key);
        }),
    },
  ];
}

export function* secretRemainsKeys({ secrets }: Pick<Stores, 'secrets'>): Generator<ObjectKey> {
  for (const secret of secrets.store.values())
    if (mayBeLeft(secret)) yield `${secret.metadata.namespace}/${secret.metadata.name}`;
}

function mayBeLeft(secret: SecretView): boolean {
  return isDetachedCopy(secret) || isDetachedNext(secret);
}
