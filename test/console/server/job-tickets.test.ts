/** Tickets for the pages of jobs: how many one user may use, and what becomes of one when nobody can say whether it was used. */
import { expect, test } from 'vitest';
import { labelOf } from '../../../src/console/server/opened/job-origin.ts';
import { JobTickets, maxUsed, maxUsedOfUser } from '../../../src/console/server/opened/job-tickets.ts';
import { randomSessionKeys } from '../../../src/console/server/sessions/session-keys.ts';
import { ManualClock } from '../../support/manual-clock.ts';

const place = { context: 'cluster', namespace: 'alice', name: 'notebook', uid: 'uid-1' };
const opened = { place, carried: 'session' };
const rest = { keys: randomSessionKeys(), style: { isSecure: true }, cookieName: 'opened' };

test('a user who opens too many jobs in half a minute has to wait, and another user does not', async () => {
  const clock = new ManualClock();
  const tickets = new JobTickets({ ...rest, clock });
  const open = async (user: string): Promise<unknown> =>
    tickets.redeem(await tickets.issue(opened, user), labelOf(place));
  for (let count = 0; count < maxUsedOfUser; count += 1) expect(await open('alice')).toEqual(opened);
  await expect(open('alice')).rejects.toMatchObject({ code: 'TooManyRequests' });
  expect(await open('bob')).toEqual(opened);
  await clock.advance(30_000);
  expect(await open('alice')).toEqual(opened);
});

test('users who together open as many jobs as they can leave room for the next one', async () => {
  const tickets = new JobTickets({ ...rest, clock: new ManualClock() });
  const open = async (user: string): Promise<unknown> =>
    tickets
      .redeem(await tickets.issue(opened, user), labelOf(place))
      .catch((error: unknown) => (error as { readonly code: string }).code);
  let refused = 0;
  for (let count = 0; count < maxUsed; count += 1)
    if ((await open(`mallory-${String(count % 30)}`)) === 'TooManyRequests') refused += 1;
  expect(refused).toBeGreaterThan(0);
  for (let count = 0; count < 30; count += 1) expect(await open('alice')).toEqual(opened);
});

test('a ticket whose use could not be recorded is good for another try, once', async () => {
  const answers = [() => Promise.reject(new Error('no record')), () => Promise.resolve(true)];
  const claim = (): Promise<boolean> => answers.shift()?.() ?? Promise.resolve(false);
  const tickets = new JobTickets({ ...rest, clock: new ManualClock(), claim });
  const ticket = await tickets.issue(opened, 'alice');
  await expect(tickets.redeem(ticket, labelOf(place))).rejects.toThrow('no record');
  expect(await tickets.redeem(ticket, labelOf(place))).toEqual(opened);
  expect(await tickets.redeem(ticket, labelOf(place))).toBeUndefined();
});
