import type { PassThrough } from 'node:stream';
import { expect, test } from 'vitest';
import type { Connection } from '../../../src/cli/connect/connection.ts';
import { neuroJobs } from '../../../src/cli/connect/kinds.ts';
import { untilGone } from '../../../src/cli/connect/until-gone.ts';
import { KubeClient } from '../../../src/kernel/index.ts';
import { until } from '../../support/until.ts';
import { ManualClock } from '../../support/manual-clock.ts';
import { InProcessTransport } from '../../support/in-process-transport.ts';
import { ModelApi } from '../../support/model-api.ts';

const target = { namespace: 'alice', name: 'report' };

/** A deleted job that something still keeps, and what is called when a watch is opened. */
function world(onWatch: (model: ModelApi, body: PassThrough) => void) {
  const model = new ModelApi();
  const { uid } = model.put(neuroJobs, { metadata: { ...target, finalizers: ['example.com/keep'] } }).metadata;
  const transport = new InProcessTransport({ model, onWatch: (body) => onWatch(model, body) });
  const connection = { client: new KubeClient({ transport }) } as unknown as Connection;
  const clock = new ManualClock();
  return { transport, clock, done: untilGone(connection, neuroJobs, { ...target, uid: uid ?? '' }, clock) };
}

test('sees the end of the object by a watch of its name alone', async () => {
  const { transport, done } = world((model) => model.remove(neuroJobs, target));
  await done;
  expect(transport.requests.map(({ query }) => query?.['watch'] ?? false)).toEqual([false, true]);
  expect(transport.requests[1]?.query).toMatchObject({ fieldSelector: 'metadata.name=report' });
});

test('looks again a second after a watch that ended without it', async () => {
  let watches = 0;
  const { transport, clock, done } = world((model, body) => {
    watches += 1;
    if (watches === 1) body.end();
    else model.remove(neuroJobs, target);
  });
  await until(() => watches === 1, 'the first watch');
  await clock.advance(999);
  expect(transport.requests).toHaveLength(2);
  await clock.advance(1);
  await done;
  expect(transport.requests.map(({ query }) => query?.['watch'] ?? false)).toEqual([false, true, false, true]);
});

test('an object that has taken the name is another', async () => {
  const { transport, done } = world((model) => {
    model.remove(neuroJobs, target);
    model.put(neuroJobs, { metadata: target });
  });
  await done;
  expect(transport.requests).toHaveLength(2);
});
