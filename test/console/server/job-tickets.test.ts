/** Ways into the pages of jobs: how many one user may take. */
import { expect, test } from '@jest/globals';
import { labelOf } from '../../../src/console/server/opened/job-origin.ts';
import { JobTickets, maxUsedOfUser } from '../../../src/console/server/opened/job-tickets.ts';
import { randomSessionKeys } from '../../../src/console/server/sessions/session-keys.ts';
import { ManualClock } from '../../support/manual-clock.ts';

const place = { context: 'team', namespace: 'alice', name: 'notebook', uid: 'uid-1' };

test('a user who opens too many jobs in half a minute has to wait, and another user does not', async () => {
  const clock = new ManualClock();
  const tickets = new JobTickets({
    keys: randomSessionKeys(),
    style: { isSecure: true },
    cookieName: 'neuro-opened',
    clock,
  });
  const open = async (user: string): Promise<unknown> =>
    tickets.redeem(await tickets.issue({ place, carried: 'session' }, user), labelOf(place));
  for (let count = 0; count < maxUsedOfUser; count += 1)
    expect(await open('alice')).toEqual({ place, carried: 'session' });
  await expect(open('alice')).rejects.toMatchObject({ code: 'TooManyRequests' });
  expect(await open('bob')).toBeDefined();
  await clock.advance(30_000);
  expect(await open('alice')).toBeDefined();
});
