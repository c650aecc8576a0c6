/**
 * Grants against a model: users, secrets, grants of each level, grants on the right of others, expiries, revokes, jobs, and an operator that
 * restarts or is away, in any order. After each step everybody may do exactly what the model says, and a job of N has its Pod if and only if N
 * may use its secret. A case that fails comes as its shortest steps, with the seed that repeats it.
 */
import { test } from 'vitest';
import fc from 'fast-check';
import { grantSteps } from './grant-commands.ts';
import { newModel } from './grant-model.ts';
import { InProcessGrants } from './in-process-grants.ts';

const seed = Number(process.env['NEURO_MODEL_SEED'] ?? Math.floor(Math.random() * 2 ** 31));
const runs = Number(process.env['NEURO_MODEL_RUNS'] ?? 25);
const passesMs = [3_000, 100_000, 600_000];

test(`everybody may do what the model says, whatever happens in which order (seed ${String(seed)})`, async () => {
  await fc.assert(
    fc.asyncProperty(fc.commands(grantSteps({ passesMs }), { maxCommands: 100, size: 'max' }), async (steps) => {
      const system = new InProcessGrants();
      await system.startOperator();
      const model = newModel();
      try {
        await fc.asyncModelRun(() => ({ model, real: system }), steps);
        if (!model.isOperatorUp) {
          model.isOperatorUp = true;
          await system.startOperator();
          await system.compare(model);
        }
      } finally {
        await system.stop();
      }
    }),
    { seed, numRuns: runs, endOnFailure: false },
  );
});
