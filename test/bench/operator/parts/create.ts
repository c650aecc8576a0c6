/** 1,000 UserSecrets at once: sealed and plain, before the operator starts and while it runs. */
import { driftOf, meanOf, measureBaseline, takeTemplate } from '../baseline.ts';
import type { Bench } from '../bench.ts';
import { settleAfterStart, settleWhileCreating, writesText, type Settled } from '../settle.ts';
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
  const bare = meanOf(baselines);
  for (const [what, { perSecond, operatorCpuMsEach, apiServerCpuMsEach, writes }] of Object.entries(results)) {
    const isLive = what.includes('while');
    bench.row({
      part,
      what,
      value: perSecond,
      unit: '/s',
      bare: isLive ? bare.threeWritesPerSecond : bare.twoWritesPerSecond,
      target: { of: 'ratio', atLeast: 0.8 },
      note: `${writesText(writes, count)}; CPU ms each: operator ${operatorCpuMsEach.toFixed(2)} (bare client ${bare.clientCpuMsEach.toFixed(2)}), API server ${apiServerCpuMsEach.toFixed(2)} (${bare.apiServerCpuMsEach.toFixed(2)}); ${driftOf(baselines)}`,
    });
  }
}
