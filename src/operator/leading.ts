/** What a replica does while it leads: controllers over every key there is, and a slow look at all of them now and then. */
import { sleep, systemClock, type Controller, type Logger, type Metrics, type Reflecting } from '../kernel/index.ts';
import type { OperatorConfig } from './config.ts';
import {
  allKeys,
  controllerNames,
  reconcilersOf,
  startCause,
  type ControllerName,
  type WiringDependencies,
} from './wiring.ts';

export type Controllers = Readonly<Record<ControllerName, Controller>>;

export interface LeadingOptions {
  readonly deps: WiringDependencies;
  readonly config: OperatorConfig;
  readonly metrics: Metrics;
  readonly log: Logger;
  readonly reflectors: readonly Reflecting[];
  /** Told of the controllers that keys go to, and of their end. */
  readonly onControllers: (controllers: Controllers | undefined) => void;
}

/** How often every object is looked at without a reason, in the lane behind all changes. Nothing is written when nothing differs. */
const resyncEveryMs = 600_000;
/** How often it is looked whether the first sealing key is there; it takes some milliseconds to make. */
const keyPollMs = 20;

/** Runs until `signal` is aborted and the reconciles under way have ended. */
export async function lead(options: LeadingOptions, signal: AbortSignal): Promise<void> {
  const { deps, log, onControllers } = options;
  log.info('this replica leads');
  await untilAborted(Promise.all(options.reflectors.map((reflector) => reflector.whenSynced())), signal);
  const controllers = controllersOf(options);
  const enqueueAll = (): void => {
    for (const name of controllerNames) {
      for (const key of allKeys(name, deps.watched)) controllers[name].queue.add(key, startCause);
    }
  };
  onControllers(controllers);
  try {
    // Nothing can be opened before there is a key, so the keys come first.
    const runs = [controllers['sealing-keys'].run(signal)];
    enqueueAll();
    while (!deps.sealingKeys.isReady) await sleep(keyPollMs, { clock: systemClock, signal });
    log.info('all watches are synced; controllers run');
    for (const name of controllerNames) if (name !== 'sealing-keys') runs.push(controllers[name].run(signal));
    void resync(enqueueAll, signal);
    await Promise.all(runs);
  } finally {
    onControllers(undefined);
  }
}

function controllersOf({ deps, config, metrics, log }: LeadingOptions): Controllers {
  const reconcilers = reconcilersOf(deps);
  const make = (name: ControllerName): Controller =>
    metrics.controller({
      name,
      concurrency: name === 'sealing-keys' ? 1 : config.concurrency,
      reconcile: reconcilers[name],
      onError: (error, { key }, reconcileId) => {
        log.error({ error, controller: name, object: key, reconcileId }, 'reconcile failed; it is tried again');
      },
    });
  return Object.fromEntries(controllerNames.map((name) => [name, make(name)])) as Controllers;
}

async function resync(enqueueAll: () => void, signal: AbortSignal): Promise<void> {
  try {
    for (;;) {
      await sleep(resyncEveryMs, { clock: systemClock, signal });
      enqueueAll();
    }
  } catch {
    // Aborted: leading is over.
  }
}

function untilAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const stop = (): void => reject(signal.reason as Error);
    if (signal.aborted) stop();
    signal.addEventListener('abort', stop, { once: true });
    void work.then(resolve, reject).finally(() => signal.removeEventListener('abort', stop));
  });
}
