/** The middle round of each contestant, how far the rounds lie apart, and what was to be reached. Pure. */
import { median } from '../operator/percentile.ts';
import type { Contestant, Figures } from './contestant.ts';

export interface Spread {
  readonly median: number;
  readonly least: number;
  readonly most: number;
}

/** A contestant with its figures; those that never ran are left out. */
export interface Found {
  readonly contestant: Contestant;
  readonly rounds: number;
  /** Of the rounds in which the figure exists. */
  readonly figures: Readonly<Record<keyof Figures, Spread | undefined>>;
}

export interface Verdict {
  readonly what: string;
  readonly target: string;
  readonly value: number;
  readonly isReached: boolean;
}

const names: readonly (keyof Figures)[] = [
  'perSecond',
  'controllerCpuMs',
  'apiServerCpuMs',
  'writes',
  'events',
  'p50Ms',
  'p99Ms',
  'peakMiB',
];

export function foundOf(
  contestants: readonly Contestant[],
  figures: ReadonlyMap<string, readonly Figures[]>,
): readonly Found[] {
  return contestants.flatMap((contestant) => {
    const rounds = figures.get(contestant.id) ?? [];
    if (rounds.length === 0) return [];
    const spreads = names.map((name) => [name, spreadOf(rounds.map((round) => round[name]))] as const);
    return [{ contestant, rounds: rounds.length, figures: Object.fromEntries(spreads) as Found['figures'] }];
  });
}

function spreadOf(values: readonly (number | undefined)[]): Spread | undefined {
  const known = values.filter((value) => value !== undefined);
  if (known.length === 0) return undefined;
  return { median: median(known), least: Math.min(...known), most: Math.max(...known) };
}

const jobContestants = [
  { id: 'ours-jobs-plain', words: 'no secrets' },
  { id: 'ours-jobs', words: 'two secrets a job' },
];

/** Only of what was measured in this run. */
export function verdictsOf(found: readonly Found[]): readonly Verdict[] {
  const of = (id: string, name: keyof Figures): number | undefined =>
    found.find(({ contestant }) => contestant.id === id)?.figures[name]?.median;
  const ratio = (a: number | undefined, b: number | undefined): number | undefined =>
    a === undefined || b === undefined ? undefined : a / b;
  const atLeast = (what: string, least: number, value: number | undefined): readonly Verdict[] =>
    value === undefined ? [] : [{ what, target: `at least ${String(least)}`, value, isReached: value >= least }];
  const atMost = (what: string, most: number, value: number | undefined): readonly Verdict[] =>
    value === undefined ? [] : [{ what, target: `at most ${String(most)}`, value, isReached: value <= most }];
  const rate = (id: string): number | undefined => of(id, 'perSecond');
  return [
    ...atLeast('secrets a second, of tuned sealed-secrets', 5, ratio(rate('ours'), rate('sealed-secrets'))),
    ...atLeast('secrets a second, of tuned External Secrets', 1, ratio(rate('ours'), rate('external-secrets'))),
    ...atMost("operator's processor time a secret, ms", 1.2, of('ours', 'controllerCpuMs')),
    ...atMost('secret at rest: p99 of p50', 2, ratio(of('ours', 'p99Ms'), of('ours', 'p50Ms'))),
    // Jobs of the Job controller have no secrets, so those without are the same work; two secrets are reviewed and copied besides.
    ...jobContestants.flatMap(({ id, words }) => [
      ...atLeast(`jobs a second, ${words}, of the tuned Job controller`, 0.5, ratio(rate(id), rate('job-controller'))),
      ...atLeast(`jobs a second, ${words}, of its default`, 10, ratio(rate(id), rate('job-controller-default'))),
    ]),
    ...atMost('writes a job, Events left out', 3, roundedUp(of('ours-jobs', 'writes'))),
    ...atMost('Events a job', 1, roundedUp(of('ours-jobs', 'events'))),
    ...atMost('job at rest: p50 of the bare client', 1.3, ratio(of('ours-jobs', 'p50Ms'), of('bare-jobs', 'p50Ms'))),
    ...atMost('job at rest: p99 of p50', 3, ratio(of('ours-jobs', 'p99Ms'), of('ours-jobs', 'p50Ms'))),
    ...atMost(
      "API server's processor time for a secret's writes, of a small CRD",
      1.5,
      ratio(of('bare-secrets', 'apiServerCpuMs'), of('bare-secrets-small', 'apiServerCpuMs')),
    ),
  ];
}

/** A lease or a list that is renewed meanwhile is not a write a job. */
function roundedUp(value: number | undefined): number | undefined {
  return value === undefined ? undefined : Math.round(value * 100) / 100;
}
