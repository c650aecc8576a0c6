/** Two replicas with the same keys: a session that was ended at one is over at the other, and after a restart of both. */
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { maxSessionsOfUser } from '../../../src/console/server/sessions/ended-record.ts';
import { ManualClock } from '../../support/manual-clock.ts';
import { eventually, until } from '../../support/until.ts';
import { askAt, endOf, origin, startWorld, type Answer, type ClusterWorld, type Login } from './cluster-world.ts';
import { ScriptedApi, serviceAccount } from './scripted-api.ts';

const ours = '/k8s/cluster/apis/neu.ro/v1/namespaces/alice/usersecrets';
const recordPath = '/api/v1/namespaces/neuro-system/configmaps/neuro-console-ended-sessions';

let api: ScriptedApi;
let folder: string;
let words: readonly string[];
/** Of all replicas. Its time passes only while something is waited for. */
let clock: ManualClock;
let [a, b]: [ClusterWorld, ClusterWorld] = [] as never;

beforeEach(async () => {
  api = await ScriptedApi.start();
  api.users.set('of-the-console', serviceAccount);
  api.configMaps.set(recordPath, new Map());
  folder = mkdtempSync(join(tmpdir(), 'neuro-console-log-out-'));
  const [keys, token] = [join(folder, 'keys'), join(folder, 'token')];
  writeFileSync(keys, `${randomBytes(32).toString('base64')}\n`);
  writeFileSync(token, 'of-the-console\n');
  words = ['--session-key-file', keys, '--service-account-token-file', token, '--job-domain', 'jobs.test'];
  clock = new ManualClock();
  await startBoth();
});
afterEach(async () => {
  await Promise.all([a.stop(), b.stop()]);
  await api.close();
  rmSync(folder, { recursive: true, force: true });
});

async function startBoth(): Promise<void> {
  [a, b] = await Promise.all([startWorld(words, { api, clock }), startWorld(words, { api, clock })]);
  await Promise.all([a, b].map(isReady));
}

/** So short that no limit falls due while a request is under way. */
const stepMs = 500;

/** Looks again and again, while time passes. */
const inTime = <T>(look: () => Promise<T> | T, isSo: (seen: T) => boolean, what: string): Promise<T> =>
  eventually(() => clock.advance(stepMs).then(look), isSo, what);

/** What it resolves with, while time passes. */
async function passing<T>(work: Promise<T>): Promise<T> {
  let isOver = false;
  work.finally(() => (isOver = true)).catch(() => undefined);
  await inTime(
    () => isOver,
    (over) => over,
    'it is over',
  );
  return work;
}

async function readiness({ console: { healthPort } }: ClusterWorld): Promise<number> {
  return (await fetch(`http://127.0.0.1:${String(healthPort)}/readyz`)).status;
}
const isReady = (world: ClusterWorld): Promise<number> =>
  inTime(
    () => readiness(world),
    (status) => status === 200,
    'it is ready',
  );
const isRefused = (world: ClusterWorld, login: Login): Promise<number> =>
  inTime(
    () => statusAt(world, login),
    (status) => status === 401,
    'it is refused',
  );

const statusAt = async (world: ClusterWorld, { cookie }: Login): Promise<number> =>
  (await world.ask(ours, { cookie })).status;
const logOut = (world: ClusterWorld, { cookie, csrf }: Login): Promise<Answer> =>
  passing(world.ask('/api/session', { method: 'DELETE', cookie, headers: { 'x-csrf-token': csrf } }));

test('a session is good at each replica, until it is ended at one', async () => {
  const [alice, bob] = [await a.logIn('alice'), await a.logIn('bob')];
  expect(await Promise.all([a, b].map((world) => statusAt(world, alice)))).toEqual([200, 200]);
  expect((await logOut(a, alice)).status).toBe(200);
  expect(await statusAt(a, alice)).toBe(401);
  await isRefused(b, alice);
  expect(await Promise.all([a, b].map((world) => statusAt(world, bob)))).toEqual([200, 200]);
});

test('a ticket for the page of a job that one replica took, no other takes', async () => {
  const alice = await a.logIn('alice');
  api.scripted.set('/neurojobs/notebook', (_request, response) => {
    response.writeHead(200, { 'content-type': 'application/json' });
    const metadata = { name: 'notebook', namespace: 'alice', uid: 'uid-1' };
    response.end(JSON.stringify({ metadata, spec: { image: 'x', http: { port: 80 } }, status: {} }));
  });
  const way = await a.ask('/api/open', {
    method: 'POST',
    headers: { 'content-type': 'application/json', origin, 'x-csrf-token': alice.csrf },
    cookie: alice.cookie,
    body: JSON.stringify({ context: 'cluster', namespace: 'alice', name: 'notebook' }),
  });
  const { address, ticket } = way.json as { readonly address: string; readonly ticket: string };
  const redeem = ({ console: { port } }: ClusterWorld): Promise<Answer> =>
    askAt(port, '/.neuro/open', {
      method: 'POST',
      headers: { host: new URL(address).host, 'content-type': 'application/x-www-form-urlencoded', origin: 'null' },
      body: new URLSearchParams({ ticket }).toString(),
    });
  const answers = await Promise.all([redeem(a), redeem(b)]);
  expect(answers.map(({ status }) => status).sort()).toEqual([200, 401]);
  expect(await Promise.all([a, b].map(async (world) => (await redeem(world)).status))).toEqual([401, 401]);
});

