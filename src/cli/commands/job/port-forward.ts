/** `neuro job port-forward`: ports of this machine lead to ports of a job, until Ctrl-C or the end of the job; `--open` shows its page. */
import { isFinished } from '../../../client/index.ts';
import { parsePortPair, type PortPair } from '../../args/port-pair.ts';
import type { Connection } from '../../connect/connection.ts';
import { forwardPorts, type Forwarding } from '../../jobs/forward-ports.ts';
import { homeOf } from '../../homes/home.ts';
import { getJob, jobName, statusWithReason } from '../../jobs/jobs.ts';
import { pause } from '../../connect/pause.ts';
import { runningPod } from '../../jobs/running-pod.ts';
import { CliError } from '../../errors.ts';
import { exitCodes } from '../../exit-codes.ts';
import type { Invocation } from '../../factory.ts';
import { printLines } from '../../output/print.ts';
import { sentenceOf } from '../../output/report-error.ts';
import { note } from '../../output/say.ts';
import { openBrowser } from '../console/open-browser.ts';
import { jobLook } from './follow.ts';

const pollMs = 1_000;

export interface PortForwardOptions {
  readonly open?: boolean;
}

export async function portForward(
  run: Invocation<PortForwardOptions>,
  text: string,
  words: readonly string[],
): Promise<number> {
  const given = words.map(parsePortPair);
  const { open = false } = run.options;
  if (given.length === 0 && !open)
    throw new CliError(
      'usage',
      'A port is missing: `neuro port-forward JOB LOCAL:REMOTE`, or --open for its HTTP port.',
    );
  const connection = await run.connect();
  const namespace = await homeOf(connection, run.options);
  const name = jobName(text);
  await runningPod(connection, namespace, name);
  const page = open ? await pageOf(connection, namespace, name) : undefined;
  const pairs = page === undefined || given.some(({ remote }) => remote === page) ? given : [...given, freeFor(page)];
  const forwarding = await startForwarding(run, connection, { namespace, name }, pairs);
  const abort = new AbortController();
  const leave = run.io.onInterrupt(() => abort.abort());
  const closeBrowserFile = page === undefined ? undefined : showPage(run, name, page, forwarding);
  try {
    note(run, 'Press ^C to stop forwarding');
    const look = jobLook(run, connection, { namespace, name }, { tell: () => undefined, signal: abort.signal });
    for (;;) {
      await pause(pollMs, abort.signal);
      const job = await look();
      if (!isFinished(job)) continue;
      throw new CliError('other', `Job '${name}' has ended (${statusWithReason(job)}); its ports are closed.`);
    }
  } catch (error) {
    if (abort.signal.aborted) return exitCodes.interrupted;
    throw error;
  } finally {
    leave();
    closeBrowserFile?.();
    forwarding.close();
  }
}

/** The port of its page. */
async function pageOf(connection: Connection, namespace: string, name: string): Promise<number> {
  const { http } = (await getJob(connection, namespace, name)).spec;
  if (http === undefined)
    throw new CliError(
      'value',
      `Job '${name}' has no page to open: it was run without --http-port. Forward a port by its number: \`neuro port-forward ${name} LOCAL:REMOTE\`.`,
    );
  return http.port;
}

function freeFor(remote: number): PortPair {
  return { local: 0, remote };
}

/**
 * Under a host name of its own, which browsers take for this machine: cookies know no ports, so that of `localhost` would be shared with
 * everything else that runs here. The answer removes the browser's file.
 */
function showPage(run: Invocation, name: string, page: number, { pairs }: Forwarding): () => void {
  const { local = 0 } = pairs.find(({ remote }) => remote === page) ?? {};
  const address = `http://${name}.localhost:${String(local)}/`;
  printLines(run, [address]);
  return openBrowser(address);
}

/** Tells each pair, as the original does. */
export async function startForwarding(
  run: Invocation,
  connection: Connection,
  { namespace, name }: { readonly namespace: string; readonly name: string },
  wanted: readonly PortPair[],
): Promise<Forwarding> {
  const forwarding = await forwardPorts(connection, wanted, {
    podNow: () => runningPod(connection, namespace, name),
    tell: (sentence) => note(run, sentence),
    sentenceOf: (error) => sentenceOf(run, error),
  });
  for (const { local, remote } of forwarding.pairs)
    note(run, `Port localhost:${local} will be forwarded to port ${remote} of ${name}`);
  return forwarding;
}
