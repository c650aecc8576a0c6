/** The page server as a process of this machine. */
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

export const pageServerPath = fileURLToPath(new URL('page-program.ts', import.meta.url));

export interface PageServer {
  readonly port: number;
  stop(): void;
}

export async function startPageServer(): Promise<PageServer> {
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', pageServerPath], {
    env: { PORT: '0', HOST: '127.0.0.1' },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const port = await new Promise<number>((resolve, reject) => {
    child.once('error', reject);
    child.stdout.once('data', (line: Buffer) => resolve(Number(line.toString())));
  });
  return { port, stop: () => void child.kill() };
}
