/** The built console as a process of its own, before a cluster: what it takes of memory and of the processor. */
import { spawn, type ChildProcess } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { until } from '../../support/until.ts';

const startLimitMs = 30_000;
/** Of the kernel's clock, in which /proc counts: 100 on every Linux of today. */
const ticksPerSecond = 100;

interface ConsoleProcess {
  readonly port: number;
  residentMib(): number;
  cpuSeconds(): number;
  stop(): Promise<void>;
}

export async function startConsoleProcess(words: readonly string[]): Promise<ConsoleProcess> {
  const port = await freePort();
  const healthPort = await freePort();
  const child = spawn(
    process.execPath,
    [
      ...['--disable-warning=ExperimentalWarning', 'dist/console.mjs', '--bind-address', '127.0.0.1'],
      ...[
        '--port',
        String(port),
        '--health-port',
        String(healthPort),
        '--public-url',
        `http://127.0.0.1:${String(port)}`,
      ],
      ...words,
    ],
    { stdio: ['ignore', 'ignore', 'inherit'] },
  );
  let isUp = false;
  const look = setInterval(() => {
    fetch(`http://127.0.0.1:${String(healthPort)}/readyz`).then(
      ({ ok }) => (isUp = ok),
      () => undefined,
    );
  }, 50);
  await until(() => isUp, 'the console is ready', startLimitMs).finally(() => clearInterval(look));
  const pid = String(child.pid);
  return {
    port,
    residentMib: () => Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1024,
    cpuSeconds: () => {
      const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
        .replace(/^.*\) /, '')
        .split(' ');
      return (Number(fields[11]) + Number(fields[12])) / ticksPerSecond;
    },
    stop: () => ended(child),
  };
}

async function ended(child: ChildProcess): Promise<void> {
  const exit = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGTERM');
  await exit;
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
