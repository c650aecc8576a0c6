/** Grants on a real control plane against the model of test/model: `npm run siege -- --model` runs thousands of the same steps. */
import { expect, test } from '@jest/globals';
import { runOnCluster } from '../model/run-on-cluster.ts';
import { testCluster } from '../support/cluster.ts';

const seed = Number(process.env['NEURO_MODEL_SEED'] ?? Math.floor(Math.random() * 2 ** 31));
const steps = Number(process.env['NEURO_MODEL_STEPS'] ?? 150);

test(`everybody may do what the model says, whatever happens in which order (seed ${String(seed)})`, async () => {
  const run = await runOnCluster(await testCluster(), { seed, steps });
  process.stderr.write(
    `${String(run.steps)} steps in ${String(run.sequences)} sequences, ${String(run.looks)} looks\n`,
  );
  expect(run.steps).toBeGreaterThanOrEqual(steps);
}, 600_000);
