/**
 * What a replica does while it leads: it takes back access that has ended, then runs the controllers over every key there is, and
 * looks at all of them again now and then.
 */
import { defined } from '../defined.ts';
import {
  patienceMs,
  pause,
  sleep,
  untilAborted,
  type Clock,
  type Controller,
  type Logger,
  type Metrics,
  type Reflecting,
} from '../kernel/index.ts';
import { watchClock } from './clock-jumps.ts';
import { LogBudget } from './log-budget.ts';
import type { ControllerEntry } from './wiring.ts';

interface LeadingOptions {
  readonly entries: readonly ControllerEntry[];
  /** Workers of each controller. */
  readonly concurrency: number;
  readonly metrics: Pick<Metrics, 'controller'>;
  readonly log: Pick<Logger, 'info' | 'error'>;
  readonly clock: Clock;
  readonly reflectors: readonly Reflecting[];
  /** Resolves when values can be opened: nothing sealed can be before there is a key. */
  readonly whenKeyed: () => Promise<void>;
}

/** How often every object is looked at without a reason, behind all changes. Nothing is written when nothing differs. */
const resyncEveryMs = 600_000;
/** After the patient clock believes that the clock was set. */
const lookLaterMs = 1_000;
/** How often it is looked whether what comes first is done. */
const firstPollMs = 20;
/** Work that comes first and cannot be done, because the API server fails, must not keep all else from running. */
const firstLimitMs = 10_000;

export class Leading {
  readonly #options: LeadingOptions;
  /** The controllers while this process leads; empty while it stands by. */
  #controllers: ReadonlyMap<string, Controller> = new Map();
  readonly #errorLog: LogBudget;

  constructor(options: LeadingOptions) {
    this.#options = options;
    this.#errorLog = new LogBudget(options.clock);
    for (const { name, wakes } of options.entries) {
      for (const wake of wakes) {
        wake.connect((key, { delayMs = 0, cause = 'change', lane } = {}) => {
          const queue = this.#controllers.get(name)?.queue;
          if (delayMs === 0) queue?.add(key, cause, lane);
          else queue?.addAfter(key, delayMs, { cause, ...defined({ lane }) });
        });
      }
    }
  }

  /** The queue of that controller, while this process leads. */
  queueOf(name: string): Controller['queue'] | undefined {
    return this.#controllers.get(name)?.queue;
  }

  /** Runs until `signal` is aborted and the reconciles under way have ended. */
  async run(signal: AbortSignal): Promise<void> {
    const { entries, log, clock, reflectors, whenKeyed } = this.#options;
    log.info('this replica leads');
    await untilAborted(Promise.all(reflectors.map((reflector) => reflector.whenSynced())), signal);
    this.#controllers = new Map(entries.map((entry) => [entry.name, this.#create(entry)]));
    const runs: Promise<void>[] = [];
    const start = (isChosen: (entry: ControllerEntry) => boolean): void => {
      for (const entry of entries) {
        if (isChosen(entry)) runs.push(this.#controllers.get(entry.name)?.run(signal) ?? Promise.resolve());
      }
    };
    try {
      const ended = entries.filter(({ firstKeys }) => firstKeys !== undefined);
      for (const { name, firstKeys } of ended) {
        for (const key of firstKeys?.() ?? []) this.#controllers.get(name)?.queue.add(key);
      }
      start((entry) => ended.includes(entry));
      await this.#untilIdle(ended, signal);
      start(({ name }) => name === 'sealing-keys');
      this.#enqueueAll((entry) => entry.opensValues !== true);
      await untilAborted(whenKeyed(), signal);
      this.#enqueueAll((entry) => entry.opensValues === true);
      log.info('all watches are synced; controllers run');
      start((entry) => entry.name !== 'sealing-keys' && !ended.includes(entry));
      void this.#resync(clock, signal);
      void watchClock({ clock, signal, onJump: (jumpMs) => this.#afterJump(jumpMs, signal) });
      // The clock may have been set, or this machine have slept, just before this replica began to lead.
      this.#lookLater(signal);
      await Promise.all(runs);
    } finally {
      this.#controllers = new Map();
    }
  }

  #create({ name, reconcile, concurrency = this.#options.concurrency }: ControllerEntry): Controller {
    const { metrics, log, clock } = this.#options;
    return metrics.controller({
      name,
      concurrency,
      clock,
      reconcile,
      onError: (error, { key }, reconcileId) => {
        const suppressed = this.#errorLog.take(key);
        if (suppressed === undefined) return;
        log.error({ error, controller: name, key, reconcileId, suppressed }, 'reconcile failed, retrying');
      },
    });
  }

  #enqueueAll(isChosen: (entry: ControllerEntry) => boolean = () => true): void {
    for (const { name, allKeys } of this.#options.entries.filter(isChosen)) {
      const queue = this.#controllers.get(name)?.queue;
      for (const key of allKeys()) queue?.add(key, 'resync');
    }
  }

  /** Timers that wait for a time of day wait for another one now; what has ended by the new time ends first. */
  #afterJump(jumpMs: number, signal: AbortSignal): void {
    this.#options.log.info({ jumpMs }, 'the clock was set, or this machine slept: all objects are looked at again');
    for (const { name, endingKeys } of this.#options.entries)
      for (const key of endingKeys?.() ?? []) this.#controllers.get(name)?.queue.add(key);
    this.#enqueueAll();
    this.#lookLater(signal);
  }

  /** The limits of jobs follow the patient clock: what ends by it has ended by then, if it has. */
  #lookLater(signal: AbortSignal): void {
    const enqueueAll = (): void => this.#enqueueAll(({ name }) => name === 'neuro-job');
    sleep(patienceMs + lookLaterMs, { clock: this.#options.clock, signal }).then(enqueueAll, () => undefined);
  }

  async #untilIdle(entries: readonly ControllerEntry[], signal: AbortSignal): Promise<void> {
    const { clock } = this.#options;
    const limitMs = clock.steadyNow() + firstLimitMs;
    const isIdle = (): boolean =>
      entries.every(({ name }) => {
        const queue = this.#controllers.get(name)?.queue;
        return queue === undefined || queue.depth + queue.workingCount === 0;
      });
    while (!isIdle() && clock.steadyNow() < limitMs) await sleep(firstPollMs, { clock, signal });
  }

  async #resync(clock: Clock, signal: AbortSignal): Promise<void> {
    for (;;) {
      await pause(resyncEveryMs, { clock, signal });
      if (signal.aborted) return;
      this.#enqueueAll();
    }
  }
}
