/** 1,000 UserSecrets at once: sealed and plain, before the operator starts and while it runs. */
import { measureBaseline, takeTemplate } from '../baseline.ts';
import type { Bench } from '../bench.ts';
import { settleAfterStart, settleWhileCreating, type Settled } from '../settle.ts';
import { settledRow } from '../settled-row.ts';
import { prepareSecrets } from '../user-secrets.ts';

const part = 'create';

export async function benchCreate(bench: Bench): Promise<void> {
  const count = bench.count(1_000);
  const template = await takeTemplate(bench, 'sealed');
  // The first time is the API server's and this process's warm-up.
  await measureBaseline(bench, template, 'plain', count);
  const before = await measureBaseline(bench, template, 'sealed', count);

  const results: Record<string, Settled> = {};
  for (const form of ['sealed', 'plain'] as const) {
    const afterStart = await settleAfterStart(bench, await prepareSecrets(bench, `${form}-after`, count, form));
    results[`${String(count)} ${form}, there before the start`] = afterStart;
    await afterStart.operator.stop();
  }
  for (const form of ['sealed', 'plain'] as const) {
    const operator = await bench.startOperator();
    const secrets = await prepareSecrets(bench, `${form}-live`, count, form);
    results[`${String(count)} ${form}, created while it runs`] = await settleWhileCreating(bench, secrets, operator);
    await operator.stop();
  }

  const baselines = [before, await measureBaseline(bench, template, 'sealed', count)];
  for (const [what, result] of Object.entries(results))
    settledRow(bench, { part, what, count, isLive: what.includes('while') }, result, baselines);
}
