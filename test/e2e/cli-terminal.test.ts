/** The command in a real pseudo-terminal: prompts, Ctrl-C, sessions, colours, widths; and the terminal as it was, afterwards. */
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { startOperator, type RunningOperator } from '../support/operator.ts';
import { person, type Person } from './cli-command.ts';
import { nodeCluster, type NodeCluster } from './node-cluster.ts';
import { openTerminal, plain, type Terminal } from '../support/terminal.ts';

const homes = fileURLToPath(new URL('../../manifests/samples/00-homes.yaml', import.meta.url));
const [ctrlC, ctrlD, ctrlP, ctrlQ] = ['\u0003', '\u0004', '\u0010', '\u0011'];

let cluster: NodeCluster;
let operator: RunningOperator;
let alice: Person;
let terminal: Terminal;

beforeAll(async () => {
  cluster = await nodeCluster();
  operator = await startOperator(cluster);
  expect((await cluster.kubectl('admin', ['apply', '-f', homes])).code).toBe(0);
  alice = person(cluster.cluster, 'alice');
  const words = ['run', '--detach', '--name', 'long-one', 'busybox:1', '--', 'sh', '-c', 'sleep 100000'];
  expect(await alice(words)).toMatchObject({ code: 0 });
});

afterAll(async () => {
  await operator.stop();
  await cluster.leave();
});

beforeEach(async () => {
  terminal = await openTerminal(cluster.cluster.kubeconfigPath('alice'));
});

afterEach(async () => {
  await terminal.close();
});

describe('a hidden prompt', () => {
  test('takes a value twice, and shows nothing of it', async () => {
    terminal.type('neuro secret add Typed_1; echo code=$?\r');
    await terminal.until('Value: ');
    terminal.type("p@$$ 'w0rd\r");
    await terminal.until('Repeat: ');
    terminal.type("p@$$ 'w0rd\r");
    await terminal.until(/code=0/);
    expect(terminal.shown()).not.toContain('w0rd');
    expect((await alice(['secret', 'get', 'Typed_1'])).out).toBe("p@$$ 'w0rd");
    await expectTerminalAsItWas();
  });

  test('refuses two values that differ', async () => {
    terminal.type('neuro secret add Typed_2; echo code=$?\r');
    await terminal.until('Value: ');
    terminal.type('one\r');
    await terminal.until('Repeat: ');
    terminal.type('two\r');
    await terminal.until(/code=65/);
    expect(terminal.shown()).toContain('The two values differ; nothing was changed.');
    expect((await alice(['secret', 'get', 'Typed_2'])).code).toBe(72);
    await expectTerminalAsItWas();
  });

  test.each([
    ['Ctrl-C', ctrlC],
    ['Ctrl-D', ctrlD],
  ])('ends with %s, and 130', async (_name, key) => {
    terminal.type('neuro secret add Typed_2; echo code=$?\r');
    await terminal.until('Value: ');
    terminal.type(key === ctrlC ? `abc${key}` : key);
    await terminal.until(/code=130/);
    expect(terminal.shown()).not.toContain('abc');
    await expectTerminalAsItWas();
  });

  test('takes a paste of several lines, and lets nothing of it fall into the shell', async () => {
    const pasted = '\u001b[200~-----BEGIN KEY-----\recho fell\r-----END KEY-----\r\u001b[201~\r';
    terminal.type('neuro secret add Typed_3; echo code=$?\r');
    await terminal.until('Value: ');
    terminal.type(pasted);
    await terminal.until('Repeat: ');
    terminal.type(pasted);
    await terminal.until(/code=0/);
    // What fell into the shell would be run before this.
    expect(await terminal.run(':')).toBe(0);
    expect(terminal.shown()).not.toContain('fell');
    expect(terminal.shown()).toContain('One final line break was taken off');
    expect((await alice(['secret', 'get', 'Typed_3'])).out).toBe('-----BEGIN KEY-----\necho fell\n-----END KEY-----');
  });

  test('a question is answered with no by Ctrl-C', async () => {
    await alice(['share', 'secret:Typed_1', 'bob']);
    terminal.type('neuro secret rm Typed_1; echo code=$?\r');
    await terminal.until('[y/N] ');
    terminal.type(ctrlC);
    await terminal.until(/code=130/);
    expect((await alice(['secret', 'get', 'Typed_1'])).code).toBe(0);
    await expectTerminalAsItWas();
  });
});

