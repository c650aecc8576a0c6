/**
 * Sessions that are held open: each with its own user and the five watches of a page. Measures the console's memory and processor time at
 * rest (every right is asked for again all the while), and how long a change takes to every browser, beside watches that go straight to the
 * API server.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Agent, request } from 'undici';
import WebSocket from 'ws';
import { startCluster } from '../../../tools/devcluster/index.ts';
import { loadAccess, Transport, undiciHttp } from '../../../src/kernel/index.ts';
import { applyCrds } from '../../support/cluster.ts';
import { until } from '../../support/until.ts';
import { percentile } from '../operator/percentile.ts';
import { startConsoleProcess } from './console-process.ts';

const namespace = 'bench';
const watched = [
  '/apis/neu.ro/v1/namespaces/bench/usersecrets',
  '/apis/neu.ro/v1/namespaces/bench/secretgrants',
  '/apis/neu.ro/v1/namespaces/bench/neurojobs',
  '/api/v1/namespaces/bench/configmaps',
  '/apis/events.k8s.io/v1/namespaces/bench/events',
];
const restMs = 30_000;
const arrivalMs = 100;
const changes = 50;
const reads = 300;
const waitMs = 120_000;

interface Seen {
  readonly latenciesMs: number[];
  /** Told of every line that a watcher gets. */
  readonly hear: (text: string) => void;
}

export async function benchConsole(sessions: number): Promise<void> {
  const say = (line: string): void => void process.stdout.write(`${line}\n`);
  const folder = mkdtempSync(join(tmpdir(), 'neuro-bench-console-'));
  const cluster = await startCluster({ name: `bench-console-${String(process.pid)}`, node: false });
  const access = await loadAccess({ kubeconfig: cluster.kubeconfigPath('admin') });
  const admin = new Transport({ access, http: undiciHttp, userAgent: 'bench' });
  const post = (path: string, body: unknown): Promise<unknown> => admin.request({ method: 'POST', path, body });
  let served: Awaited<ReturnType<typeof startConsoleProcess>> | undefined;
  try {
    await applyCrds(cluster);
    const ca = (await access.credentials()).tls.ca ?? '';
    writeFileSync(join(folder, 'ca.pem'), ca);
    const tokens = await makeUsers(post, sessions);
    served = await startConsoleProcess([
      ...['--api-server', cluster.server, '--api-server-ca-file', join(folder, 'ca.pem'), '--log-level', 'warn'],
    ]);
    const origin = `http://127.0.0.1:${String(served.port)}`;
    say(`console at rest: ${served.residentMib().toFixed(0)} MiB`);

    const cookies: string[] = [];
    for (const token of tokens) cookies.push(await logIn(origin, token));
    say(`${String(sessions)} sessions logged in: ${served.residentMib().toFixed(0)} MiB`);

    const through = collector();
    const sockets = new Set<WebSocket>();
    let closed = 0;
    const hold = (path: string, cookie: string): void => {
      const url = `${origin.replace('http', 'ws')}/k8s/cluster${path}?watch=true`;
      const socket = new WebSocket(url, ['neuro.stream.v1'], { headers: { cookie, origin } });
      socket.on('message', (data: Buffer) => through.hear(data.toString()));
      socket.on('error', (error) => say(`a watch failed: ${error.message}`));
      socket.on('close', () => {
        if (isEnding) return;
        // As a page does: an API server ends the first watches of a new CRD once.
        closed += 1;
        sockets.delete(socket);
        hold(path, cookie);
      });
      sockets.add(socket);
    };
    let isEnding = false;
    for (const cookie of cookies) {
      // People do not all come in one moment; a thousand handshakes of TLS at once take longer than one may.
      await pause(arrivalMs);
      for (const path of watched) hold(path, cookie);
    }
    await until(
      () => [...sockets].every(({ readyState }) => readyState === WebSocket.OPEN),
      'all watches are open',
      waitMs,
    );
    await pause(5_000);
    say(`${String(sockets.size)} watches open: ${served.residentMib().toFixed(0)} MiB`);
    const cpuBefore = served.cpuSeconds();
    await pause(restMs);
    const cores = ((served.cpuSeconds() - cpuBefore) * 1000) / restMs;
    say(
      `held for ${String(restMs / 1000)} s: ${(cores * 100).toFixed(1)} % of a core, ${served.residentMib().toFixed(0)} MiB, ${String(closed)} watches opened anew`,
    );

    const agent = new Agent({ connect: { ca }, connections: null });
    const direct = collector();
    for (const token of tokens)
      await watchDirectly(agent, `${cluster.server}${watched[3] ?? ''}?watch=true`, token, direct);
    for (let count = 0; count < changes; count += 1) {
      const data = { sentAt: String(performance.timeOrigin + performance.now()) };
      await post(`/api/v1/namespaces/${namespace}/configmaps`, { metadata: { generateName: 'change-' }, data });
      await pause(100);
    }
    const all = changes * sessions;
    const hasHeard = (): boolean => [through, direct].every(({ latenciesMs }) => latenciesMs.length >= all);
    await until(hasHeard, 'every watcher has heard of every change', waitMs).catch(() => undefined);
    const heard = [through, direct].map(({ latenciesMs }) => String(latenciesMs.length)).join(' and ');
    say(
      `${String(changes)} changes for ${String(sessions)} watchers: ${heard} of ${String(all)} heard of, by the console and direct`,
    );
    say(`a change, to each of ${String(sessions)} browsers through the console: ${summary(through.latenciesMs)}`);
    say(`the same change, to each of ${String(sessions)} direct watchers: ${summary(direct.latenciesMs)}`);
    const path = `${watched[0] ?? ''}?limit=50`;
    const [cookie = '', token = ''] = [cookies[0], tokens[0]];
    say(
      `a list, through the console: ${summary(await time(() => request(`${origin}/k8s/cluster${path}`, { headers: { cookie } })))}`,
    );
    const headers = { authorization: `Bearer ${token}` };
    say(
      `a list, direct: ${summary(await time(() => request(`${cluster.server}${path}`, { headers, dispatcher: agent })))}`,
    );
    isEnding = true;
    for (const socket of sockets) socket.terminate();
    await pause(5_000);
    say(`all watches closed: ${served.residentMib().toFixed(0)} MiB`);
    await agent.destroy();
  } finally {
    await served?.stop();
    await admin.close();
    await cluster.down();
    rmSync(folder, { recursive: true, force: true });
  }
}

