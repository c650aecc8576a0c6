/**
 * What wakes the list of a namespace. Each sharing namespace has a budget of wakes. One that changes its grants all the time delays only its own
 * entries: changes of others wake the same list in time.
 */
import { TokenBucket, type Clock } from '../../kernel/index.ts';
import { namespacesOf } from '../subjects.ts';
import type { SecretGrantView } from '../views.ts';
import type { Enqueue, Wake } from '../wake.ts';
import type { Watched } from '../watched.ts';
import { hasList } from './gather.ts';

/** Changes are gathered: many grants at once make one write. */
const gatherDelayMs = 200;
/** Lists that one sharing namespace may change at once, and then how often: 30 a minute, each a write of at most 256 KiB into etcd. */
export const wakeBurst = 30;
export const wakeRefillMs = 2_000;

export interface WakeDependencies {
  readonly watched: Pick<Watched, 'namespaces' | 'secretGrants' | 'userSecrets' | 'sharedLists'>;
  readonly clock: Clock;
  readonly ownNamespace: string;
  readonly onBound: (bound: string) => void;
}

export function sharedWithMeWakes({ watched, clock, ownNamespace, onBound }: WakeDependencies): readonly Wake[] {
  const { namespaces, secretGrants, userSecrets, sharedLists } = watched;
  const budgets = new Map<string, WakeBudget>();
  namespaces.store.onChange(({ key, after }) => {
    if (after === undefined) budgets.delete(key);
  });

  function wakeListsOf(grant: SecretGrantView, enqueue: Enqueue): void {
    const source = grant.metadata.namespace;
    for (const target of namespacesOf(grant.spec.subject, namespaces.store)) {
      const namespace = namespaces.store.get(target);
      if (target === source || namespace === undefined || !hasList(namespace, ownNamespace)) continue;
      let budget = budgets.get(source);
      if (budget === undefined) budgets.set(source, (budget = new WakeBudget(clock)));
      const delayMs = budget.delayOf(target);
      if (delayMs > gatherDelayMs) onBound('shared_list_wakes');
      enqueue(target, { delayMs });
    }
  }

  return [
    {
      by: 'grants to its people and jobs',
      connect: (enqueue) =>
        secretGrants.store.onChange(({ before, after }) => {
          if (before !== undefined && after !== undefined && isSame(before, after)) return;
          for (const grant of [before, after]) if (grant !== undefined) wakeListsOf(grant, enqueue);
        }),
    },
    {
      by: 'secrets that come or go',
      connect: (enqueue) =>
        userSecrets.store.onChange(({ key, before, after }) => {
          if (before?.metadata.uid === after?.metadata.uid) return;
          for (const grant of secretGrants.store.byIndex('secret', key)) wakeListsOf(grant, enqueue);
        }),
    },
    {
      by: 'its own annotations',
      connect: (enqueue) => namespaces.store.onChange(({ key }) => enqueue(key, { delayMs: gatherDelayMs })),
    },
    {
      by: 'its ConfigMap',
      connect: (enqueue) =>
        sharedLists.store.onChange(({ key }) => {
          enqueue(key.slice(0, key.indexOf('/')), { delayMs: gatherDelayMs });
        }),
    },
  ];
}

/** How often one sharing namespace may wake lists. */
class WakeBudget {
  readonly #clock: Clock;
  readonly #bucket: TokenBucket;
  /** When each list is woken next for this namespace, by the steady clock. */
  readonly #dueMs = new Map<string, number>();

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#bucket = new TokenBucket({ burst: wakeBurst, refillEveryMs: wakeRefillMs, clock });
  }

  /** Milliseconds until the list may be woken. A list that is due already costs nothing more, because the queue holds it once. */
  delayOf(target: string): number {
    const now = this.#clock.steadyNow();
    const dueMs = this.#dueMs.get(target);
    if (dueMs !== undefined && dueMs > now) return dueMs - now;
    const delayMs = Math.max(gatherDelayMs, this.#bucket.reserve());
    this.#dueMs.set(target, now + delayMs);
    return delayMs;
  }
}

/** Nothing that a list shows of a grant changed. */
function isSame(a: SecretGrantView, b: SecretGrantView): boolean {
  return (
    a.metadata.uid === b.metadata.uid &&
    a.metadata.generation === b.metadata.generation &&
    a.status.phase === b.status.phase
  );
}
