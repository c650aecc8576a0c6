/**
 * Watches one kind at the API server, from now on, and tells when each event arrived here. What it sees is what any client sees.
 *
 * Promises: a watch that ends or breaks goes on where it was; where it cannot, because the API server does not have the events any more,
 * those that wait are told at once, and so they are when it is closed. The benchmark measures; it never waits for what it has missed.
 */
import { setTimeout as pause } from 'node:timers/promises';
import {
  isKernelError,
  keyOf,
  KubeClient,
  loadAccess,
  Transport,
  systemClock,
  watchEvents,
  type KubeObject,
  type ListOptions,
  type ObjectKey,
  type ResourceType,
  type WatchEvent,
  undiciHttp,
} from '../../../src/kernel/index.ts';

type Listener = (event: WatchEvent, key: ObjectKey, atMs: number) => void;

const watchSeconds = 3_600;
/** Between a watch that ended and the next one. */
const reopenMs = 100;

export interface ObjectWatch {
  onEvent(listener: Listener): void;
  /** Resolves with the time (`performance.now()`) at which an event for which `matches` holds arrives. */
  until(what: string, matches: (event: WatchEvent, key: ObjectKey) => boolean, timeoutMs?: number): Promise<number>;
  close(): Promise<void>;
}

export async function openWatch(
  kubeconfig: string,
  type: ResourceType,
  options: Pick<ListOptions, 'namespace' | 'labelSelector' | 'metadataOnly'> = {},
): Promise<ObjectWatch> {
  const transport = new Transport({
    access: await loadAccess({ kubeconfig }),
    http: undiciHttp,
    userAgent: 'neuro-bench',
  });
  const client = new KubeClient({ transport });
  const ended = new AbortController();
  const listeners = new Set<Listener>();
  let resourceVersion = '';
  for await (const page of client.list(type, { ...options, metadataOnly: true })) {
    resourceVersion = page.resourceVersion;
    break;
  }
  const { signal } = ended;
  const failed = Promise.withResolvers<never>();
  failed.promise.catch(() => undefined);
  const open = () => client.watch(type, { ...options, resourceVersion, timeoutSeconds: watchSeconds, signal });
  let body: Awaited<ReturnType<typeof open>> | undefined = await open();
  const reading = (async () => {
    while (!signal.aborted) {
      try {
        const watch = { path: type.plural, clock: systemClock, silenceMs: watchSeconds * 1000 };
        for await (const event of watchEvents((body ??= await open()), watch)) {
          const atMs = performance.now();
          resourceVersion = event.object.metadata.resourceVersion ?? resourceVersion;
          if (event.type === 'BOOKMARK') continue;
          const key = keyOf(event.object.metadata);
          for (const listener of [...listeners]) listener(event, key, atMs);
        }
      } catch (error) {
        if (isKernelError(error, 'Gone')) {
          failed.reject(new Error('the watch missed events', { cause: error }));
          return;
        }
      }
      body = undefined;
      await pause(reopenMs, undefined, { signal }).catch(() => undefined);
    }
  })();
  return {
    onEvent: (listener) => listeners.add(listener),
    until: (what, matches, timeoutMs = 60_000) => {
      const seen = new Promise<number>((resolve, reject) => {
        const finish = (): void => {
          clearTimeout(timer);
          listeners.delete(listener);
        };
        const timer = setTimeout(() => {
          finish();
          reject(new Error(`waiting for ${what}: not seen within ${String(timeoutMs / 1000)} s`));
        }, timeoutMs);
        const listener: Listener = (event, key, atMs) => {
          if (!matches(event, key)) return;
          finish();
          resolve(atMs);
        };
        listeners.add(listener);
        failed.promise.catch((cause: unknown) => {
          finish();
          reject(
            new Error(`waiting for ${what}: ${cause instanceof Error ? cause.message : String(cause)}`, { cause }),
          );
        });
      });
      // A caller that has failed meanwhile no longer awaits it.
      seen.catch(() => undefined);
      return seen;
    },
    close: async () => {
      ended.abort();
      failed.reject(new Error('the watch was closed'));
      await reading;
      await transport.close();
    },
  };
}

/** What is slower does not work: a start over hundreds of thousands of objects is part of it. */
const slowestEachMs = 100;

/** Resolves with the time at which `count` different objects have had an event that `matches`. */
export function untilAll(
  watch: ObjectWatch,
  what: string,
  count: number,
  matches: (event: WatchEvent, key: ObjectKey) => boolean,
  timeoutMs = Math.max(300_000, count * slowestEachMs),
): Promise<number> {
  const seen = new Set<ObjectKey>();
  return watch.until(
    `${String(count)} ${what}`,
    (event, key) => {
      if (matches(event, key)) seen.add(key);
      return seen.size >= count;
    },
    timeoutMs,
  );
}

/** For a status condition of an object that came whole. */
export function hasCondition(object: KubeObject, type: string): boolean {
  const { status } = object as { status?: { conditions?: readonly { type: string; status: string }[] } };
  return status?.conditions?.some((condition) => condition.type === type && condition.status === 'True') === true;
}
