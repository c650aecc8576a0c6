/** The session as the console's server reports it. */
import { afterEach, expect, test } from '@jest/globals';
import { clusterNow } from '../../../../src/console/web/cluster/cluster-clock.ts';
import { readSession } from '../../../../src/console/web/cluster/session.ts';

const { fetch } = globalThis;
const hourMs = 3_600_000;

afterEach(() => {
  globalThis.fetch = fetch;
});

test('the answer sets the time right, before anything of the cluster was read', async () => {
  const date = new Date(Date.now() + hourMs).toUTCString();
  const answer = { user: { name: 'alice', groups: [] }, mode: 'cluster', context: 'cluster', contexts: ['cluster'] };
  globalThis.fetch = () => Promise.resolve(Response.json(answer, { headers: { date } }));
  expect(await readSession(undefined)).toMatchObject({ isIn: true, session: answer });
  expect(Math.abs(clusterNow() - Date.now() - hourMs)).toBeLessThan(5_000);
});
