/**
 * What a terminal shows while the command works for longer than a second, before an API server that answers when the test says so. By the clock of
 * the commands a second passes ten times as fast.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { WebSocketServer, type WebSocket } from 'ws';
import { neuroJobs, secretGrants, userSecrets } from '../../../src/cli/connect/kinds.ts';
import { publishSealingKey } from '../operate.ts';
import { entries } from '../../support/built-entry.ts';
import { FakeApiServer, type Fault } from '../../support/fake-api-server.ts';
import { fastDate } from '../../support/fast-date.ts';
import { openTerminal, plain, type Terminal } from '../../support/terminal.ts';
import { until } from '../../support/until.ts';

const options = { program: entries.neuro, env: fastDate(10) };
const names = ['one', 'two', 'three', 'four'] as const;
const running = { phase: 'Running', podName: 'one', startTime: '2026-01-01T00:00:00Z' };

let folder: string;
let server: FakeApiServer;
let terminal: Terminal;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'neuro-long-'));
  server = await FakeApiServer.start();
  await publishSealingKey(server.model);
  for (const name of names) {
    const metadata = { namespace: 'alice', name };
    server.model.put(neuroJobs, { metadata, spec: { image: 'busybox' }, status: running });
    server.model.put(userSecrets, { metadata, spec: { key: name } });
  }
  server.model.put(secretGrants, {
    metadata: { namespace: 'alice', name: 'to-bob' },
    spec: { secret: 'one', subject: { kind: 'User', name: 'bob' } },
  });
  const kubeconfig = join(folder, 'config');
  const [cluster, context] = [{ server: server.url }, { cluster: 'dev', user: 'alice', namespace: 'alice' }];
  writeFileSync(
    kubeconfig,
    JSON.stringify({
      clusters: [{ name: 'dev', cluster }],
      users: [{ name: 'alice', user: { token: 'none' } }],
      contexts: [{ name: 'dev', context }],
      'current-context': 'dev',
    }),
  );
  terminal = await openTerminal(kubeconfig, options);
});

afterEach(async () => {
  await terminal.close();
  await server.close();
  rmSync(folder, { recursive: true });
});

/** The request that meets it waits until the test calls `go`. */
function gate(): { readonly fault: Fault; readonly go: () => void } {
  const { promise, resolve } = Promise.withResolvers<undefined>();
  return { go: () => resolve(undefined), fault: ({ pass }) => void promise.then(pass) };
}

/** The third of four objects waits. */
function holdThird(method: string): () => void {
  const { fault, go } = gate();
  server.script((request) => request.method === method && request.path.endsWith('/three'), fault);
  return go;
}

describe('a bar over many objects', () => {
  test.each([
    ['neuro kill one two three four', 'Killing', 'PATCH'],
    ['neuro secret rm --force one two three four', 'Removing', 'DELETE'],
  ])('%s', async (line, what, method) => {
    const go = holdThird(method);
    terminal.type(`${line}; echo code=$?\r`);
    await terminal.until(`${what} ${'█'.repeat(12)}${'░'.repeat(12)}  50 %  2 of 4`);
    go();
    await terminal.until('code=0');
    // On a slow machine the bar comes once more, before the fourth.
    expect(afterLastErase()).toMatch(/^(?:three|four|Secret '(?:three|four)' removed)/);
  });

  test('is not shown where standard error is a file, and is not in it', async () => {
    const [error, gone] = [join(folder, 'error'), gate()];
    server.script((request) => request.method === 'PATCH', gone.fault);
    terminal.type(`neuro kill one 2>${error}; echo code=$?\r`);
    await until(() => server.writes().length === 1, 'the job is being killed');
    // Shown after a second; the bar of another command proves that the time has passed.
    const other = await openTerminal(join(folder, 'config'), options);
    server.script((request) => request.method === 'PATCH', gone.fault);
    other.type('neuro kill two three\r');
    await other.until('0 of 2');
    gone.go();
    await terminal.until('code=0');
    await other.close();
    expect(terminal.shown()).not.toContain('Killing');
    expect(await terminal.run(`[ ! -s ${error} ]`)).toBe(0);
  });
});

