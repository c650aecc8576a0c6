/** Starts an attack, ends it when its time is over, and resolves with what came of it. */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { AttackOrder, AttackReport } from './attacker-process.ts';

const program = fileURLToPath(new URL('attacker-process.ts', import.meta.url));
/** Requests under way end within it. */
const graceMs = 30_000;

export async function runAttack(order: AttackOrder, limitMs: number): Promise<AttackReport> {
  const child = fork(program, {
    execArgv: ['--disable-warning=ExperimentalWarning'],
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  const killWithParent = (): void => void child.kill('SIGKILL');
  process.once('exit', killWithParent);
  const stop = setTimeout(() => child.connected && child.send('stop'), limitMs);
  const kill = setTimeout(killWithParent, limitMs + graceMs);
  try {
    let report: AttackReport | undefined;
    child.once('message', (message) => (report = message as AttackReport));
    child.send(order);
    await once(child, 'exit');
    if (report === undefined) throw new Error(`the attack ${order.attack} ended without a report`);
    return report;
  } finally {
    clearTimeout(stop);
    clearTimeout(kill);
    process.off('exit', killWithParent);
  }
}
