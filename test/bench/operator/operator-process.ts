/** Runs the built operator as a process of its own, as an image would, and reads what it takes. */
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { freePorts } from '../../../tools/devcluster/state/free-ports.ts';
import { anonymousMiBOf, peakMiBOf } from '../process-readings.ts';
import { parseMetrics, sum } from './prometheus.ts';

const shipped = fileURLToPath(new URL('../../../dist/operator.mjs', import.meta.url));
/** As the image runs it: memory is given back early, for a little more work of the garbage collector. */
const imageNodeOptions = ['--no-warnings', '--max-semi-space-size=4', '--heap-growing-percent=30', '--liftoff-only'];
const imageEnvironment = {
  NODE_ENV: 'production',
  MALLOC_ARENA_MAX: '2',
  MALLOC_TRIM_THRESHOLD_: '65536',
  MALLOC_MMAP_THRESHOLD_: '32768',
};
const runsMessage = 'all watches are synced; controllers run';
const startTimeoutMs = 600_000;
const stopTimeoutMs = 30_000;

interface OperatorReading {
  readonly cpuSeconds: number;
  readonly rssMiB: number;
  /** The highest that it ever was; undefined where the system does not tell. */
  readonly peakMiB: number | undefined;
  /** Now, without pages of files. */
  readonly anonymousMiB: number | undefined;
  /** Requests by method, as it counts them itself. */
  readonly requests: Readonly<Record<string, number>>;
}

export interface RunningOperator {
  readonly pid: number;
  /** `performance.now()` at which it was started, and at which its controllers began to work. */
  readonly startedMs: number;
  readonly runsMs: number;
  read(): Promise<OperatorReading>;
  /** Ends it as a kubelet would. Rejects when it logged an error. */
  stop(): Promise<void>;
}

interface OperatorProcessOptions {
  readonly kubeconfig: string;
  /** After those that the image has, so that they win. */
  readonly nodeOptions: readonly string[];
  /** Another build, measured beside the present one. */
  readonly bundle?: string;
  readonly environment?: Readonly<Record<string, string>>;
}

export async function startOperator({
  kubeconfig,
  nodeOptions,
  bundle = shipped,
  environment = {},
}: OperatorProcessOptions): Promise<RunningOperator> {
  const [healthPort, httpPort] = await freePorts(2);
  const startedMs = performance.now();
  const child = spawn(
    process.execPath,
    [
      ...imageNodeOptions,
      ...nodeOptions,
      bundle,
      ...['--kubeconfig', kubeconfig, '--namespace', 'neuro-system', '--bind-address', '127.0.0.1'],
      ...['--health-port', String(healthPort), '--http-port', String(httpPort)],
    ],
    { stdio: ['ignore', 'pipe', 'inherit'], env: { ...process.env, ...imageEnvironment, ...environment } },
  );
  const kill = (): void => void child.kill('SIGKILL');
  process.once('exit', kill);
  const ended = new Promise<number | null>((resolve) => child.once('exit', resolve));
  const errors: string[] = [];
  const runsMs = await new Promise<number>((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error('the operator did not begin to work in time')), startTimeoutMs);
    createInterface({ input: child.stdout }).on('line', (line) => {
      const { message, level } = parseLine(line);
      if (message === runsMessage) {
        clearTimeout(timer);
        resolve(performance.now());
      }
      if (level === 'error' || level === 'fatal') errors.push(line);
    });
    void ended.then((code) => reject(new Error(`the operator ended (${String(code)}): ${errors.join('\n')}`)));
  });
  return {
    pid: child.pid ?? 0,
    startedMs,
    runsMs,
    read: async () => {
      const response = await fetch(`http://127.0.0.1:${String(healthPort)}/metrics`);
      return readingOf(await response.text(), child.pid ?? 0);
    },
    stop: async () => {
      child.kill('SIGTERM');
      const timer = setTimeout(kill, stopTimeoutMs);
      await ended;
      clearTimeout(timer);
      process.removeListener('exit', kill);
      if (errors.length > 0) throw new Error(`the operator logged ${String(errors.length)} errors: ${errors[0] ?? ''}`);
    },
  };
}

function readingOf(text: string, pid: number): OperatorReading {
  const samples = parseMetrics(text, [
    'process_cpu_seconds_total',
    'process_resident_memory_bytes',
    'rest_client_requests_total',
  ]);
  const requests: Record<string, number> = {};
  for (const { name, labels, value } of samples) {
    const method = labels['method'];
    if (name === 'rest_client_requests_total' && method !== undefined)
      requests[method] = (requests[method] ?? 0) + value;
  }
  return {
    cpuSeconds: sum(samples, 'process_cpu_seconds_total'),
    rssMiB: sum(samples, 'process_resident_memory_bytes') / 2 ** 20,
    peakMiB: peakMiBOf(pid),
    anonymousMiB: anonymousMiBOf(pid),
    requests,
  };
}

function parseLine(line: string): { readonly message?: string; readonly level?: string } {
  try {
    return JSON.parse(line) as { message?: string; level?: string };
  } catch {
    return {};
  }
}
