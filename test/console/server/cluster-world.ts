/** A console in the cluster mode before a scripted API server, and a browser that does as it is told. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { request as send } from 'undici';
import WebSocket from 'ws';
import { limitsFor, type Limits } from '../../../src/console/server/limits.ts';
import { parseOptions, startClusterConsole, type RunningConsole } from '../../../src/console/server/index.ts';
import { createLogger, systemClock, type Clock } from '../../../src/kernel/index.ts';
import { ScriptedApi } from './scripted-api.ts';

export const origin = 'https://console.test';
export const canary = 'CANARY-3f9a7c';

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  readonly cookies: readonly string[];
  readonly text: string;
  readonly json: Readonly<Record<string, unknown>>;
}

export interface Asking {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Buffer;
  readonly cookie?: string;
}

export interface ClusterWorld {
  readonly api: ScriptedApi;
  readonly console: RunningConsole;
  readonly folder: string;
  /** All that was logged. */
  logged(): string;
  ask(path: string, asking?: Asking): Promise<Answer>;
  /** Sends these bytes, and resolves with all that comes back. */
  raw(text: string): Promise<string>;
  /** The cookie and the csrf word of a session of this user. */
  logIn(user: string): Promise<Login>;
  /** A WebSocket as the page opens it. */
  open(
    path: string,
    protocol: string,
    options?: { readonly cookie?: string; readonly origin?: string | undefined; readonly host?: string },
  ): WebSocket;
  stop(): Promise<void>;
}

export interface Login {
  readonly cookie: string;
  readonly csrf: string;
  readonly token: string;
}

/** Between two questions whether the right to a stream is still there. */
export const recheckEveryMs = 60;

/** `api`: one that several consoles share; it is left running. */
export async function startWorld(
  words: readonly string[] = [],
  {
    api: shared,
    clock = systemClock,
    limits = {},
  }: { readonly api?: ScriptedApi; readonly clock?: Clock; readonly limits?: Partial<Limits> } = {},
): Promise<ClusterWorld> {
  const api = shared ?? (await ScriptedApi.start());
  const folder = mkdtempSync(join(tmpdir(), 'neuro-console-test-'));
  const files = join(folder, 'files');
  writePages(folder);
  let logs = '';
  const log = createLogger({ level: 'trace', destination: { write: (line: string) => void (logs += line) } });
  const leave = async (): Promise<void> => {
    if (shared === undefined) await api.close();
    rmSync(folder, { recursive: true, force: true });
  };
  const start = async (): Promise<RunningConsole> => {
    const listening = ['--bind-address', '127.0.0.1', '--port', '0', '--health-port', '0'];
    const options = parseOptions(['--public-url', origin, ...listening, '--api-server', api.url, ...words], {}, files);
    return startClusterConsole(
      { ...options, recheckEvery: recheckEveryMs },
      {
        ...{ version: '1.2.3', clock, log },
        limits: { ...limitsFor(undefined), ...limits },
      },
    );
  };
  const running = await start().catch(async (error: unknown) => {
    await leave();
    throw error;
  });
  const ask: ClusterWorld['ask'] = (path, { method = 'GET', headers = {}, body, cookie } = {}) =>
    askAt(running.port, path, {
      method,
      headers: { host: new URL(origin).host, ...(cookie === undefined ? {} : { cookie }), ...headers },
      ...(body === undefined ? {} : { body }),
    });
  let users = 0;
  return {
    api,
    console: running,
    folder,
    logged: () => logs,
    ask,
    raw: (text) => rawAt(running.port, text),
    logIn: async (user) => {
      users += 1;
      const token = `${canary}-${user.replaceAll(':', '.')}-${String(users)}`;
      api.users.set(token, user);
      const body = JSON.stringify({ token });
      const login = await ask('/api/session', {
        method: 'POST',
        headers: { 'content-type': 'application/json', origin },
        body,
      });
      const cookie = cookieHeader(login.cookies);
      const session = await ask('/api/session', { cookie });
      return { cookie, csrf: String(session.json['csrf']), token };
    },
    open: (path, protocol, { cookie, origin: from = origin, host = 'console.test' } = {}) =>
      new WebSocket(`ws://127.0.0.1:${String(running.port)}${path}`, [protocol], {
        headers: { host, ...(cookie === undefined ? {} : { cookie }), ...(from === '' ? {} : { origin: from }) },
      }),
    stop: async () => {
      await running.stop();
      await leave();
    },
  };
}

export async function askAt(
  port: number,
  path: string,
  {
    method,
    headers,
    body,
  }: { readonly method: string; readonly headers: Record<string, string>; readonly body?: string | Buffer },
): Promise<Answer> {
  const answer = await send(`http://127.0.0.1:${String(port)}${path}`, {
    method: method as 'GET',
    headers,
    body: body ?? null,
  });
  const text = await answer.body.text();
  return {
    status: answer.statusCode,
    headers: answer.headers,
    cookies: [answer.headers['set-cookie'] ?? []].flat(),
    text,
    json: parsed(text),
  };
}

/** What a browser sends back of what it was given. */
export function cookieHeader(setCookies: readonly string[]): string {
  return setCookies
    .map((line) => line.split(';', 1)[0] ?? '')
    .filter((pair) => !pair.endsWith('='))
    .join('; ');
}

/** How a WebSocket ends, or is refused: a close code, or an HTTP status. */
export function endOf(socket: WebSocket): Promise<{ readonly code: number; readonly reason: string }> {
  return new Promise((resolve) => {
    socket.on('close', (code, reason) => resolve({ code, reason: reason.toString() }));
    socket.on('unexpected-response', (_request, response) => {
      resolve({ code: response.statusCode ?? 0, reason: '' });
      socket.terminate();
    });
    socket.on('error', () => undefined);
  });
}

export function rawAt(port: number, text: string): Promise<string> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    let answer = '';
    socket.on('data', (chunk: Buffer) => (answer += chunk.toString('latin1')));
    socket.on('close', () => resolve(answer));
    socket.on('error', () => undefined);
    socket.setTimeout(20_000, () => socket.destroy());
    socket.write(text);
  });
}

function writePages(folder: string): void {
  for (const [path, text] of [
    ['files/index.html', '<!doctype html><title>console</title>'],
    ['files/assets/main-abc123.js', 'export {};'],
    ['files/assets/main-abc123.js.br', 'brotli'],
  ] as const) {
    const file = join(folder, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
  }
}

function parsed(text: string): Readonly<Record<string, unknown>> {
  try {
    return JSON.parse(text) as Readonly<Record<string, unknown>>;
  } catch {
    return {};
  }
}
