/** Benchmarks: programs that measure, never tests that fail because a machine is slow. `npm run bench -- --help`. */
import { randomInt } from 'node:crypto';
import { Command, InvalidArgumentError } from 'commander';
import { benchApiCosts } from './api-costs/bench-api-costs.ts';
import { benchCommand } from './command.ts';
import { benchConsole } from './console/bench-console.ts';
import { benchLists } from './console/bench-lists.ts';
import { benchFaults, faultNames } from './faults/bench-faults.ts';
import { benchLastWords } from './last-words.ts';
import { benchOperator, partNames, usualParts, type PartName } from './operator/bench-operator.ts';
import { benchRivals, contestants } from './rivals/bench-rivals.ts';
import { benchScaling } from './scaling/bench-scaling.ts';
import { benchSealing } from './sealing.ts';

const program = new Command('bench').description('Measures; ends with 0 unless it could not measure.');

program
  .command('operator')
  .description('the built operator on a real control plane of its own, beside a bare client that makes the same writes')
  .argument('[parts...]', `what to measure: ${partNames.join(', ')}; by default all but growth`, collectPart, [])
  .option('--quick', 'a tenth of the objects')
  .option('--json <file>', 'write the results there too')
  .option('--cpu-prof <folder>', "write the operator's CPU profiles there, one for each of its starts")
  .option('--node-option <flag...>', 'options of node that the operator runs with, such as --max-semi-space-size=2')
  .action((parts: readonly PartName[], options: Options) =>
    benchOperator({
      parts: parts.length === 0 ? usualParts : parts,
      isQuick: options.quick === true,
      jsonPath: options.json,
      cpuProfileFolder: options.cpuProf,
      nodeOptions: options.nodeOption,
    }),
  );

program
  .command('rivals')
  .description(
    'the built operator beside sealed-secrets, External Secrets, the Job controller and a bare client; writes docs/benchmarks.md',
  )
  .argument('[contestants...]', `who takes part: ${contestants.map(({ id }) => id).join(', ')}; by default all`)
  .option('--rounds <count>', 'at most so many', positive, 3)
  .option('--minutes <count>', 'no round begins that would not end within it', positive, 25)
  .option('--seed <number>', 'of the order', positive, randomInt(1, 2 ** 31))
  .option('--quick', 'a tenth of the objects; nothing is written')
  .option('--out <folder>', 'write the page and its charts there', 'docs')
  .action((names: readonly string[], { rounds, minutes, seed, quick, out }: RivalsFlags) =>
    benchRivals({
      chosen: names.length === 0 ? contestants : names.map(contestantOf),
      rounds,
      minutes,
      seed,
      isQuick: quick === true,
      docs: quick === true || names.length > 0 ? undefined : out,
    }),
  );

program
  .command('faults')
  .description(
    'kills, stolen leases, storms and broken keys: what is lost or made twice, and how long it takes to settle',
  )
  .argument('[faults...]', `which: ${faultNames.join(', ')}; by default all`)
  .option('--seed <number>', 'of what is decided by chance', positive, randomInt(1, 2 ** 31))
  .option('--objects <count>', 'changed at once', positive, 10_000)
  .option('--minutes <count>', 'nothing begins after that', positive, 11)
  .option('--out <file>', 'write the page there, where all faults are run', 'docs/faults.md')
  .action((names: readonly string[], { seed, objects, minutes, out }: FaultsFlags) =>
    benchFaults({ names, seed, objects, minutes, page: names.length > 0 ? undefined : out }),
  );

program
  .command('api-costs')
  .description('what a write of each kind costs the API server, beside a small CRD with the same status')
  .argument('[count]', 'writes of each kind in a round', positive, 500)
  .argument('[rounds]', 'how many rounds', positive, 5)
  .option('--before <folder>', 'other CRDs of the same kinds, such as those of a release, measured beside ours')
  .action((count: number, rounds: number, options: { readonly before?: string }) =>
    benchApiCosts({ count, rounds, before: options.before }),
  );

program
  .command('scaling')
  .description('a million secrets, simulated: the real queue, an API server of measured costs, one operator or several')
  .action(() => benchScaling());

program
  .command('sealing')
  .description('how many sealed values one process opens in a second, in both formats')
  .argument('[values]', 'how many of each', positive, 2_000)
  .argument('[concurrency]', 'how many at a time', positive, 32)
  .action((values: number, concurrency: number) => benchSealing(values, concurrency));

program
  .command('last-words')
  .description("how long clearing a job's last words of its secrets holds up other work")
  .argument('[mebibytes]', 'of values', positive, 4)
  .action((mebibytes: number) => benchLastWords(mebibytes));

program
  .command('command')
  .description('neuro as a whole process, in turns with kubectl')
  .argument('[rounds]', 'how many times each', positive, 20)
  .action((rounds: number) => benchCommand(rounds));

program
  .command('console')
  .description(
    'the built console with sessions and watches held open, beside watches that go straight to the API server',
  )
  .argument('[sessions]', 'how many', positive, 200)
  .action((sessions: number) => benchConsole(sessions));

program
  .command('console-lists')
  .description(
    'thousands of secrets and jobs in a real browser: frames and long tasks while they are scrolled and searched',
  )
  .argument('[secrets]', 'how many', positive, 5_000)
  .argument('[jobs]', 'how many', positive, 2_000)
  .action((secrets: number, jobs: number) => benchLists(secrets, jobs));

await program.parseAsync();

interface Options {
  readonly quick?: boolean;
  readonly json?: string;
  readonly cpuProf?: string;
  readonly nodeOption?: readonly string[];
}

interface FaultsFlags {
  readonly seed: number;
  readonly objects: number;
  readonly minutes: number;
  readonly out: string;
}

interface RivalsFlags {
  readonly rounds: number;
  readonly minutes: number;
  readonly seed: number;
  readonly quick?: boolean;
  readonly out: string;
}

function contestantOf(name: string): (typeof contestants)[number] {
  const found = contestants.find(({ id }) => id === name);
  if (found === undefined) throw new InvalidArgumentError(`there is no contestant ${name}`);
  return found;
}

function collectPart(text: string, former: readonly PartName[]): readonly PartName[] {
  const name = partNames.find((known) => known === text);
  if (name === undefined) throw new InvalidArgumentError(`expected one of ${partNames.join(', ')}`);
  return [...former, name];
}

function positive(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1) throw new InvalidArgumentError('expected a whole number above 0');
  return value;
}
