/** When a token is renewed, by the clocks of the machine. */
import { expect, test } from 'vitest';
import { ConsoleError } from '../../../src/console/server/errors.ts';
import type { OidcProvider, Tokens } from '../../../src/console/server/login/oidc-provider.ts';
import type { SessionData } from '../../../src/console/server/sessions/session-cookie.ts';
import { TokenRefresh } from '../../../src/console/server/sessions/token-refresh.ts';
import { ManualClock, settle } from '../../support/manual-clock.ts';

const sessionOf = (clock: ManualClock, user: string, id: string): SessionData => ({
  ...{ id, csrf: 'csrf', user, way: 'oidc', generation: 0, token: 'token', refreshToken: `${user} ${id}` },
  ...{ startedAt: clock.now(), tokenGivenAt: clock.now() },
  ...{ tokenExpiresAt: clock.now() + 200_000, endsAt: clock.now() + 3_600_000 },
});

test('a user with many sessions has four renewals at once, and another user does not wait behind them', async () => {
  const clock = new ManualClock();
  const asked: string[] = [];
  const ends: (() => void)[] = [];
  const slow = (refreshToken: string): Promise<Tokens> => {
    asked.push(refreshToken.split(' ')[0] ?? '');
    return new Promise((resolve) => ends.push(() => resolve({ idToken: 'renewed', refreshToken })));
  };
  const refresh = new TokenRefresh({ clock, provider: { refresh: slow } as Partial<OidcProvider> as OidcProvider });
  const sessions = Array.from({ length: 20 }, (_, index) => sessionOf(clock, 'mallory', String(index)));
  const other = sessionOf(clock, 'alice', 'one');
  await clock.advance(160_000);
  const renewals = [...sessions, other].map((session) => refresh.current(session));
  await settle();
  expect(asked).toEqual([...Array.from({ length: 4 }, () => 'mallory'), 'alice']);
  while (asked.length < 21 || ends.length > 0) {
    for (const end of ends.splice(0)) end();
    await settle();
  }
  expect((await Promise.all(renewals)).every(({ token }) => token === 'renewed')).toBe(true);
});

test.each(['ProviderUnreachable', 'SessionExpired'] as const)(
  'a token that has expired and is not renewed ends the session, and the error keeps %s as its cause',
  async (code) => {
    const clock = new ManualClock();
    const cause = new ConsoleError(code, 'why');
    const provider = { refresh: () => Promise.reject(cause) } as Partial<OidcProvider> as OidcProvider;
    const refresh = new TokenRefresh({ clock, provider });
    const session = sessionOf(clock, 'alice', 'one');
    await clock.advance(200_001);
    await expect(refresh.current(session)).rejects.toMatchObject({ code: 'SessionExpired', cause });
  },
);

test('a provider that is away is asked again after five seconds, whatever the wall clock says meanwhile', async () => {
  const clock = new ManualClock();
  let asked = 0;
  const away = (): Promise<never> => {
    asked += 1;
    return Promise.reject(new ConsoleError('ProviderUnreachable', 'away'));
  };
  const refresh = new TokenRefresh({ clock, provider: { refresh: away } as Partial<OidcProvider> as OidcProvider });
  const session = sessionOf(clock, 'alice', 'one');
  await clock.advance(160_000);
  const askedAfter = async (step: () => unknown): Promise<number> => {
    await step();
    await refresh.current(session);
    return asked;
  };
  expect(await askedAfter(() => undefined)).toBe(1);
  expect(await askedAfter(() => clock.jump(10_000))).toBe(1);
  expect(await askedAfter(() => clock.jump(-15_000))).toBe(1);
  expect(await askedAfter(() => clock.advance(5_001))).toBe(2);
});
