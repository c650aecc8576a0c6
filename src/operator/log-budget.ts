/** How many lines of the log the objects of one namespace may cause: failing objects are what anybody can make many of. */
import { RecentMap, TokenBucket, type Clock, type ObjectKey } from '../kernel/index.ts';

/** Lines at once, and then one each ten seconds: enough to see what fails, whatever the number of objects. */
const burst = 20;
const refillEveryMs = 10_000;
/** Namespaces that are remembered; beyond it, the one that wrote longest ago starts over. */
const mostNamespaces = 10_000;

interface Budget {
  readonly bucket: TokenBucket;
  suppressed: number;
}

export class LogBudget {
  readonly #clock: Clock;
  readonly #budgets = new RecentMap<string, Budget>(mostNamespaces);

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Undefined: no line now. Else the number of lines that this namespace did not get since its last one. */
  take(key: ObjectKey): number | undefined {
    const namespace = key.split('/', 1)[0] ?? '';
    const budget = this.#budgets.getOrMake(namespace, () => ({
      bucket: new TokenBucket({ burst, refillEveryMs, clock: this.#clock }),
      suppressed: 0,
    }));
    if (!budget.bucket.take()) {
      budget.suppressed += 1;
      return undefined;
    }
    const { suppressed } = budget;
    budget.suppressed = 0;
    return suppressed;
  }
}
