/** How many lines of the log the objects of one namespace may cause: failing objects are what anybody can make many of. */
import { TokenBucket, type Clock, type ObjectKey } from '../kernel/index.ts';

/** Lines at once, and then one each ten seconds: enough to see what fails, whatever the number of objects. */
const burst = 20;
const refillEveryMs = 10_000;
/** Namespaces that are remembered; beyond it, the oldest one starts over. */
const mostNamespaces = 10_000;

interface Budget {
  readonly bucket: TokenBucket;
  suppressed: number;
}

export class LogBudget {
  readonly #clock: Clock;
  readonly #budgets = new Map<string, Budget>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Undefined: no line now. Else the number of lines that this namespace did not get since its last one. */
  take(key: ObjectKey): number | undefined {
    const namespace = key.split('/', 1)[0] ?? '';
    let budget = this.#budgets.get(namespace);
    if (budget === undefined) {
      budget = { bucket: new TokenBucket({ burst, refillEveryMs, clock: this.#clock }), suppressed: 0 };
      if (this.#budgets.size >= mostNamespaces) this.#budgets.delete(this.#budgets.keys().next().value ?? '');
      this.#budgets.set(namespace, budget);
    }
    if (!budget.bucket.take()) {
      budget.suppressed += 1;
      return undefined;
    }
    const { suppressed } = budget;
    budget.suppressed = 0;
    return suppressed;
  }
}
