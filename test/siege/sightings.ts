/** What watches show, and when. An expectation that nothing meets within `longestWaitMs` ends as long as that after its beginning. */
import { setTimeout as sleep } from 'node:timers/promises';
import { systemClock, watchEvents, type KubeObject, type Transport } from '../../src/kernel/index.ts';

const longestWaitMs = 60_000;
const silenceMs = 120_000;
const retryMs = 100;

export class Sightings {
  readonly #expected = new Map<string, (endMs: number) => void>();
  readonly #stopping = new AbortController();
  readonly #watches: Promise<void>[] = [];
  readonly #transport: Transport;

  constructor(transport: Transport) {
    this.#transport = transport;
  }

  /** `marksOf`: what an object meets, by name. */
  watch(path: string, marksOf: (object: KubeObject) => readonly string[]): void {
    this.#watches.push(this.#watch(path, marksOf));
  }

  /** When something meets the mark; at the latest `longestWaitMs` after `startMs`. */
  async until(mark: string, startMs: number): Promise<number> {
    const endMs = await new Promise<number>((resolve) => {
      this.#expected.set(mark, resolve);
      setTimeout(() => resolve(startMs + longestWaitMs), startMs + longestWaitMs - performance.now()).unref();
    });
    this.#expected.delete(mark);
    return Math.min(endMs, startMs + longestWaitMs);
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    await Promise.all(this.#watches);
  }

  async #watch(path: string, marksOf: (object: KubeObject) => readonly string[]): Promise<void> {
    const { signal } = this.#stopping;
    while (!signal.aborted) {
      try {
        const query = { watch: true, allowWatchBookmarks: true };
        const body = await this.#transport.stream({ method: 'GET', path, query, signal });
        for await (const { type, object } of watchEvents<KubeObject>(body, { path, clock: systemClock, silenceMs }))
          if (type !== 'BOOKMARK') for (const mark of marksOf(object)) this.#expected.get(mark)?.(performance.now());
      } catch {
        await sleep(retryMs, undefined, { signal }).catch(() => undefined);
      }
    }
  }
}
