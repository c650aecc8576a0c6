/** A list in pages, and the watch after it. */
import { expect, test } from 'vitest';
import '../../../support/console/english.ts';
import { ClusterError } from '../../../../src/console/web/cluster/errors.ts';
import type { ListPage } from '../../../../src/console/web/cluster/connection.ts';
import { listWatch } from '../../../../src/console/web/cluster/list-watch.ts';
import { applyEvents, emptyLiveList, type LiveList } from '../../../../src/console/web/cluster/live-list.ts';
import type { ClusterObject, Resource } from '../../../../src/console/web/cluster/object.ts';

const object = (name: string, resourceVersion: string): ClusterObject => ({
  metadata: { name, namespace: 'alice', uid: name, resourceVersion },
});
const resource: Resource<ClusterObject> = {
  ...{ group: 'neu.ro', version: 'v1', plural: 'usersecrets', kind: 'UserSecret', namespaced: true },
  keep: (kept) => kept,
};
const page = (name: string, version: string, continueToken?: string): ListPage<ClusterObject> => ({
  items: [object(name, version)],
  resourceVersion: '10',
  ...(continueToken === undefined ? {} : { continueToken }),
});

type Answer = () => Promise<ListPage<ClusterObject>>;

/** Lists with these answers, one for each page, and then watches what `events` says. */
async function listed(answers: readonly Answer[], events = ''): Promise<readonly LiveList<ClusterObject>[]> {
  const abort = new AbortController();
  const states: LiveList<ClusterObject>[] = [];
  const rest = [...answers];
  const shared = { state: emptyLiveList<ClusterObject>() };
  await listWatch({
    connection: {
      page: (() => rest.shift()?.() ?? Promise.reject(new ClusterError('other', 'no more pages'))) as never,
      stream: (async (): Promise<AsyncIterable<string>> => {
        await Promise.resolve();
        return (async function* () {
          await Promise.resolve();
          yield events;
          abort.abort();
        })();
      }) as never,
      silentAfterMs: 60_000,
    },
    resource,
    place: { namespace: 'alice' },
    signal: abort.signal,
    state: () => shared.state,
    onState: (state) => {
      // As a write does whose answer comes between two pages.
      shared.state =
        state.objects.size === 1 && state.phase === 'loading'
          ? applyEvents(state, [{ type: 'ADDED', object: object('written', '12') }])
          : state;
      states.push(shared.state);
    },
    sleep: () => Promise.resolve(),
  });
  return states;
}
const names = ({ phase, objects }: LiveList<ClusterObject>): readonly unknown[] => [
  phase,
  [...objects.values()].map(({ metadata }) => metadata.name).sort(),
];

test('shows the first page before the last one is read; what is written meanwhile, and what the watch brings, is in it', async () => {
  const states = await listed(
    [
      () => Promise.resolve(page('a', '1', 'more')),
      () => Promise.resolve(page('b', '2', 'still more')),
      () => Promise.resolve(page('c', '3')),
    ],
    `${JSON.stringify({ type: 'DELETED', object: object('a', '13') })}\n`,
  );
  expect(states.map(names)).toEqual([
    ['loading', ['a', 'written']],
    ['loading', ['a', 'b', 'written']],
    ['live', ['a', 'b', 'c', 'written']],
    ['live', ['b', 'c', 'written']],
  ]);
});

const expired = (): Promise<never> =>
  Promise.reject(new ClusterError('expired', 'The continue token has expired.', { status: 410 }));

test('a list whose token expires between two pages begins again without a word, and what has gone meanwhile goes', async () => {
  const states = await listed([
    () => Promise.resolve(page('a', '1', 'more')),
    expired,
    () => Promise.resolve(page('b', '2')),
  ]);
  expect(states.map(names)).toEqual([
    ['loading', ['a', 'written']],
    ['live', ['b', 'written']],
  ]);
});

test('a list whose token expires each time is reported', async () => {
  const first = (): Promise<ListPage<ClusterObject>> => Promise.resolve(page('a', '1', 'more'));
  const states = await listed([first, expired, first, expired, () => Promise.resolve(page('b', '2'))]);
  expect(states.map(({ phase }) => phase)).toEqual(['loading', 'loading', 'offline', 'live']);
});
