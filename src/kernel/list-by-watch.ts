/**
 * All objects of a kind from a watch that begins with them, in pieces as `KubeClient.list` returns them. For each page of a list the API server
 * goes over all objects that are left, so a list of hundreds of thousands costs it minutes; a watch costs as much as there are objects.
 *
 * Rejects with `Invalid` where the API server does not offer this, and with `Network` where the watch ends early, as it does if objects change
 * faster than they are read. Only the last piece says what moment it shows.
 */
import { pageLimit, type KubeClient, type ListOptions, type ListPage } from './client.ts';
import type { Clock } from './clock.ts';
import { KernelError } from './errors.ts';
import type { KubeObject } from './objects.ts';
import { pathOf, type ResourceType } from './resource-type.ts';
import { isEndOfInitialEvents, watchEvents } from './watch-stream.ts';

/** Until the API server ends the watch. */
const timeoutSeconds = 600;

interface ListByWatchOptions extends ListOptions {
  readonly client: Pick<KubeClient, 'watch'>;
  readonly clock: Clock;
  readonly silenceMs: number;
}

export async function* listByWatch<T extends KubeObject>(
  type: ResourceType<T>,
  { client, clock, silenceMs, ...options }: ListByWatchOptions,
): AsyncGenerator<ListPage<T>> {
  const path = pathOf(type, { namespace: options.namespace });
  const body = await client.watch(type, { ...options, resourceVersion: undefined, timeoutSeconds });
  let items: T[] = [];
  for await (const event of watchEvents<T>(body, { path, clock, silenceMs, confidential: type.confidential })) {
    if (isEndOfInitialEvents(event)) {
      yield { items, resourceVersion: event.object.metadata.resourceVersion ?? '' };
      return;
    }
    if (event.type === 'BOOKMARK') break;
    if (event.type === 'DELETED') continue;
    items.push(event.object);
    if (items.length < pageLimit) continue;
    yield { items, resourceVersion: '' };
    items = [];
  }
  throw endedEarly(path);
}

/** The error for a watch that has ended, or goes on, without having said that it has sent every object. */
export function endedEarly(path: string): KernelError {
  return new KernelError('Network', `watching ${path}: the watch did not send all objects that exist`);
}
