/** Random sequences on a real control plane, until so many steps are done. One operator for all, but where a step restarts it. */
import fc from 'fast-check';
import type { TestCluster } from '../support/cluster.ts';
import { startOperator } from '../support/operator.ts';
import { ClusterGrants } from './cluster-grants.ts';
import { grantSteps, type Step } from './grant-commands.ts';
import { newModel, type GrantModel } from './grant-model.ts';

interface ClusterRunOptions {
  readonly seed: number;
  readonly steps: number;
  /** No sequence begins after it, but there is one. */
  readonly limitMs?: number;
  readonly operatorArgs?: readonly string[];
  readonly say?: (line: string) => void;
}

interface ClusterRun {
  readonly steps: number;
  readonly sequences: number;
  readonly looks: number;
}

/** Real time passes: long enough for a grant to be used, short enough to wait for its end. */
const passesMs = [1_500, 4_000];
const stepsOfSequence = 40;

export async function runOnCluster(test: TestCluster, options: ClusterRunOptions): Promise<ClusterRun> {
  const { seed, limitMs = Infinity, say = () => undefined, operatorArgs = [] } = options;
  const endMs = performance.now() + limitMs;
  let operator = await startOperator(test, { args: operatorArgs });
  let [steps, sequences, looks] = [0, 0, 0];
  try {
    while (steps < options.steps && (sequences === 0 || performance.now() < endMs)) {
      // A seed for each sequence, so that one can be repeated by itself.
      const itsSeed = seed + sequences;
      const done: string[] = [];
      const [sequence] = fc.sample(
        fc.commands(grantSteps({ passesMs }), { maxCommands: stepsOfSequence, size: 'max' }),
        {
          seed: itsSeed,
          numRuns: 1,
        },
      );
      const system = await ClusterGrants.begin(test, operator, operatorArgs);
      const model = newModel();
      try {
        await fc.asyncModelRun(
          () => ({ model, real: system }),
          [...(sequence ?? [])].map((step) => noted(step, done)),
        );
        model.isOperatorUp = true;
        await system.startOperator();
        await system.compare(model);
      } catch (error) {
        throw new Error(`seed ${String(itsSeed)}, after these steps:\n${done.join('\n')}`, { cause: error });
      } finally {
        operator = await system.end();
      }
      sequences += 1;
      steps += done.length;
      looks += system.looks;
      say(`seed ${String(itsSeed)}: ${String(done.length)} steps, ${String(steps)} of ${String(options.steps)}`);
    }
  } finally {
    await operator.stop();
  }
  return { steps, sequences, looks };
}

/** The step, which notes that it was done. */
function noted(step: Step, done: string[]): Step {
  return {
    check: (model: GrantModel) => step.check(model),
    run: (model, system) => {
      done.push(step.toString());
      return step.run(model, system);
    },
    toString: () => step.toString(),
  };
}
