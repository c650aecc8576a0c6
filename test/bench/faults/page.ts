/** The result as a table for the terminal, and as the page `docs/faults.md`. Pure. */
import Table from 'cli-table3';
import { KUBERNETES_VERSION } from '../../../tools/devcluster/build/components.ts';
import type { MachineFacts } from '../operator/report.ts';
import { median } from '../operator/percentile.ts';
import type { Fault } from './faults.ts';

export interface Result {
  readonly fault: Pick<Fault, 'name' | 'what' | 'repetitions'>;
  /** Of each repetition that was whole. */
  readonly settledMs: readonly number[];
  readonly lost: readonly string[];
  readonly kept: readonly string[];
  readonly twice: readonly string[];
}

interface FaultsReport {
  readonly machine: MachineFacts;
  readonly seed: number;
  readonly minutes: number;
  readonly date: Date;
  readonly results: readonly Result[];
}

const head = ['fault', 'name', 'repetitions', 'lost', 'access kept', 'twice', 'settled after, median', 'longest'];

export function tableOf({ results }: FaultsReport): string {
  const table = new Table({ head, style: { head: [], border: [] } });
  for (const result of results) table.push([...cells(result)]);
  return table.toString();
}

export function pageOf(report: FaultsReport): string {
  const { machine, seed, minutes, date, results } = report;
  const row = (cellsOfRow: readonly string[]): string => `| ${cellsOfRow.join(' | ')} |`;
  return [
    '# Faults',
    '',
    '<!-- Written by "npm run bench -- faults". Do not edit. -->',
    '',
    'What happens to secrets, grants and jobs while the cluster or the operator fails.',
    '',
    '```',
    'npm run build && npm run bench -- faults',
    `npm run bench -- faults storm-409 --seed ${String(seed)}   # one of them; only printed`,
    '```',
    '',
    `${date.toISOString().slice(0, 10)}; ${String(machine.processors)} processors (${machine.model}), ${String(machine.memoryGiB)} GiB, ${machine.system}; ` +
      `Node ${machine.node.slice(1)}, Kubernetes ${KUBERNETES_VERSION.slice(1)}; ${minutes.toFixed(0)} minutes, seed ${String(seed)}; ` +
      `load before the start ${machine.loadAtStart.toFixed(1)}.`,
    '',
    row(head),
    row(head.map(() => '---')),
    ...results.map((result) => row(cells(result))),
    '',
    '- The built operator runs with the rights of the chart behind a proxy that looks like the API server. Two control planes run at the same time,',
    '  so one fault can wait while another works.',
    '- In each repetition people create secrets (sealed, plain and generated), grants, grants that they delete at once, and jobs, while the fault happens.',
    '- **Lost**: a secret without its native Secret or with another value or not `Ready`, a grant without its binding, a job without its Pod, or an',
    '  access that the API server does not allow though a grant gives it.',
    '- **Access kept**: an access that the API server still allows though its grant was deleted or has expired, or that no grant gives.',
    '- **Twice**: a generated value that was generated again, or a job that had two Pods.',
    '- **Settled after**: from the end of the fault until nothing is lost and no access is kept.',
    '',
  ].join('\n');
}

function cells({ fault, settledMs, lost, kept, twice }: Result): readonly string[] {
  return [
    fault.what,
    fault.name,
    `${String(settledMs.length)} of ${String(fault.repetitions)}`,
    ...[lost, kept, twice].map(({ length }) => String(length)),
    ...(settledMs.length === 0 ? ['', ''] : [median(settledMs), Math.max(...settledMs)].map(seconds)),
  ];
}

export function seconds(ms: number): string {
  return `${(ms / 1_000).toFixed(1)} s`;
}
