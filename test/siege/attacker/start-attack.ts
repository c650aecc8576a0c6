/** Starts an attack, ends it when its time since the first accepted request is over, and resolves with what came of it. */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { AttackOrder, AttackReport, BEGUN } from './attacker-process.ts';

const program = fileURLToPath(new URL('attacker-process.ts', import.meta.url));
/** Requests under way end within it. */
const graceMs = 30_000;
/** The first request is accepted within it, or the attack is none. */
const beginsWithinMs = 120_000;

export async function runAttack(order: AttackOrder, limitMs: number): Promise<AttackReport> {
  const child = fork(program, {
    execArgv: ['--disable-warning=ExperimentalWarning'],
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  const killWithParent = (): void => void child.kill('SIGKILL');
  process.once('exit', killWithParent);
  let timers: readonly NodeJS.Timeout[] = [];
  const endAfter = (ms: number): void => {
    for (const timer of timers) clearTimeout(timer);
    timers = [setTimeout(() => child.connected && child.send('stop'), ms), setTimeout(killWithParent, ms + graceMs)];
  };
  endAfter(beginsWithinMs);
  try {
    let report: AttackReport | undefined;
    child.on('message', (message: typeof BEGUN | AttackReport) => {
      if (typeof message === 'string') endAfter(limitMs);
      else report = message;
    });
    child.send(order);
    await once(child, 'exit');
    if (report === undefined) throw new Error(`the attack ${order.attack} ended without a report`);
    return report;
  } finally {
    for (const timer of timers) clearTimeout(timer);
    process.off('exit', killWithParent);
  }
}
