/** How many lines of the log the objects of one namespace may cause: failing objects are what anybody can make many of. */
import { TokenBuckets, type Clock, type ObjectKey } from '../kernel/index.ts';

/** Lines at once, and then one each ten seconds: enough to see what fails, whatever the number of objects. */
const burst = 20;
const refillEveryMs = 10_000;
/** Namespaces that are remembered; beyond it, the one that wrote longest ago starts over. */
const mostNamespaces = 10_000;

export class LogBudget {
  readonly #buckets: TokenBuckets;

  constructor(clock: Clock) {
    this.#buckets = new TokenBuckets({ burst, refillEveryMs, mostKeys: mostNamespaces, clock });
  }

  /** Undefined: no line now. Else the number of lines that this namespace did not get since its last one. */
  take(key: ObjectKey): number | undefined {
    return this.#buckets.take(key.split('/', 1)[0] ?? '');
  }
}
