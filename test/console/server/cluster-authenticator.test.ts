import { expect, test } from 'vitest';
import { ClusterAuthenticator } from '../../../src/console/server/login/cluster-authenticator.ts';
import { unreachable, type Upstream } from '../../../src/console/server/proxy/upstream.ts';
import { EndedInMemory } from '../../../src/console/server/sessions/ended-sessions.ts';
import { OpenStreams } from '../../../src/console/server/sessions/open-streams.ts';
import { randomSessionKeys } from '../../../src/console/server/sessions/session-keys.ts';
import { TokenRefresh } from '../../../src/console/server/sessions/token-refresh.ts';
import { ManualClock } from '../../support/manual-clock.ts';

/** An API server that gives no answer before the request is given up. */
const silent: Pick<Upstream, 'request'> = {
  request: ({ signal }) =>
    new Promise((_resolve, reject) => {
      signal?.addEventListener('abort', () => reject(unreachable(signal.reason)), { once: true });
    }),
};

test('a login waits fifteen seconds of the clock for the API server', async () => {
  const clock = new ManualClock();
  const authenticator = new ClusterAuthenticator({
    upstream: silent as Upstream,
    contextName: 'cluster',
    keys: randomSessionKeys(),
    style: { isSecure: true },
    clock,
    streams: new OpenStreams({ maxStreams: 1, maxStreamsOfUser: 1 }),
    ended: new EndedInMemory({ clock, maxSessionMs: 3_600_000 }),
    refresh: new TokenRefresh({ clock, provider: undefined }),
    provider: undefined,
    takesTokens: true,
    maxSessionMs: 3_600_000,
    publicUrl: 'https://console.test',
  });
  let failure: unknown;
  authenticator.logIn({ idToken: 'token' }, {}, 'token').catch((error: unknown) => (failure = error));
  await clock.advance(14_999);
  expect(failure).toBeUndefined();
  await clock.advance(1);
  expect(failure).toMatchObject({ code: 'ApiServerUnreachable' });
});
