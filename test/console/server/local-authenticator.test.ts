import { afterEach, beforeEach, expect, test } from 'vitest';
import Fastify from 'fastify';
import { KernelError, type Credentials } from '../../../src/kernel/index.ts';
import { LocalAuthenticator } from '../../../src/console/server/login/local-authenticator.ts';
import { Upstreams } from '../../../src/console/server/proxy/upstream.ts';
import type { UserSession } from '../../../src/console/server/sessions/authenticator.ts';
import { OpenStreams } from '../../../src/console/server/sessions/open-streams.ts';
import { ManualClock } from '../../support/manual-clock.ts';

const good: Credentials = { headers: { authorization: 'Bearer some' }, tls: {} };

let upstreams: Upstreams;
let session: UserSession;
let clock: ManualClock;
let credentials: () => Promise<Credentials>;

beforeEach(async () => {
  upstreams = new Upstreams();
  clock = new ManualClock();
  const access = {
    server: 'https://127.0.0.1:6443',
    namespace: 'default',
    clusterName: 'one',
    credentials: () => credentials(),
  };
  const authenticator = new LocalAuthenticator({
    contexts: {
      names: ['one'],
      current: 'one',
      namespaceOf: () => undefined,
      access: () => Promise.resolve(access),
    },
    upstreams,
    streams: new OpenStreams({ maxStreams: 1, maxStreamsOfUser: 1 }),
    clock,
    port: 1,
  });
  session = await logIn(authenticator);
});
afterEach(() => upstreams.close());

async function logIn(authenticator: LocalAuthenticator): Promise<UserSession> {
  const app = Fastify();
  authenticator.addRoutes(app);
  const { cookies } = await app.inject(`/?token=${authenticator.tickets.issue()}`);
  const found = await authenticator.authenticate(Object.fromEntries(cookies.map(({ name, value }) => [name, value])));
  if (found === undefined) throw new Error('the ticket gives no session');
  return found.session;
}

test.each<[string, () => Promise<Credentials>, string]>([
  ['a login that is over', () => Promise.reject(new KernelError('Unauthorized', 'expired')), 'SessionExpired'],
  [
    'a provider of logins that gives no answer',
    () => Promise.reject(new KernelError('Network', 'away')),
    'ProviderUnreachable',
  ],
  [
    'a proxy that cannot be used',
    () => Promise.reject(new KernelError('BadRequest', 'the variable')),
    'ContextUnknown',
  ],
  [
    'a certificate that is none',
    () => Promise.resolve({ ...good, tls: { cert: '-----BEGIN CERTIFICATE-----\nhalf' } }),
    'ApiServerUnreachable',
  ],
])('%s is named by each request, and the kubeconfig is read again for the next', async (_case, broken, code) => {
  credentials = broken;
  for (let round = 0; round < 2; round += 1)
    await expect(session.credentials('one')).rejects.toMatchObject({ name: 'ConsoleError', code });
  credentials = () => Promise.resolve(good);
  await expect(session.credentials('one')).resolves.toMatchObject({ headers: good.headers });
});

test('the kubeconfig is read again in time, also when the clock of the machine was set back', async () => {
  credentials = () => Promise.resolve(good);
  await session.credentials('one');
  clock.jump(-3_600_000);
  const renewed = { ...good, headers: { authorization: 'Bearer another' } };
  credentials = () => Promise.resolve(renewed);
  await clock.advance(30_001);
  await expect(session.credentials('one')).resolves.toMatchObject({ headers: renewed.headers });
});
