/** The result as tables: for the terminal, and as the page `docs/benchmarks.md` with its charts. Pure. */
import Table from 'cli-table3';
import { KUBERNETES_VERSION, GO_MODULES } from '../../../tools/devcluster/build/components.ts';
import type { MachineFacts } from '../operator/report.ts';
import { figure, svgOf, type Chart } from './chart.ts';
import type { Figures, Race } from './contestant.ts';
import { verdictsOf, type Found, type Spread } from './verdicts.ts';

export interface RivalsRun {
  readonly machine: MachineFacts;
  readonly rounds: number;
  readonly seed: number;
  readonly minutes: number;
  readonly date: Date;
  readonly found: readonly Found[];
  /** What could not be measured: the round, the contestant and why. */
  readonly failed: readonly string[];
}

const titles: Readonly<Record<Race, string>> = {
  secrets: 'Secrets: from a custom resource to a native Secret',
  jobs: 'Jobs: from a custom resource to a Pod',
};
const columns: readonly (readonly [name: keyof Figures, title: string])[] = [
  ['perSecond', 'objects/s'],
  ['p50Ms', 'at rest, p50 ms'],
  ['p99Ms', 'p99 ms'],
  ['controllerCpuMs', 'controller, CPU ms each'],
  ['apiServerCpuMs', 'API server, CPU ms each'],
  ['writes', 'writes each'],
  ['events', 'Events each'],
  ['peakMiB', 'memory, MiB'],
];

export function tableOf({ found }: RivalsRun): string {
  const table = new Table({ head: ['', ...columns.map(([, title]) => title)], style: { head: [], border: [] } });
  for (const { contestant, figures } of found)
    table.push([`${contestant.race}: ${contestant.title}`, ...columns.map(([name]) => cell(figures[name]))]);
  const verdicts = verdictsOf(found).map(
    ({ what, target, value, isReached }) => `${isReached ? 'yes' : 'NO '}  ${what}: ${figure(value)} (${target})`,
  );
  return [table.toString(), ...verdicts].join('\n');
}

export function pageOf(run: RivalsRun): string {
  const { machine, rounds, seed, minutes, date, found, failed } = run;
  return [
    '# Benchmarks',
    '',
    '<!-- Written by "npm run bench -- rivals". Do not edit. -->',
    '',
    'This operator beside other controllers that do similar work, all measured in one run on one machine.',
    '',
    '```',
    'npm run build && npm run bench -- rivals',
    '```',
    '',
    `${date.toISOString().slice(0, 10)}; ${String(machine.processors)} processors (${machine.model}), ${String(machine.memoryGiB)} GiB, ${machine.system}; ` +
      `Node ${machine.node.slice(1)}, Kubernetes ${KUBERNETES_VERSION.slice(1)}, sealed-secrets ${GO_MODULES.kubeseal.version.slice(1)}, External Secrets ${GO_MODULES['external-secrets'].version.slice(1)}; ` +
      `${String(rounds)} rounds in ${minutes.toFixed(0)} minutes, seed ${String(seed)}; load before the start ${machine.loadAtStart.toFixed(1)}.`,
    '',
    '- Each contestant gets a fresh control plane in each round, in shuffled order. Figures are medians of the rounds (the mean of the two in the middle, where their number is even), with the lowest and the highest round.',
    '- etcd, API server, controller and client share the processors. The figures compare; they do not predict your cluster.',
    '- **objects/s**: many are created at once while the controller runs, 32 requests at a time, from the first request to the last product' +
      ' and the last status. **At rest**: one at a time, from the request until a watch sees the product.',
    '- The **bare client** has no controller: it makes the same writes itself, one after the other for each object. It is the limit.' +
      ' With the small CRD, the same status is written to a CRD without rules.',
    '- **External Secrets** runs its own controllers with its fake provider alone: the values are in its SecretStore, and nobody is asked for' +
      ' them. It first adds a finalizer to each ExternalSecret, which is one of its writes. The fake provider has no lock, and two reconciles at a' +
      ' time can end the process; so each reconcile gets a provider of its own here. By default it reads the Secrets from the API server, which counts' +
      ' among its 50 requests a second; tuned, it keeps them in memory.',
    '- Everybody logs in with a token of a service account. **Writes** are those of the controller; Events are counted apart, and the' +
      " scheduler's are among them. How many jobs use a secret is written to its status at intervals, however many there are;" +
      ' these writes are left out.',
    ...failed.map((what) => `- **Not measured**: ${what}`),
    '',
    ...(['secrets', 'jobs'] as const).flatMap((race) => section(race, found)),
    ...targets(found),
  ].join('\n');
}

function section(race: Race, all: readonly Found[]): readonly string[] {
  const found = all.filter(({ contestant }) => contestant.race === race);
  if (found.length === 0) return [];
  return [
    `## ${titles[race]}`,
    '',
    `![${titles[race]}: objects a second](images/benchmarks-${race}-rate.svg)`,
    '',
    `![${titles[race]}: milliseconds at rest](images/benchmarks-${race}-rest.svg)`,
    '',
    row(['', 'flags', 'objects', ...columns.map(([, title]) => title)]),
    row(['---', '---', '--:', ...columns.map(() => '--:')]),
    ...found.map(({ contestant, figures }) =>
      row([
        contestant.title,
        contestant.flags,
        String(contestant.burst),
        ...columns.map(([name]) => cell(figures[name])),
      ]),
    ),
    '',
  ];
}

function targets(found: readonly Found[]): readonly string[] {
  const verdicts = verdictsOf(found);
  if (verdicts.length === 0) return [];
  return [
    '## Targets',
    '',
    row(['what', 'target', 'measured', 'reached']),
    row(['---', '---', '--:', '---']),
    ...verdicts.map(({ what, target, value, isReached }) =>
      row([what, target, figure(value), isReached ? 'yes' : '**no**']),
    ),
    '',
  ];
}

export function chartsOf({ found }: RivalsRun): ReadonlyMap<string, string> {
  const charts = new Map<string, string>();
  for (const race of ['secrets', 'jobs'] as const) {
    const rate = chart(found, race, 'perSecond', `${titles[race]}, objects a second (more is better)`, '/s');
    const rest = chart(found, race, 'p50Ms', `${titles[race]}, p50 at rest (less is better)`, 'ms');
    if (rate.bars.length === 0) continue;
    charts.set(`benchmarks-${race}-rate.svg`, svgOf(rate));
    charts.set(`benchmarks-${race}-rest.svg`, svgOf(rest));
  }
  return charts;
}

function chart(found: readonly Found[], race: Race, name: keyof Figures, title: string, unit: string): Chart {
  const bars = found.flatMap(({ contestant, figures }) => {
    const spread = figures[name];
    if (contestant.race !== race || spread === undefined) return [];
    const { median: value, least, most } = spread;
    return [{ label: contestant.title, value, least, most, isOurs: contestant.id.startsWith('ours') }];
  });
  return { title, unit, bars };
}

function cell(spread: Spread | undefined): string {
  if (spread === undefined) return '';
  const { median, least, most } = spread;
  return least === most ? figure(median) : `${figure(median)} (${figure(least)} to ${figure(most)})`;
}

function row(cells: readonly string[]): string {
  return `| ${cells.join(' | ')} |`;
}
