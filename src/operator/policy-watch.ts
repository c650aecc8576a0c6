/**
 * Whether the admission policies that the operator relies on are installed and bound. It is checked when the process starts and
 * then every few minutes, without a watch, because policies change rarely.
 */
import { sleep, type Clock, type Logger, type Metrics } from '../kernel/index.ts';

const checkEveryMs = 120_000;
/** While something is missing: an administrator who installs it should not wait for long. */
const recheckEveryMs = 10_000;

/** What others see of the check. */
export interface PolicyState {
  /** False until a check has found all of them. */
  readonly areInPlace: boolean;
  /** Whether what only they check can be relied on: also false where an administrator decided to go without them. */
  readonly areEnforced: boolean;
  /** One sentence each; empty where all are in place. */
  readonly problems: readonly string[];
  /** Called when `areInPlace` or `problems` changed. */
  onChange(listener: () => void): void;
}

interface PolicyWatchOptions {
  /** Resolves with the problems found; empty where there is none. */
  readonly check: (signal: AbortSignal) => Promise<readonly string[]>;
  readonly clock: Clock;
  readonly log: Pick<Logger, 'warn' | 'info'>;
}

export class PolicyWatch implements PolicyState {
  readonly #options: PolicyWatchOptions;
  readonly #listeners: (() => void)[] = [];
  #problems: readonly string[] = ['the admission policies were not looked at yet'];

  constructor(options: PolicyWatchOptions) {
    this.#options = options;
  }

  get areInPlace(): boolean {
    return this.#problems.length === 0;
  }

  get areEnforced(): boolean {
    return this.areInPlace;
  }

  get problems(): readonly string[] {
    return this.#problems;
  }

  onChange(listener: () => void): void {
    this.#listeners.push(listener);
  }

  /** Looks once. A check that fails changes nothing: access that is in force stays, and none begins without a check. */
  async look(signal: AbortSignal): Promise<void> {
    const { check, log } = this.#options;
    let found: readonly string[];
    try {
      found = await check(signal);
    } catch (error) {
      signal.throwIfAborted();
      log.warn({ error }, 'reading the admission policies failed, retrying');
      return;
    }
    if (found.join('\n') === this.#problems.join('\n')) return;
    this.#problems = found;
    if (found.length === 0) log.info('the admission policies are in place');
    else log.warn({ problems: found }, 'admission policies are missing: no new grant becomes active');
    for (const listener of this.#listeners) listener();
  }

  /** Looks again and again, until `signal` is aborted. */
  async run(signal: AbortSignal): Promise<void> {
    try {
      for (;;) {
        await sleep(this.areInPlace ? checkEveryMs : recheckEveryMs, { clock: this.#options.clock, signal });
        await this.look(signal);
      }
    } catch (error) {
      if (!signal.aborted) throw error;
    }
  }
}

/** The state for an installation whose administrator decided not to require the policies. */
export const uncheckedPolicies: PolicyState = {
  areInPlace: true,
  areEnforced: false,
  problems: [],
  onChange: () => undefined,
};

export function observePolicies(
  metrics: Pick<Metrics, 'observeFlag'>,
  policies: Pick<PolicyState, 'areInPlace'>,
): void {
  const help = 'Whether the admission policies are in place (1) or missing (0).';
  metrics.observeFlag('neuro_operator_policies_ok', help, () => policies.areInPlace);
}