test('its streams end at the other replica too', async () => {
  const alice = await a.logIn('alice');
  const socket = b.open(`${ours}?watch=true`, 'neuro.stream.v1', { cookie: alice.cookie });
  await until(() => socket.readyState === socket.OPEN && api.open.size > 0, 'it is open');
  const ended = endOf(socket);
  expect((await logOut(a, alice)).status).toBe(200);
  expect(await passing(ended)).toMatchObject({ code: 4401 });
});

test('those of many service accounts of a namespace end the sessions of that namespace, and nobody else’s', async () => {
  const bob = await a.logIn('bob');
  const other = await b.logIn('system:serviceaccount:mallory:other');
  for (let index = 0; index <= maxSessionsOfUser; index += 1)
    await logOut(a, await a.logIn(`system:serviceaccount:mallory:sa-${String(index)}`));
  await isRefused(b, other);
  expect([await statusAt(a, bob), await statusAt(b, bob)]).toEqual([200, 200]);
  expect(api.configMaps.get(recordPath)?.size).toBe(1);
});

test('it stays ended when all replicas start again', async () => {
  const [alice, bob] = [await a.logIn('alice'), await a.logIn('bob')];
  expect((await logOut(a, alice)).status).toBe(200);
  await Promise.all([a.stop(), b.stop()]);
  await startBoth();
  for (const world of [a, b]) expect([await statusAt(world, alice), await statusAt(world, bob)]).toEqual([401, 200]);
});

test('a new login in the same browser ends the former session everywhere', async () => {
  const former = await a.logIn('alice');
  api.users.set('another', 'alice');
  const answer = await a.ask('/api/session', {
    method: 'POST',
    headers: { 'content-type': 'application/json', origin: 'https://console.test' },
    body: JSON.stringify({ token: 'another' }),
    cookie: former.cookie,
  });
  expect(answer.status).toBe(204);
  await isRefused(b, former);
});

describe('a record that cannot be used', () => {
  test('keeps a replica that starts from being ready, and its sessions from being used', async () => {
    const alice = await a.logIn('alice');
    api.mayServiceAccount = false;
    const late = await startWorld(words, { api, clock });
    try {
      await until(() => late.logged().includes('reading the record of ended sessions failed'), 'it says why');
      expect(await readiness(late)).toBe(503);
      const answer = await late.ask(ours, { cookie: alice.cookie });
      expect([answer.status, answer.json['code']]).toEqual([502, 'ApiServerUnreachable']);
      api.mayServiceAccount = true;
      await isReady(late);
      expect(await statusAt(late, alice)).toBe(200);
    } finally {
      await late.stop();
    }
  });

  test('still logs a browser out, and says that other replicas do not know yet', async () => {
    const alice = await a.logIn('alice');
    api.mayServiceAccount = false;
    const answer = await logOut(a, alice);
    expect([answer.status, answer.json['code']]).toEqual([502, 'ApiServerUnreachable']);
    expect(
      answer.cookies.filter((line) => line.includes('neuro-session')).every((line) => line.includes('Max-Age=0')),
    ).toBe(true);
    expect(answer.cookies).toHaveLength(5);
    expect(await statusAt(a, alice)).toBe(401);
    api.mayServiceAccount = true;
    await isRefused(b, alice);
  });
});

test('the console’s own account is used for the record, and for nothing else', async () => {
  const alice = await a.logIn('alice');
  await a.ask(ours, { cookie: alice.cookie });
  await a.ask('/api/config', { cookie: alice.cookie });
  await logOut(a, alice);
  const own = api.requests.filter(({ headers }) => headers.authorization === 'Bearer of-the-console');
  expect(new Set(own.map(({ method, url }) => `${method} ${url.split('?', 1)[0] ?? ''}`))).toEqual(
    new Set([`GET ${recordPath}`, `PATCH ${recordPath}`]),
  );
  expect(JSON.stringify([...api.configMaps].map(([path, data]) => [path, ...data]))).not.toMatch(/alice|CANARY/);
});

test('keys that outlive the process are refused without an account to record log-outs', async () => {
  await expect(startWorld(words.slice(0, 2), { api })).rejects.toMatchObject({ code: 'ConfigNotReadable' });
});
