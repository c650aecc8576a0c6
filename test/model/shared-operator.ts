/**
 * One operator for all sequences that run at the same time. It restarts, is killed and is away for a while, in an order that the seed
 * decides, each after a number of their steps.
 */
import type { TestCluster } from '../support/cluster.ts';
import { startOperator, type RunningOperator } from '../support/operator.ts';

type State = 'up' | 'stopping' | 'down' | 'starting';

/** Steps between two of its events, and while it is away. */
const stepsUp = { fewest: 10, most: 40 };
const stepsAway = { fewest: 2, most: 8 };

export class SharedOperator {
  restarts = 0;
  outages = 0;
  readonly #test: TestCluster;
  readonly #args: readonly string[];
  readonly #random: () => number;
  readonly #waiting = new Set<() => void>();
  #operator: RunningOperator | undefined;
  #state: State = 'down';
  #upSinceMs = 0;
  #stepsLeft: number;
  #event: Promise<void> = Promise.resolve();
  #failure: unknown;

  private constructor(test: TestCluster, args: readonly string[], random: () => number) {
    this.#test = test;
    this.#args = args;
    this.#random = random;
    this.#stepsLeft = stepsUp.fewest;
  }

  static async begin(test: TestCluster, args: readonly string[], random: () => number): Promise<SharedOperator> {
    const operator = new SharedOperator(test, args, random);
    await operator.#start(false);
    return operator;
  }

  get isUp(): boolean {
    return this.#state === 'up';
  }

  get isDown(): boolean {
    return this.#state === 'down';
  }

  get upSinceMs(): number {
    return this.#upSinceMs;
  }

  /** Until it neither starts nor stops. */
  async whenAtRest(): Promise<void> {
    while (this.#state === 'stopping' || this.#state === 'starting')
      await new Promise<void>((resolve) => this.#waiting.add(resolve));
    if (this.#failure !== undefined) throw new Error('the operator has failed', { cause: this.#failure });
  }

  /** Begins what is due after this step. */
  stepDone(): void {
    this.#stepsLeft -= 1;
    if (this.#stepsLeft > 0 || this.#state === 'stopping' || this.#state === 'starting') return;
    this.#event = this.#next().catch((error: unknown) => {
      this.#failure = error;
      this.#is('down');
    });
  }

  /** Resolves when it is up, whatever was under way. */
  async untilUp(): Promise<void> {
    await this.#event;
    await this.whenAtRest();
    if (this.#state === 'down') await this.#start(true);
  }

  async end(): Promise<void> {
    await this.#event;
    await this.#operator?.stop();
  }

  async #next(): Promise<void> {
    if (this.#state === 'down') return this.#start(true);
    const isOutage = this.#random() < 0.5;
    await this.#stop(this.#random() < 0.3);
    if (isOutage) {
      this.outages += 1;
      this.#stepsLeft = this.#between(stepsAway);
      return;
    }
    this.restarts += 1;
    await this.#start(true);
  }

  async #stop(isKilled: boolean): Promise<void> {
    this.#is('stopping');
    await (isKilled ? this.#operator?.kill9() : this.#operator?.stop());
    this.#operator = undefined;
    this.#is('down');
  }

  async #start(isInstalled: boolean): Promise<void> {
    this.#is('starting');
    this.#operator = await startOperator(this.#test, { isInstalled, args: this.#args });
    this.#upSinceMs = Date.now();
    this.#stepsLeft = this.#between(stepsUp);
    this.#is('up');
  }

  #between({ fewest, most }: { readonly fewest: number; readonly most: number }): number {
    return fewest + Math.floor(this.#random() * (most - fewest + 1));
  }

  #is(state: State): void {
    this.#state = state;
    for (const wake of this.#waiting) wake();
    this.#waiting.clear();
  }
}
