/**
 * Makes sure that a quiet watch gets its first bookmark in time, so that silence means a dead connection.
 *
 * The API server sends a bookmark to a watch only when its cache is past the version from which the watch began. For a kind that nobody
 * changes, the cache learns later versions only from etcd's progress reports, which come every ten minutes by default, or when it has to
 * serve a list that is up to date. Measured on 1.36: the first bookmark of such a watch came after 120 s, and after 60 s with such a list.
 * Not promised: a bookmark. A list that fails is not tried again: the limit of silence decides.
 */
import type { KubeClient, ListOptions } from './client.ts';
import type { Clock } from './clock.ts';
import type { ResourceType } from './resource-type.ts';

/** Before the minute at which the API server looks whether a bookmark is due, and so late that most watches have had an event. */
const latestMs = 45_000;

interface FirstBookmarkOptions extends ListOptions {
  readonly client: Pick<KubeClient, 'catchUp'>;
  readonly type: ResourceType;
  readonly clock: Clock;
  readonly random: () => number;
  readonly signal: AbortSignal;
}

/** Call it when the watch is open, and call what it returns at the first event or bookmark, or when the watch has ended. */
export function awaitFirstBookmark(options: FirstBookmarkOptions): () => void {
  const { client, type, clock, random } = options;
  const ask = (): void => {
    client.catchUp(type, options).catch(() => undefined);
  };
  // Many watches begin together.
  return clock.schedule(ask, latestMs * (0.5 + random() / 2));
}