describe('a signal', () => {
  test.each<[NodeJS.Signals, number]>([
    ['SIGINT', 130],
    ['SIGTERM', 143],
    ['SIGHUP', 129],
  ])('%s while a bar is shown leaves a clean line and ends with %i', async (signal, code) => {
    holdThird('PATCH');
    terminal.type('neuroAsOne kill one two three four\r');
    await terminal.until('2 of 4');
    await endBy(signal, code);
    expect(afterLastErase()).not.toContain('Killing');
    await expectTerminalAsItWas();
  });

  test.each<[NodeJS.Signals, number]>([
    ['SIGINT', 130],
    ['SIGTERM', 143],
    ['SIGHUP', 129],
  ])('%s while an answer is awaited leaves a clean line and ends with %i', async (signal, code) => {
    server.script(() => true, gate().fault);
    terminal.type('neuroAsOne secret ls\r');
    await terminal.until(/Waiting for the API server {2}\d+ s/);
    await endBy(signal, code);
    expect(afterLastErase()).not.toContain('Waiting');
    await expectTerminalAsItWas();
  });

  test.each<[string, NodeJS.Signals, number]>([
    ['secret add new', 'SIGTERM', 143],
    ['secret add new', 'SIGHUP', 129],
    ['secret rm one', 'SIGTERM', 143],
    ['secret rm one', 'SIGHUP', 129],
  ])('at a question, %s: %s gives the terminal back', async (words, signal, code) => {
    terminal.type(`neuroAsOne ${words}\r`);
    await terminal.until(/Value: |\[y\/N\] /);
    await endBy(signal, code);
    await expectTerminalAsItWas();
  });
});

test('a slow API server is said, and nothing of it stays', async () => {
  const { fault, go } = gate();
  server.script((request) => request.path.endsWith('/usersecrets'), fault);
  terminal.type('neuro -q secret ls | cat; neuro secret ls; echo code=$?\r');
  await until(() => server.lists().some(({ path }) => path.endsWith('/usersecrets')), 'the list is asked for');
  server.script((request) => request.path.endsWith('/usersecrets'), fault);
  go();
  await terminal.until('code=0');
  const second = gate();
  server.script((request) => request.path.endsWith('/usersecrets'), second.fault);
  terminal.forget();
  terminal.type('neuro secret ls; echo again=$?\r');
  await terminal.until(/Waiting for the API server {2}\d+ s/);
  second.go();
  await terminal.until('again=0');
  expect(afterLastErase()).toMatch(/^ KEY/);
});

test('a full disk under the result is said; a reader that has gone, and a full disk under the messages, are no failure', async () => {
  expect(await terminal.run('neuro secret ls >/dev/full')).toBe(74);
  expect(terminal.shown()).toContain('The result cannot be written to standard output (ENOSPC).');
  expect(await terminal.run('neuro secret ls -n nothing 2>/dev/full')).toBe(0);
  terminal.type('(neuro secret ls; echo writer=$((0+0))/$? >&2) | head -c 0\r');
  await terminal.until('writer=0/0');
});