type Post = (path: string, body: unknown) => Promise<unknown>;

/** Service accounts, whose tokens are real and need no provider. */
async function makeUsers(post: Post, count: number): Promise<readonly string[]> {
  await post('/api/v1/namespaces', { metadata: { name: namespace } });
  const rbac = 'rbac.authorization.k8s.io';
  await post(`/apis/${rbac}/v1/namespaces/${namespace}/roles`, {
    metadata: { name: 'people' },
    rules: [{ apiGroups: ['', 'neu.ro', 'events.k8s.io'], resources: ['*'], verbs: ['get', 'list', 'watch'] }],
  });
  await post(`/apis/${rbac}/v1/namespaces/${namespace}/rolebindings`, {
    metadata: { name: 'people' },
    roleRef: { apiGroup: rbac, kind: 'Role', name: 'people' },
    subjects: [{ apiGroup: rbac, kind: 'Group', name: `system:serviceaccounts:${namespace}` }],
  });
  const path = `/api/v1/namespaces/${namespace}/serviceaccounts`;
  const tokens: string[] = [];
  for (let index = 0; index < count; index += 1) {
    const name = `user-${String(index)}`;
    await post(path, { metadata: { name } });
    const review = (await post(`${path}/${name}/token`, { spec: { expirationSeconds: 3600 } })) as {
      status: { token: string };
    };
    tokens.push(review.status.token);
  }
  return tokens;
}

async function logIn(origin: string, token: string): Promise<string> {
  // Logins are limited to ten a second in the long run.
  await pause(110);
  const headers = { 'content-type': 'application/json', origin };
  const answer = await request(`${origin}/api/session`, { method: 'POST', headers, body: JSON.stringify({ token }) });
  if (answer.statusCode !== 204) throw new Error(`login: ${String(answer.statusCode)} ${await answer.body.text()}`);
  return [answer.headers['set-cookie'] ?? []]
    .flat()
    .map((line) => line.split(';', 1)[0] ?? '')
    .filter((pair) => !pair.endsWith('='))
    .join('; ');
}

async function watchDirectly(agent: Agent, url: string, token: string, seen: Seen): Promise<void> {
  const answer = await request(url, {
    headers: { authorization: `Bearer ${token}` },
    dispatcher: agent,
    bodyTimeout: 0,
  });
  // An event may come in two pieces.
  let rest = '';
  answer.body.on('data', (chunk: Buffer) => {
    const lines = (rest + chunk.toString()).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) seen.hear(line);
  });
  answer.body.on('error', () => undefined);
}

function collector(): Seen {
  const latenciesMs: number[] = [];
  return {
    latenciesMs,
    hear: (text) => {
      const now = performance.timeOrigin + performance.now();
      for (const [, sentAt] of text.matchAll(/"sentAt":"([\d.]+)"/g)) latenciesMs.push(now - Number(sentAt));
    },
  };
}

async function time(ask: () => ReturnType<typeof request>): Promise<number[]> {
  const latenciesMs: number[] = [];
  for (let count = 0; count < reads; count += 1) {
    const startedAt = performance.now();
    await (await ask()).body.dump();
    latenciesMs.push(performance.now() - startedAt);
  }
  return latenciesMs;
}

function summary(latenciesMs: readonly number[]): string {
  const at = (share: number): string => percentile(latenciesMs, share).toFixed(1);
  return `p50 ${at(50)} ms, p95 ${at(95)} ms, p99 ${at(99)} ms`;
}

function pause(durationMs: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, durationMs));
}
