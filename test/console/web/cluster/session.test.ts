/** The session as the console's server reports it. */
import { afterEach, expect, test } from 'vitest';
import type { Mode } from '../../../../src/console/contract.ts';
import { clusterNow, hearTime } from '../../../../src/console/web/cluster/cluster-clock.ts';
import { readSession } from '../../../../src/console/web/cluster/session.ts';

const { fetch } = globalThis;
const hourMs = 3_600_000;

/** By a server whose clock is that far ahead. */
function answerWith(mode: Mode, aheadMs: number): void {
  const date = new Date(Date.now() + aheadMs).toUTCString();
  const answer = { user: { name: 'alice', groups: [] }, mode, context: 'cluster', contexts: ['cluster'] };
  globalThis.fetch = () => Promise.resolve(Response.json(answer, { headers: { date } }));
}

afterEach(() => {
  globalThis.fetch = fetch;
  hearTime(new Date().toUTCString(), Date.now());
});

test('the time of a local console, which is that of the same machine, says nothing', async () => {
  answerWith('local', hourMs);
  expect(await readSession(undefined)).toMatchObject({ isIn: true, session: { mode: 'local' } });
  expect(Math.abs(clusterNow() - Date.now())).toBeLessThan(5_000);
});

test('the answer sets the time right, before anything of the cluster was read', async () => {
  answerWith('cluster', hourMs);
  expect(await readSession(undefined)).toMatchObject({ isIn: true, session: { mode: 'cluster' } });
  expect(Math.abs(clusterNow() - Date.now() - hourMs)).toBeLessThan(5_000);
});
