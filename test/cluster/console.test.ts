/**
 * The console before a real API server, in both modes: people of an OpenID provider that the API server trusts, pasted tokens, rights that
 * end while streams are open, an API server that goes away. It has a cluster of its own, because of the provider's flags.
 */
import { randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { startLocalConsole, type LocalConsole, type RunningConsole } from '../../src/console/server/index.ts';
import { systemClock } from '../../src/kernel/index.ts';
import { askAt, cookieHeader, endOf, rawAt, type Answer } from '../console/server/cluster-world.ts';
import { buildHelmLimitMs, render } from '../support/helm.ts';
import { eventually, until } from '../support/until.ts';
import { consoleOnCluster, origin, canary, ours, ownerRules, type Person, type Rule } from './console-world.ts';

const {
  asAdmin,
  give,
  make,
  takeBack,
  startConsole,
  withCookie,
  logIn,
  logInByToken,
  ask,
  change,
  open,
  watching,
  tokenOf,
  log,
  provider,
  cluster,
  folder,
  logs,
} = consoleOnCluster();

let count = 0;
const newName = (): string => `s-${String(++count)}`;
const secretOf = (name: string): unknown => ({
  apiVersion: 'neu.ro/v1',
  kind: 'UserSecret',
  metadata: { name },
  spec: { value: canary },
});

describe('people of the provider', () => {
  test('are who the API server says, with their groups', async () => {
    provider().groups.set('alice', ['ml-team']);
    const { session } = await logIn('alice');
    expect(session).toMatchObject({ mode: 'cluster', contexts: ['cluster'], user: { name: 'alice' } });
    expect((session['user'] as { groups: string[] }).groups).toContain('ml-team');
  });

  test('see and change their own, and nothing of others', async () => {
    const [alice, bob] = [await logIn('alice'), await logIn('bob')];
    const created = await change(alice, 'POST', ours('cluster', 'alice', 'usersecrets'), secretOf(newName()));
    expect(created.status).toBe(201);
    const path = ours('cluster', 'alice', 'usersecrets');
    const seen = await Promise.all([alice, bob].map(({ cookie }) => ask(path, { cookie })));
    expect(seen.map(({ status }) => status)).toEqual([200, 403]);
    expect(seen[1]?.text).not.toContain(canary);
    expect((await ask(path)).status).toBe(401);
  });

  test('who cannot list namespaces get the answer of the API server', async () => {
    const bob = await logIn('bob');
    expect((await ask('/k8s/cluster/api/v1/namespaces', { cookie: bob.cookie })).json).toMatchObject({
      reason: 'Forbidden',
    });
  });

  test('see changes as they are made', async () => {
    const alice = await logIn('alice');
    const { lines, close } = await watching(ours('cluster', 'alice', 'usersecrets?watch=true'), alice.cookie);
    const name = newName();
    await change(alice, 'POST', ours('cluster', 'alice', 'usersecrets'), secretOf(name));
    await until(() => lines.some((line) => line.includes(`"name":"${name}"`)), 'it is seen');
    close();
  });
});

describe('a pasted token', () => {
  test('logs its owner in, also with what copying added', async () => {
    const answer = await logInByToken(`  Bearer ${await tokenOf('robot')}\n`);
    expect(answer.status).toBe(204);
    const { session } = await withCookie(cookieHeader(answer.cookies));
    expect(session['user']).toMatchObject({ name: 'system:serviceaccount:bob:robot' });
    expect(Date.parse(String(session['expiresAt']))).toBeLessThan(Date.now() + 700_000);
  });

  test.each(['', '        ', 'nonsense', 'eyJhbGciOiJub25lIn0.eyJzdWIiOiJhZG1pbiJ9.'])(
    'such as %j lets nobody in',
    async (token) => {
      const answer = await logInByToken(token);
      expect([answer.status, cookieHeader(answer.cookies)]).toEqual([401, '']);
    },
  );

  test('that is revoked ends its streams, though nothing moves in them', async () => {
    const answer = await logInByToken(await tokenOf('leaver'));
    await give('bob', 'leaver', 'system:serviceaccount:bob:leaver', ownerRules);
    const cookie = cookieHeader(answer.cookies);
    const { ended } = await watching(ours('cluster', 'bob', 'usersecrets?watch=true'), cookie);
    await asAdmin({ method: 'DELETE', path: '/api/v1/namespaces/bob/serviceaccounts/leaver' });
    expect(await ended).toMatchObject({ code: 4401 });
    expect((await ask('/api/session', { cookie })).status).toBe(401);
  });
});

describe('a log-out, with the rights that the chart gives', () => {
  const account = 'system:serviceaccount:neuro-system:neuro-console';
  let words: readonly string[];

  beforeAll(async () => {
    await make('/api/v1/namespaces', { metadata: { name: 'neuro-system' } });
    const objects = await render({
      console: { enabled: true, publicUrl: origin, sessionKeySecret: 'neuro-console-session' },
    });
    const plurals: Readonly<Record<string, string>> = {
      Role: 'roles',
      RoleBinding: 'rolebindings',
      ConfigMap: 'configmaps',
    };
    for (const object of objects) {
      const plural = plurals[object.kind];
      if (plural === undefined || !object.metadata.name.startsWith('neuro-console')) continue;
      const group = object.apiVersion.includes('/') ? `/apis/${object.apiVersion}` : `/api/${object.apiVersion}`;
      await make(`${group}/namespaces/neuro-system/${plural}`, object);
    }
    const [keys, token] = [join(folder(), 'keys'), join(folder(), 'token')];
    writeFileSync(keys, `${randomBytes(32).toString('base64')}\n`);
    writeFileSync(token, await tokenOf('neuro-console', 'neuro-system'));
    words = ['--session-key-file', keys, '--service-account-token-file', token];
  }, buildHelmLimitMs);

  const statusAt = async ({ port }: RunningConsole, cookie: string): Promise<number> =>
    (await askAt(port, '/api/session', { method: 'GET', headers: { host: 'console.test', cookie } })).status;
  const becomes = (status: number, at: RunningConsole, cookie: string): Promise<number> =>
    eventually(
      () => statusAt(at, cookie),
      (seen) => seen === status,
      `the session is ${String(status)}`,
    );

  test('at one replica ends the session at the other, and after a restart', async () => {
    const body = JSON.stringify({ token: await tokenOf('robot') });
    const headers = { host: 'console.test', origin, 'content-type': 'application/json' };
    const [a, b] = await Promise.all([startConsole(words), startConsole(words)]);
    const replicas = [a, b];
    try {
      const login = async (): Promise<string> =>
        cookieHeader((await askAt(a.port, '/api/session', { method: 'POST', headers, body })).cookies);
      const [leaving, staying] = [await login(), await login()];
      for (const replica of replicas) await becomes(200, replica, leaving);
      const session = await askAt(a.port, '/api/session', {
        method: 'GET',
        headers: { host: 'console.test', cookie: leaving },
      });
      const logOut = await askAt(a.port, '/api/session', {
        method: 'DELETE',
        headers: { host: 'console.test', origin, cookie: leaving, 'x-csrf-token': String(session.json['csrf']) },
      });
      expect(logOut.status).toBe(200);
      await becomes(401, b, leaving);
      const c = await startConsole(words);
      replicas.push(c);
      await becomes(200, c, staying);
      expect(await Promise.all(replicas.map((replica) => statusAt(replica, leaving)))).toEqual([401, 401, 401]);
    } finally {
      await Promise.all(replicas.map((replica) => replica.stop()));
    }
  });

  test.each<[string, Rule & { readonly name?: string; readonly namespace?: string }, boolean]>([
    [
      'get its record',
      { apiGroups: [''], resources: ['configmaps'], verbs: ['get'], name: 'neuro-console-ended-sessions' },
      true,
    ],
    [
      'patch its record',
      { apiGroups: [''], resources: ['configmaps'], verbs: ['patch'], name: 'neuro-console-ended-sessions' },
      true,
    ],
    [
      'delete its record',
      { apiGroups: [''], resources: ['configmaps'], verbs: ['delete'], name: 'neuro-console-ended-sessions' },
      false,
    ],
    ['make ConfigMaps', { apiGroups: [''], resources: ['configmaps'], verbs: ['create'] }, false],
    ['list ConfigMaps', { apiGroups: [''], resources: ['configmaps'], verbs: ['list'] }, false],
    [
      'patch the sealing keys',
      { apiGroups: [''], resources: ['configmaps'], verbs: ['patch'], name: 'neuro-sealing-keys' },
      false,
    ],
    ['get Secrets', { apiGroups: [''], resources: ['secrets'], verbs: ['get'] }, false],
    [
      'get a record elsewhere',
      {
        apiGroups: [''],
        resources: ['configmaps'],
        verbs: ['get'],
        name: 'neuro-console-ended-sessions',
        namespace: 'bob',
      },
      false,
    ],
    ['use a secret', { apiGroups: ['neu.ro'], resources: ['usersecrets'], verbs: ['use'], namespace: 'bob' }, false],
  ])('its account may %s: %j', async (_what, { name, namespace = 'neuro-system', ...rule }, allowed) => {
    const [group, resource, verb] = [rule.apiGroups[0], rule.resources[0], rule.verbs[0]];
    const review = await asAdmin<{ readonly status: { readonly allowed: boolean } }>({
      method: 'POST',
      path: '/apis/authorization.k8s.io/v1/subjectaccessreviews',
      body: { spec: { user: account, resourceAttributes: { namespace, group, resource, verb, name } } },
    });
    expect(review.status.allowed).toBe(allowed);
  });
});

describe('a right that is revoked', () => {
  let bob: Person;
  beforeEach(async () => {
    bob = await logIn('bob');
  });

  test('ends a watch within seconds, though nothing moves in it', async () => {
    await give('alice', 'reader', 'bob', [
      { apiGroups: ['neu.ro'], resources: ['secretgrants'], verbs: ['list', 'watch'] },
    ]);
    const { ended } = await watching(ours('cluster', 'alice', 'secretgrants?watch=true'), bob.cookie);
    await takeBack('alice', 'reader');
    let hasEnded = false;
    void ended.then(() => (hasEnded = true));
    await until(() => hasEnded, 'the watch ends');
    expect(await ended).toMatchObject({ code: 4403 });
    expect((await ask(ours('cluster', 'alice', 'secretgrants'), { cookie: bob.cookie })).status).toBe(403);
  });

  test('to get a Pod’s exec is not the right to run something in it', async () => {
    await give('alice', 'viewer', 'bob', [
      { apiGroups: [''], resources: ['pods', 'pods/exec', 'pods/attach'], verbs: ['get'] },
    ]);
    const path = '/k8s/cluster/api/v1/namespaces/alice/pods/train/exec?command=sh&stdout=true';
    expect(await endOf(open(path, bob.cookie, 'v5.channel.k8s.io'))).toMatchObject({ code: 4403 });
  });

  test('to a Pod that does not exist is refused in the API server’s words', async () => {
    await give('bob', 'runner', 'bob', [{ apiGroups: [''], resources: ['pods/exec'], verbs: ['create', 'get'] }]);
    const path = '/k8s/cluster/api/v1/namespaces/bob/pods/nothing/exec?command=sh&stdout=true';
    const { code, reason } = await endOf(open(path, bob.cookie, 'v5.channel.k8s.io'));
    expect([code, reason]).toEqual([4400, 'pods "nothing" not found']);
  });

  test('a log of a Pod that does not exist says so, too', async () => {
    const path = '/k8s/cluster/api/v1/namespaces/bob/pods/nothing/log?follow=true';
    expect(await endOf(open(path, bob.cookie))).toEqual({ code: 4400, reason: 'pods "nothing" not found' });
  });
});

test('a log-out ends streams of that session at once, and of no other', async () => {
  const [one, other] = [await logIn('alice'), await logIn('alice')];
  const path = ours('cluster', 'alice', 'usersecrets?watch=true');
  const [first, second] = await Promise.all([one, other].map(({ cookie }) => watching(path, cookie)));
  await ask('/api/session', { method: 'DELETE', cookie: one.cookie, headers: { 'x-csrf-token': one.csrf } });
  expect(await first?.ended).toMatchObject({ code: 4401 });
  const name = newName();
  await change(other, 'POST', ours('cluster', 'alice', 'usersecrets'), secretOf(name));
  await until(() => second?.lines.some((line) => line.includes(`"name":"${name}"`)) === true, 'it is seen');
  second?.close();
});

describe('on one’s own machine', () => {
  let local: LocalConsole;
  let cookie: string;
  beforeAll(async () => {
    await cluster().addUser('alice');
    local = await startLocalConsole({
      kubeconfig: cluster().kubeconfigPath('alice'),
      port: 0,
      files: folder(),
      version: '1.2.3',
      operatorNamespace: 'neuro-system',
      clock: systemClock,
      log,
      recheckEveryMs: 1_000,
    });
    const { pathname, search } = new URL(local.newAddress());
    const answer = await askAt(local.port, `${pathname}${search}`, { method: 'GET', headers: {} });
    expect([answer.status, answer.headers['location']]).toEqual([303, '/']);
    cookie = cookieHeader(answer.cookies);
    expect(answer.cookies[0]).toMatch(/; HttpOnly; Priority=High; SameSite=Strict$/);
    const again = await askAt(local.port, `${pathname}${search}`, { method: 'GET', headers: {} });
    expect(cookieHeader(again.cookies)).toBe('');
  });
  afterAll(() => local.stop());

  const get = (path: string, headers: Readonly<Record<string, string>> = {}): Promise<Answer> =>
    askAt(local.port, path, { method: 'GET', headers: { cookie, ...headers } });

  test('the user is the kubeconfig’s, with all of its contexts', async () => {
    const { json } = await get('/api/session');
    expect(json).toMatchObject({ mode: 'local', user: { name: 'alice' } });
    expect(json['contexts']).toEqual([json['context']]);
    const path = ours(encodeURIComponent(String(json['context'])), 'alice', 'usersecrets');
    expect((await get(path)).status).toBe(200);
    expect((await get(ours(encodeURIComponent(String(json['context'])), 'bob', 'usersecrets'))).status).toBe(403);
  });

  test('nobody else is let in: no cookie, another host name, another site', async () => {
    const statuses = [
      await askAt(local.port, '/api/session', { method: 'GET', headers: {} }),
      await get('/api/session', { host: `rebound.example:${String(local.port)}` }),
      await get('/api/session', { host: `[::1]:${String(local.port)}` }),
      await get('/api/session', { 'sec-fetch-site': 'cross-site' }),
      await get('/api/session', { origin: 'http://localhost:1' }),
    ].map(({ status }) => status);
    expect(statuses).toEqual([401, 403, 403, 403, 403]);
    expect(await rawAt(local.port, 'GET / HTTP/1.1\r\n\r\n')).toMatch(/^HTTP\/1\.1 400/);
  });

  test('widgets are the standard ones where the cluster says nothing', async () => {
    expect((await get('/api/config')).json).toMatchObject({
      widgets: [{ name: 'terminal' }, { name: 'custom-job' }],
      sealing: { namespace: 'neuro-system', configMap: 'neuro-sealing-keys', entry: 'keys.json' },
    });
  });
});

test('an API server that goes breaks streams off; when it is back everything continues in the same session', async () => {
  const alice = await logIn('alice');
  const path = ours('cluster', 'alice', 'usersecrets');
  const socket = open(`${path}?watch=true`, alice.cookie);
  const ended = endOf(socket);
  await until(() => socket.readyState === socket.OPEN, 'it is open');
  await cluster().stopApiServer();
  expect((await ended).code).toBeGreaterThanOrEqual(1000);
  const away = await ask(path, { cookie: alice.cookie });
  expect([away.status, away.json['code']]).toEqual([502, 'ApiServerUnreachable']);
  await cluster().startApiServer();
  await eventually(
    () => ask(path, { cookie: alice.cookie }),
    ({ status }) => status === 200,
    'it answers again',
  );
});

test('no value, token or cookie was logged', () => {
  expect(logs().length).toBeGreaterThan(1_000);
  expect(logs()).not.toMatch(new RegExp(`${canary}|eyJ|${Buffer.from(canary).toString('base64')}|token=`));
});