describe('Ctrl-C while a job is followed', () => {
  test.each<[string, string, number, RegExp | undefined]>([
    ['K kills it', 'k', 130, /cancelled|^$/],
    ['Ctrl-C again kills it', ctrlC, 130, /cancelled|^$/],
    ['D detaches', 'd', 0, undefined],
    ['Ctrl-D detaches', ctrlD, 0, undefined],
  ])('asks: %s', async (_name, key, code, end) => {
    const name = `asked-${Buffer.from(key).toString('hex')}`;
    terminal.type(`neuro run -T --name ${name} busybox:1 -- 'sh -c "echo u$((1+0))p; sleep 600"'; echo code=$?\r`);
    await terminal.until(/^u1p/m);
    terminal.type(ctrlC);
    await terminal.until('Enter = continue');
    terminal.type(key);
    await terminal.until(new RegExp(`code=${String(code)}`));
    await expectTerminalAsItWas();
    if (end === undefined) {
      expect((await alice(['ps', '-q'])).out).toContain(`${name}\n`);
      await alice(['kill', name]);
    } else expect((await alice(['job', 'wait', name])).code).toBe(130);
  });

  test('asks: Enter continues, to the exit code of the job', async () => {
    const script = 'echo u$((1+0))p; while [ ! -e /end ]; do sleep 0.1; done; echo d$((1+0))ne; exit 4';
    terminal.type(`neuro run -T --name asked-enter busybox:1 -- sh -c '${script}'; echo code=$?\r`);
    await terminal.until(/^u1p/m);
    terminal.type(ctrlC);
    await terminal.until('Enter = continue');
    terminal.type('\r');
    expect((await alice(['exec', 'asked-enter', '--', 'touch', '/end'])).code).toBe(0);
    await terminal.until(/^d1ne/m);
    await terminal.until(/code=4/);
  });
});

