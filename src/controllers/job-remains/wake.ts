/** What wakes the look at a snapshot without an owner. A snapshot whose job exists has an owner, and wakes nothing. */
import type { ObjectKey } from '../../kernel/index.ts';
import type { Wake } from '../wake.ts';
import type { Watched } from '../watched.ts';
import { jobOfRemains } from './gather.ts';

type Stores = Pick<Watched, 'secrets'>;

export function jobRemainsWakes({ secrets }: Stores): readonly Wake[] {
  return [
    {
      by: 'snapshots without an owner',
      connect: (enqueue) =>
        secrets.store.onChange(({ key, after }) => {
          if (after !== undefined && jobOfRemains(after) !== undefined) enqueue(key, { lane: 'background' });
        }),
    },
  ];
}

export function* remainsKeys({ secrets }: Stores): Generator<ObjectKey> {
  for (const secret of secrets.store.values())
    if (jobOfRemains(secret) !== undefined) yield `${secret.metadata.namespace}/${secret.metadata.name}`;
}
