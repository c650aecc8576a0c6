/**
 * Random sequences on a real control plane, until so many steps are done: several at the same time, each with people and homes of its own, and one
 * operator for all of them, which restarts and is away meanwhile.
 */
import fc from 'fast-check';
import type { TestCluster } from '../support/cluster.ts';
import { seededRandom } from '../support/seeded-random.ts';
import { ClusterGrants, type Shared } from './cluster-grants.ts';
import { ClusterHome } from './cluster-home.ts';
import { ClusterView } from './cluster-view.ts';
import { grantSteps } from './grant-commands.ts';
import { newModel } from './grant-model.ts';
import { homeSteps } from './home-commands.ts';
import { newHome } from './home-model.ts';
import { RuleReviews } from './rule-reviews.ts';
import { SharedOperator } from './shared-operator.ts';

interface ClusterRunOptions {
  readonly seed: number;
  readonly steps: number;
  /** No step begins after it, but there is one. */
  readonly limitMs?: number;
  /** Sequences at the same time. */
  readonly atOnce?: number;
  readonly operatorArgs?: readonly string[];
  readonly say?: (line: string) => void;
}

interface ClusterRun {
  readonly steps: number;
  readonly sequences: number;
  /** Steps that ended with a look at everything; the others were made while no operator ran. */
  readonly looks: number;
  readonly restarts: number;
  readonly outages: number;
  /** Jobs that ran, copies that had a value, and copies that lost it. */
  readonly ran: number;
  readonly kept: number;
  readonly ended: number;
  /** Jobs of schedules, and rotations whose hook succeeded. */
  readonly scheduled: number;
  readonly rotated: number;
}

/** Of so many sequences one is about schedules and sources, the others about grants. */
const homesOneIn = 4;

/** Real time passes: long enough for a grant to be used, short enough to wait for its end. */
const passesMs = [1_500, 4_000];
/** At most: some are steps that do not fit, and are left out. */
const stepsOfSequence = 150;
const defaultAtOnce = 8;

/** What was done, in a line. */
export function summaryOf(run: ClusterRun): string {
  const { steps, sequences, looks, restarts, outages, ran, kept, ended, scheduled, rotated } = run;
  return (
    `${String(steps)} steps in ${String(sequences)} sequences, ${String(looks)} looks, ${String(restarts)} restarts and ` +
    `${String(outages)} outages of the operator, ${String(ran)} jobs ran, ${String(kept)} copies were made and ${String(ended)} ended, ` +
    `${String(scheduled)} jobs of schedules, ${String(rotated)} rotations`
  );
}

interface Comparable<Model> {
  readonly looks: number;
  compareAtEnd(model: Model): Promise<void>;
  end(): Promise<void>;
}

interface Sequence<Model extends object, System extends object> {
  readonly steps: readonly fc.Arbitrary<fc.AsyncCommand<Model, System>>[];
  readonly model: Model;
  readonly system: System & Comparable<Model>;
}

export async function runOnCluster(test: TestCluster, options: ClusterRunOptions): Promise<ClusterRun> {
  const { seed, limitMs = Infinity, say = () => undefined, operatorArgs = [], atOnce = defaultAtOnce } = options;
  const endMs = performance.now() + limitMs;
  const operator = await SharedOperator.begin(test, operatorArgs, seededRandom(seed));
  const [view, reviews] = await Promise.all([ClusterView.start(test), RuleReviews.open(test)]);
  let [begun, steps, sequences, looks, hasFailed] = [0, 0, 0, 0, false];
  const tally = { ran: 0, kept: 0, ended: 0, scheduled: 0, rotated: 0 };
  const shared: Shared = { test, operator, view, reviews, say };
  const isOver = (): boolean => hasFailed || (steps > 0 && (steps >= options.steps || performance.now() > endMs));

  async function run<Model extends object, System extends object>(
    itsSeed: number,
    { steps: kinds, model, system }: Sequence<Model, System>,
  ): Promise<void> {
    const done: string[] = [];
    const [sequence] = fc.sample(fc.commands([...kinds], { maxCommands: stepsOfSequence, size: 'max' }), {
      seed: itsSeed,
      numRuns: 1,
    });
    type Step = fc.AsyncCommand<Model, System>;
    const noted = (step: Step): Step => ({
      check: (before) => !isOver() && step.check(before),
      run: async (before, real) => {
        done.push(step.toString());
        steps += 1;
        await step.run(before, real);
        operator.stepDone();
      },
      toString: () => step.toString(),
    });
    try {
      await fc.asyncModelRun(() => ({ model, real: system }), [...(sequence ?? [])].map(noted));
      await system.compareAtEnd(model);
    } catch (error) {
      hasFailed = true;
      throw new Error(`seed ${String(itsSeed)}, after these steps:\n${done.join('\n')}`, { cause: error });
    } finally {
      await system.end();
    }
    sequences += 1;
    looks += system.looks;
    say(`seed ${String(itsSeed)}: ${String(done.length)} steps, ${String(steps)} of ${String(options.steps)}`);
  }

  async function lane(): Promise<void> {
    while (!isOver()) {
      // A seed for each sequence, so that one can be repeated by itself.
      const itsSeed = seed + begun;
      begun += 1;
      await (begun % homesOneIn === 0 ? home(itsSeed) : grants(itsSeed));
    }
  }

  async function grants(itsSeed: number): Promise<void> {
    const system = await ClusterGrants.begin(shared, String(itsSeed));
    await run(itsSeed, { steps: grantSteps({ passesMs, hasOutages: false }), model: newModel(), system });
    tally.ran += system.started.size;
    tally.kept += system.kept.size;
    tally.ended += system.ended.size;
  }

  async function home(itsSeed: number): Promise<void> {
    const system = await ClusterHome.begin(shared);
    await run(itsSeed, { steps: homeSteps(passesMs), model: newHome(), system });
    tally.scheduled += system.runs;
    tally.rotated += system.rotations;
  }

  try {
    const lanes = await Promise.allSettled(Array.from({ length: atOnce }, lane));
    for (const end of lanes) if (end.status === 'rejected') throw end.reason;
  } finally {
    await operator.end();
    await view.stop();
    reviews.close();
  }
  return { steps, sequences, looks, ...tally, restarts: operator.restarts, outages: operator.outages };
}