describe('a session', () => {
  test('run gives the job this terminal; it can be left and joined again, and its exit code is the command’s', async () => {
    terminal.type('neuro run --name shell-one busybox:1; echo code=$?\r');
    await terminal.until('has a terminal');
    terminal.type('\r');
    await terminal.until(/\/ # /);
    terminal.type('tty; stty size\r');
    await terminal.until(/\/dev\/pts\/\d+\s+30 100/);
    terminal.type(`${ctrlP}${ctrlQ}`);
    await terminal.until('Detached; the job goes on');
    await terminal.until(/code=0/);
    await expectTerminalAsItWas();

    terminal.forget();
    terminal.type('neuro attach shell-one; echo code=$?\r');
    await terminal.until('has a terminal');
    terminal.type('echo a$((1+1))b\r');
    await terminal.until('a2b');
    // To what runs there, not to the session.
    // It writes by itself, so that the key cannot go to the line editor of the shell.
    terminal.type('sh -c "echo b$((1+0))c; exec sleep 1000"\r');
    await terminal.until('b1c');
    terminal.type(ctrlC);
    terminal.type('echo c$((1+1))d; exit 6\r');
    await terminal.until('c2d');
    await terminal.until(/code=6/);
    await expectTerminalAsItWas();
  });

  test('a short job in a terminal shows all of its output', async () => {
    for (const text of ['one', 'two'])
      expect(await terminal.run(`neuro run busybox:1 -- echo short-$((1+1))-${text}`)).toBe(0);
    expect(terminal.lines()).toEqual(expect.arrayContaining(['short-2-one', 'short-2-two']));
  });

  test('exec has the size of this terminal, and follows it', async () => {
    terminal.type('neuro exec long-one -- sh; echo code=$?\r');
    await terminal.until(/\/ # /);
    terminal.type('stty size\r');
    await terminal.until('30 100');
    terminal.resize(71, 17);
    // The new size arrives by itself, at some time.
    terminal.type('until [ "$(stty size)" = "17 71" ]; do sleep 0.1; done; echo resized-$((1+1))\r');
    await terminal.until('resized-2');
    terminal.type('exit 9\r');
    await terminal.until(/code=9/);
    await expectTerminalAsItWas();
  });

  test('-it of kubectl is understood, and -T is a pipe', async () => {
    expect(await terminal.run('neuro exec -it long-one -- tty')).toBe(0);
    expect(terminal.shown()).toContain('/dev/pts/');
    expect(await terminal.run('neuro exec -T long-one -- tty')).toBe(1);
    expect(terminal.shown()).toContain('not a tty');
  });

  test('a session that gets SIGTERM leaves the terminal as it was', async () => {
    // The shell that waits is another process group than the one that is signalled.
    terminal.type('sh -c \'echo pid=$$; exec "$0" "$@"\' ');
    terminal.type(`"${process.execPath}" "${fileURLToPath(new URL('../../dist/neuro.mjs', import.meta.url))}" `);
    terminal.type('exec long-one -- sh; echo code=$?\r');
    const pid = Number((await terminal.until(/pid=\d+/)).split('=')[1]);
    await terminal.until(/\/ # /);
    process.kill(pid, 'SIGTERM');
    await terminal.until(/code=\d+/);
    await expectTerminalAsItWas();
  });

  test('a session whose job is killed ends, and leaves the terminal as it was', async () => {
    // It hears TERM, so that it ends before the grace period does.
    const command = ['sh', '-c', 'trap exit TERM; sleep 600 & wait'];
    await alice(['run', '--detach', '--name', 'ended-one', 'busybox:1', '--', ...command]);
    terminal.type('neuro exec ended-one -- sh; echo code=$?\r');
    await terminal.until(/\/ # /);
    await alice(['kill', 'ended-one']);
    await terminal.until(/code=\d+/);
    await expectTerminalAsItWas();
  });
});

describe('what takes longer than a second', () => {
  test('is one line while it lasts, and Ctrl-C leaves a clean terminal', async () => {
    terminal.type('neuro job wait long-one\r');
    await terminal.until(/Waiting for job 'long-one': running {2}[1-9]/);
    terminal.type(ctrlC);
    terminal.type('echo code=$((1+0))/$?\r');
    await terminal.until('code=1/130');
    expect(lastLine(terminal.shown())).not.toContain('Waiting');
    await expectTerminalAsItWas();
  });

  test('is shown where the result goes into a file, and is not in it', async () => {
    const line = 'f=$(mktemp); neuro job wait --timeout 3s long-one >"$f"; [ ! -s "$f" ]; e=$?; rm "$f"; [ $e = 0 ]';
    expect(await terminal.run(line)).toBe(0);
    expect(terminal.shown()).toContain("Waiting for job 'long-one'");
  });

  test.each([
    ['standard error is a pipe', 'neuro job wait --timeout 2s long-one 2>&1 | cat'],
    ['-q', 'neuro -q job wait --timeout 2s long-one'],
    ['NO_COLOR', 'NO_COLOR=1 neuro job wait --timeout 2s long-one'],
    ['TERM=dumb', 'TERM=dumb neuro job wait --timeout 2s long-one'],
  ])('is not shown: %s', async (_name, line) => {
    await terminal.run(line);
    expect(terminal.shown()).toContain('has not ended within 2s');
    expect(terminal.shown()).not.toContain('Waiting');
  });

  test('stays away while Ctrl-C asks', async () => {
    terminal.type('neuro run -T --name no-image images.invalid/none:1; echo code=$?\r');
    await terminal.until(/Waiting for job 'no-image': pending \((ErrImagePull|ImagePullBackOff)\)/);
    terminal.type(ctrlC);
    await terminal.until('Enter = continue');
    terminal.forget();
    // Longer than the line takes to change.
    expect(await alice(['job', 'wait', '--timeout', '2s', 'long-one'])).toMatchObject({ code: 124 });
    expect(terminal.shown()).not.toContain('Waiting');
    terminal.type('\r');
    await terminal.until(/Waiting for job 'no-image'/);
    terminal.type(ctrlC);
    await terminal.until('Enter = continue');
    terminal.type('k');
    await terminal.until(/code=130/);
    await expectTerminalAsItWas();
  });
});

/** What stands on the line of a bar after it was written over for the last time. */
function lastLine(shown: string): string {
  return shown.slice(shown.lastIndexOf('\r\u001b[K'));
}

describe('tables', () => {
  test('fit the width of the terminal', async () => {
    const command = `sh -c 'sleep 600; echo ${'x'.repeat(100)}'`;
    await alice(['run', '--no-wait-start', '--name', 'wide-one', 'busybox:1', '--', command]);
    for (const columns of [60, 80, 140]) {
      terminal.resize(columns, 30);
      terminal.forget();
      expect(await terminal.run('neuro ps')).toBe(0);
      const lines = terminal.lines().filter((line) => /ID\/NAME|━|wide-one/.test(line) && !line.includes('neuro'));
      expect(lines.length).toBe(3);
      for (const line of lines) expect(line.length).toBeLessThanOrEqual(columns);
    }
    expect(await terminal.run('neuro ps | cat')).toBe(0);
    expect(terminal.shown()).toContain('x'.repeat(100));
    await alice(['kill', 'wide-one']);
  });

  test('have colours on a terminal or where they are asked for, and not with NO_COLOR', async () => {
    const coloured = async (line: string): Promise<boolean> => {
      terminal.forget();
      await terminal.run(line);
      return terminal.shown().includes('\u001b[34m');
    };
    expect(await coloured('neuro ps')).toBe(true);
    expect(await coloured('NO_COLOR=1 neuro ps')).toBe(false);
    expect(await coloured('TERM=dumb neuro ps')).toBe(false);
    expect(await coloured('neuro --color no ps')).toBe(false);
    expect(await coloured('neuro ps | cat')).toBe(false);
    expect(await coloured('neuro ps --color yes | cat')).toBe(true);
    expect(plain('\u001b[34mx\u001b[0m')).toBe('x');
  });

  test('an error is red on a terminal, and plain with NO_COLOR', async () => {
    expect(await terminal.run('neuro secret get nothing')).toBe(72);
    expect(terminal.shown()).toContain('\u001b[31mERROR:\u001b[0m');
    terminal.forget();
    expect(await terminal.run('NO_COLOR=1 neuro secret get nothing')).toBe(72);
    expect(terminal.lines()).toEqual(expect.arrayContaining([expect.stringMatching(/^ERROR: /)]));
    expect(terminal.shown()).not.toContain('\u001b[31m');
  });
});

/** A line that is typed is shown again, and Enter ends it. */
async function expectTerminalAsItWas(): Promise<void> {
  terminal.forget();
  expect(await terminal.run('stty -a')).toBe(0);
  const settings = terminal.shown();
  for (const setting of ['icanon', 'echo', 'isig', 'icrnl', 'opost']) {
    expect(settings).toMatch(new RegExp(`[ ;\\n]${setting}\\b`));
    expect(settings).not.toMatch(new RegExp(`-${setting}\\b`));
  }
}
