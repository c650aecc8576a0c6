/** Lists that the page looks at, and the answers of writes in them. */
import { QueryClient } from '@tanstack/react-query';
import { expect, test } from 'vitest';
import '../../../support/console/english.ts';
import { until } from '../../../support/until.ts';
import type { Connection, ListPage } from '../../../../src/console/web/cluster/connection.ts';
import type { LiveList } from '../../../../src/console/web/cluster/live-list.ts';
import { liveKey, LiveLists } from '../../../../src/console/web/cluster/live-lists.ts';
import { neuroJobs } from '../../../../src/console/web/cluster/object.ts';
import type { NeuroJob } from '../../../../src/api/index.ts';

const place = { namespace: 'alice' };
const job = (name: string): NeuroJob => ({
  ...{ apiVersion: 'neu.ro/v1', kind: 'NeuroJob', spec: { image: 'x' } },
  metadata: { ...place, name, uid: name, resourceVersion: '1' },
});

test('an object that is deleted before the first page of its list has come does not appear with it', async () => {
  const queries = new QueryClient();
  const lists = new LiveLists(queries);
  const { promise: page, resolve: answer } = Promise.withResolvers<ListPage<NeuroJob>>();
  const connection = {
    context: 'c',
    silentAfterMs: 60_000,
    page: () => page,
    // Nothing comes.
    stream: () => new Promise(() => undefined),
  } as Partial<Connection> as Connection;
  lists.hold(connection, neuroJobs, place, {});
  lists.apply(connection, neuroJobs, 'alice', { type: 'DELETED', object: job('gone') });
  answer({ items: [job('gone'), job('here')], resourceVersion: '2' });
  const state = (): LiveList<NeuroJob> | undefined => queries.getQueryData(liveKey('c', neuroJobs, place, {}));
  await until(() => state()?.phase === 'live', 'the list is read');
  expect([...(state()?.objects.keys() ?? [])]).toEqual(['alice/here']);
  lists.clear();
});
