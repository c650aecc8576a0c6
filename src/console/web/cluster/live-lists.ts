/**
 * One list and watch for each resource and place, however many parts of the page look at it; its state is an entry of the cache of
 * TanStack Query. It goes on for a while after the last part has gone, so that going back and forth reads nothing again.
 */
import type { QueryClient, QueryKey } from '@tanstack/react-query';
import type { Connection, Query } from './connection.ts';
import { listWatch } from './list-watch.ts';
import { applyWrite, emptyLiveList, troubleOf, type LiveList, type WatchEvent } from './live-list.ts';
import type { ClusterObject, Place, Resource, ResourceName } from './object.ts';
import { sleep } from './sleep.ts';

const lingerMs = 60_000;

interface Running {
  holders: number;
  readonly abort: AbortController;
  linger?: ReturnType<typeof setTimeout>;
}

/** idle: nothing is looked at · connecting: something was not read yet · failing: the API server answers with an error. */
export type Liveness = 'idle' | 'connecting' | 'live' | 'offline' | 'failing';

export class LiveLists {
  readonly #queries: QueryClient;
  /** By the text of the key; an entry is here exactly as long as its watch runs. */
  readonly #running = new Map<string, Running>();

  constructor(queries: QueryClient) {
    this.#queries = queries;
  }

  /** Begins the watch, or joins it. Call what comes back when it is not looked at any more. */
  hold<T extends ClusterObject>(connection: Connection, resource: Resource<T>, place: Place, query: Query): () => void {
    const key = liveKey(connection.context, resource, place, query);
    const text = JSON.stringify(key);
    const running = this.#running.get(text) ?? this.#start(connection, resource, place, query);
    this.#running.set(text, running);
    running.holders += 1;
    clearTimeout(running.linger);
    return () => {
      running.holders -= 1;
      if (running.holders > 0) return;
      running.linger = setTimeout(() => {
        running.abort.abort();
        this.#running.delete(text);
        this.#queries.removeQueries({ queryKey: key, exact: true });
      }, lingerMs);
    };
  }

  /** The answer of a write, put in before the list or the watch brings it. */
  apply<T extends ClusterObject>(
    { context }: Connection,
    resource: Resource<T>,
    namespace: string,
    event: WatchEvent<T>,
  ): void {
    const key = liveKey(context, resource, { namespace }, {});
    if (!this.#running.has(JSON.stringify(key))) return;
    this.#queries.setQueryData<LiveList<T>>(key, (state = emptyLiveList<T>()) =>
      applyWrite(state, { ...event, object: resource.keep(event.object) }),
    );
  }

  /** Of what is looked at now. */
  get liveness(): Liveness {
    const lists = [...this.#running]
      .filter(([, { holders }]) => holders > 0)
      .map(([text]) => this.#queries.getQueryData<LiveList<ClusterObject>>(JSON.parse(text) as QueryKey));
    if (lists.length === 0) return 'idle';
    const troubles = lists.map((list) => list && troubleOf(list));
    if (troubles.includes('offline')) return 'offline';
    if (troubles.includes('failing')) return 'failing';
    return lists.every((list) => list === undefined || list.phase === 'loading') ? 'connecting' : 'live';
  }

  /** Ends all of it: the session is another's now. */
  clear(): void {
    for (const { abort, linger } of this.#running.values()) {
      clearTimeout(linger);
      abort.abort();
    }
    this.#running.clear();
    this.#queries.removeQueries({ queryKey: ['live'] });
  }

  #start<T extends ClusterObject>(connection: Connection, resource: Resource<T>, place: Place, query: Query): Running {
    const key = liveKey(connection.context, resource, place, query);
    const abort = new AbortController();
    void listWatch({
      connection,
      resource,
      place,
      query,
      sleep,
      signal: abort.signal,
      state: () => this.#queries.getQueryData<LiveList<T>>(key) ?? emptyLiveList<T>(),
      onState: (state) => {
        if (!abort.signal.aborted) this.#queries.setQueryData(key, state);
      },
    });
    return { holders: 0, abort };
  }
}

export function liveKey(context: string, { group, plural }: ResourceName, place: Place, query: Query): QueryKey {
  return ['live', context, group, plural, place.namespace ?? '', query];
}
