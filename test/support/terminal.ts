/** A person at a real terminal: a shell in a pseudo-terminal, with `neuro` in its path. */
import { fileURLToPath } from 'node:url';
import { spawn } from '@lydell/node-pty';
import { untilText } from './until.ts';

const bundle = fileURLToPath(new URL('../../dist/neuro.mjs', import.meta.url));
const waitMs = 120_000;

export interface Terminal {
  /** All that was shown since it was opened, or since `forget`, as it came. */
  shown(): string;
  /** The same as lines, without colours and without movements of the cursor. */
  lines(): readonly string[];
  forget(): void;
  type(keys: string): void;
  resize(columns: number, rows: number): void;
  /** Rejects with what was shown when it does not come in time. */
  until(expected: string | RegExp): Promise<string>;
  /** Types a line, and resolves with its exit code. */
  run(line: string): Promise<number>;
  close(): Promise<void>;
}

interface TerminalOptions {
  readonly columns?: number;
  readonly rows?: number;
  readonly env?: Readonly<Record<string, string>>;
  /** What Node runs: the bundle, or the sources where there is none. */
  readonly program?: string;
}

export async function openTerminal(
  kubeconfigPath: string,
  { columns = 100, rows = 30, env = {}, program = bundle }: TerminalOptions = {},
): Promise<Terminal> {
  const shell = spawn('sh', [], {
    name: 'xterm-256color',
    cols: columns,
    rows,
    env: {
      PATH: process.env['PATH'] ?? '',
      HOME: '/nonexistent',
      KUBECONFIG: kubeconfigPath,
      PS1: '$ ',
      PROGRAM: program,
      NODE: process.execPath,
      ...env,
    },
  });
  let shown = '';
  let ended = false;
  let marks = 0;
  shell.onData((text) => (shown += text));
  const exit = new Promise<void>((resolve) => shell.onExit(() => resolve(void (ended = true))));
  const killWithParent = (): void => shell.kill('SIGKILL');
  process.once('exit', killWithParent);

  const until = (expected: string | RegExp): Promise<string> =>
    untilText(
      () => shown,
      expected,
      () => ended,
      waitMs,
    );
  const type = (keys: string): void => shell.write(keys);
  // `neuroAsOne` says the number of its process first, so that a test can send it a signal.
  type('neuro() { "$NODE" --disable-warning=ExperimentalWarning -- "$PROGRAM" "$@"; }\r');
  type(
    `neuroAsOne() { (echo pid=$(exec sh -c 'echo $PPID').; exec "$NODE" --disable-warning=ExperimentalWarning -- "$PROGRAM" "$@"); }\r`,
  );
  // What is typed stands there too, so a mark is printed in another form than it is typed.
  const run = async (line: string): Promise<number> => {
    marks += 1;
    const mark = `ended-${String(marks)}`;
    type(`${line}; echo ended-$((${String(marks)}))=$?\r`);
    return Number((await until(new RegExp(`${mark}=\\d+`))).split('=')[1]);
  };
  const terminal: Terminal = {
    shown: () => shown,
    lines: () => plain(shown).split(/\r?\n/),
    forget: () => (shown = ''),
    type,
    resize: (newColumns, newRows) => shell.resize(newColumns, newRows),
    until,
    run,
    close: async () => {
      shell.kill('SIGKILL');
      await exit;
      process.off('exit', killWithParent);
    },
  };
  await run(':');
  terminal.forget();
  return terminal;
}

export function plain(text: string): string {
  return text.replace(/\u001b\[[0-9;?]*[A-Za-z]/g, '');
}
