/** When a token is renewed, by the clocks of the machine. */
import { expect, test } from 'vitest';
import { ConsoleError } from '../../../src/console/server/errors.ts';
import type { OidcProvider } from '../../../src/console/server/login/oidc-provider.ts';
import type { SessionData } from '../../../src/console/server/sessions/session-cookie.ts';
import { TokenRefresh } from '../../../src/console/server/sessions/token-refresh.ts';
import { ManualClock } from '../../support/manual-clock.ts';

test('a provider that is away is asked again after five seconds, whatever the wall clock says meanwhile', async () => {
  const clock = new ManualClock();
  let asked = 0;
  const away = (): Promise<never> => {
    asked += 1;
    return Promise.reject(new ConsoleError('ProviderUnreachable', 'away'));
  };
  const refresh = new TokenRefresh({ clock, provider: { refresh: away } as Partial<OidcProvider> as OidcProvider });
  const session: SessionData = {
    ...{ id: 'one', csrf: 'csrf', user: 'alice', way: 'oidc', generation: 0, token: 'token', refreshToken: 'refresh' },
    ...{ startedAt: clock.now(), tokenGivenAt: clock.now() },
    ...{ tokenExpiresAt: clock.now() + 200_000, endsAt: clock.now() + 3_600_000 },
  };
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
