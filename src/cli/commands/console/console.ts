/** The web console on this machine, until Ctrl-C. The address goes to standard output, so that scripts can take it. */
import { existsSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import {
  createLogger,
  isConsoleError,
  startLocalConsole,
  systemClock,
  type LocalConsole,
} from '../../../console/server/index.ts';
import { pageOf } from '../../../client/index.ts';
import { defined } from '../../../defined.ts';
import { homeOf } from '../../homes/home.ts';
import { getJob } from '../../jobs/jobs.ts';
import { readNamedFile } from '../../args/named-file.ts';
import { CliError } from '../../errors.ts';
import type { Invocation } from '../../factory.ts';
import { printLines } from '../../output/print.ts';
import { detail, note } from '../../output/say.ts';
import { version } from '../../version.ts';
import { openBrowser } from './open-browser.ts';

export interface ConsoleOptions {
  readonly port?: number;
  readonly open?: boolean;
  readonly config?: string;
}

/** `neuro open`: the console at one page. What is not there is said before a browser opens. */
export async function openPage(run: Invocation<ConsoleOptions>, what: string): Promise<void> {
  const connection = await run.connect();
  const namespace = await homeOf(connection, run.options);
  const page = pageOf(what, namespace);
  if (page.kind === 'job') await getJob(connection, namespace, page.name);
  await openConsole(run, page.path);
}

/** `path`: of the page to begin with. The console reads it from the fragment, which no server sees. */
export async function openConsole(run: Invocation<ConsoleOptions>, path?: string): Promise<void> {
  const { io, options } = run;
  const running = await start(run);
  const newAddress = (): string => `${running.newAddress()}${path === undefined ? '' : `#${path}`}`;
  const address = newAddress();
  printLines(run, [address]);
  const closeBrowserFile = options.open === false ? undefined : openBrowser(address);
  note(run, 'The address works for one browser, once. Press Enter for another one, Ctrl-C to stop the console.');
  const lines = io.isInputTerminal ? createInterface({ input: io.stdin }) : undefined;
  lines?.on('line', () => printLines(run, [newAddress()]));
  try {
    await interrupted(io);
  } finally {
    lines?.close();
    closeBrowserFile?.();
    detail(run, `Ending ${String(running.streamCount())} streams.`);
    await running.stop();
  }
}

async function start({ options }: Invocation<ConsoleOptions>): Promise<LocalConsole> {
  const { kubeconfig, context, config, port = 0, operatorNamespace } = options;
  // The server reads it again for each page, where nobody would see a mistake in its name.
  if (config !== undefined) await readNamedFile(config);
  try {
    return await startLocalConsole({
      ...defined({ kubeconfig, context, config, operatorNamespace }),
      port,
      files: filesFolder(),
      version,
      clock: systemClock,
      log: createLogger({ level: options.verbose === true ? 'info' : 'silent' }),
    });
  } catch (error) {
    if (isConsoleError(error)) throw new CliError('configuration', error.message, { cause: error });
    if ((error as { readonly syscall?: string }).syscall === 'listen')
      throw new CliError('inputOutput', portSentence(port, error as NodeJS.ErrnoException), { cause: error });
    throw error;
  }
}

function portSentence(port: number, { code }: NodeJS.ErrnoException): string {
  const why = code === 'EADDRINUSE' ? 'another program has it' : (code ?? 'unknown');
  return `Port ${String(port)} of this machine cannot be opened (${why}); choose another with --port, or leave it out.`;
}

/** Beside the bundle, whose parts lie one folder deeper; or where the build puts it, when this runs from its source. */
function filesFolder(): string {
  const places = ['../console', './console', '../../../../dist/console'].map((path) =>
    fileURLToPath(new URL(path, import.meta.url)),
  );
  return places.find((place) => existsSync(`${place}/index.html`)) ?? '';
}

function interrupted(io: Invocation['io']): Promise<void> {
  return new Promise((resolve) => {
    const stopListening = io.onInterrupt(() => {
      stopListening();
      resolve();
    });
  });
}