describe('bytes of standard input that go into a job', () => {
  /** The job reads its input until the test stops it. It ends when the input ends, or when the test ends it. */
  function openJob(): {
    readonly read: () => void;
    readonly taken: () => number;
    readonly print: (text: string) => void;
  } {
    const sockets = new WebSocketServer({ noServer: true, handleProtocols: () => 'v5.channel.k8s.io' });
    let [job, bytes]: [WebSocket | undefined, number] = [undefined, 0];
    const send = (channel: number, text: string): void => job?.send(Buffer.from([channel, ...Buffer.from(text)]));
    server.onUpgrade((incoming, socket, head) =>
      sockets.handleUpgrade(incoming, socket, head, (opened) => {
        job = opened;
        opened.pause();
        opened.on('message', (data: Buffer) => {
          if (data[0] === 0) bytes += data.length - 1;
          if (data[0] !== 255) return;
          send(3, JSON.stringify({ status: 'Success' }));
          opened.close();
        });
      }),
    );
    return { read: () => job?.resume(), taken: () => bytes, print: (text) => send(1, text) };
  }

  test('have a bar where they are a file', async () => {
    const job = openJob();
    const file = join(folder, 'data');
    writeFileSync(file, Buffer.alloc(24 * 1024 * 1024));
    terminal.type(`neuro exec one -- cat < ${file}; echo code=$?\r`);
    await terminal.until(/Sending [█░]{24} +\d+ % {2}[\d.]+ MiB of 24 MiB/);
    job.read();
    await terminal.until('code=0');
    expect(job.taken()).toBe(24 * 1024 * 1024);
    expect(afterLastErase()).not.toContain('Sending');
  });

  test('are counted where they come from another command', async () => {
    const job = openJob();
    terminal.type('head -c 9000000 /dev/zero | neuro exec one -- cat; echo code=$?\r');
    await terminal.until(/Sending [\d.]+ MiB {2}[1-9]\d* s/);
    job.read();
    await terminal.until('code=0');
    expect(job.taken()).toBe(9_000_000);
  });

  test('stay off the line on which the job prints', async () => {
    const job = openJob();
    terminal.type('head -c 9000000 /dev/zero | neuro exec one -- cat; echo code=$?\r');
    await terminal.until(/Sending [\d.]+ MiB/);
    job.print('no end of line');
    await terminal.until('no end of line');
    job.read();
    await terminal.until('code=0');
    expect(afterLastErase()).toMatch(/^no end of line/);
  });

  test.each([
    ['-q', 'neuro -q exec one -- cat'],
    ['standard error is a pipe', 'neuro exec one -- cat 2>&1 | cat'],
    ['standard output is a pipe', 'neuro exec one -- cat | cat'],
  ])('have no line: %s', async (_name, line) => {
    const job = openJob();
    terminal.type(`head -c 9000000 /dev/zero | ${line}; echo code=$?\r`);
    await until(() => server.requests.some(({ path }) => path.endsWith('/one')), 'the job was looked up');
    const other = await openTerminal(join(folder, 'config'), options);
    const { fault, go } = gate();
    server.script((request) => request.path.endsWith('/usersecrets'), fault);
    other.type('neuro secret ls\r');
    await other.until(/Waiting for the API server {2}(?:[3-9]|\d\d) s/);
    go();
    job.read();
    await terminal.until('code=0');
    await other.close();
    expect(terminal.shown()).not.toContain('Sending');
  });
});

/** Sends it to the process that `neuroAsOne` has become. */
async function endBy(signal: NodeJS.Signals, code: number): Promise<void> {
  const pid = Number(/\d+/.exec(await terminal.until(/pid=\d+\./))?.[0]);
  process.kill(pid, signal);
  // What is typed before would be an answer to its question. The shell forgets the rest of a line when Ctrl-C has ended a command.
  await until(() => !isAlive(pid), 'the command has ended');
  terminal.type('echo code=$((0+0))/$?\r');
  await terminal.until(`code=0/${String(code)}`);
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

/** What was shown behind the last line that was taken away. */
function afterLastErase(): string {
  const shown = terminal.shown();
  return plain(shown.slice(shown.lastIndexOf('\r\u001b[K') + 4));
}

/** Echo, lines, a cursor, and pastes that are not marked. */
async function expectTerminalAsItWas(): Promise<void> {
  const shown = terminal.shown();
  expect(shown).not.toContain('\u001b[?25l');
  expect(shown.lastIndexOf('\u001b[?2004h')).toBeLessThanOrEqual(shown.lastIndexOf('\u001b[?2004l'));
  expect(await terminal.run('stty -a | grep -q " icanon.* echo "')).toBe(0);
}
