/** What `neuro run` says of a job on its way: each status once, with the reason that a person needs. */
import { expect, test } from 'vitest';
import type { NeuroJobStatus } from '../../src/api/index.ts';
import { createStatusPrinter } from '../../src/cli/commands/job/status-printer.ts';

type Transition = NonNullable<NeuroJobStatus['transitions']>[number];

function told(...transitions: readonly Omit<Transition, 'time'>[]): readonly string[] {
  const lines: string[] = [];
  const tell = createStatusPrinter((line) => lines.push(line));
  for (let count = 1; count <= transitions.length; count += 1) {
    const status = { transitions: transitions.slice(0, count).map((each) => ({ time: '', ...each })) };
    tell({ metadata: { name: 'a' }, spec: { image: 'x' }, status });
  }
  return lines;
}

test('a pull that fails says why', () => {
  expect(
    told(
      { phase: 'Pending', reason: 'ContainerCreating' },
      { phase: 'Pending', reason: 'ErrImagePull', message: 'registry.example/x:1: not found' },
      { phase: 'Pending', reason: 'ImagePullBackOff', message: 'Back-off pulling image "x:1"' },
    ),
  ).toEqual([
    'Status: pending ContainerCreating',
    'Status: pending ErrImagePull (registry.example/x:1: not found)',
    'Status: pending ImagePullBackOff (Back-off pulling image "x:1")',
  ]);
});

test('a node that does not exist, a quota and a refusal say why', () => {
  expect(told({ phase: 'Pending', reason: 'Unschedulable', message: '0/3 nodes' })).toEqual([
    'Status: pending Unschedulable (0/3 nodes)',
  ]);
  expect(told({ phase: 'Failed', reason: 'OOMKilled', message: 'too much memory' })).toEqual([
    'Status: failed OOMKilled (too much memory)',
  ]);
});

test('a restart and an error say why', () => {
  const restart = 'the container ended with exit code 1 and is started again';
  const leaving = 'the Pod is being deleted; another one is created as soon as it is gone; its node does not answer';
  const init = "the init container 'setup' ended with exit code 2";
  expect(
    told(
      { phase: 'Running', reason: 'Running' },
      { phase: 'Running', reason: 'Restarting', message: restart },
      { phase: 'Running', reason: 'Restarting', message: leaving },
      { phase: 'Failed', reason: 'Error', message: init },
    ),
  ).toEqual([
    'Status: running',
    `Status: running Restarting (${restart})`,
    `Status: running Restarting (${leaving})`,
    `Status: failed Error (${init})`,
  ]);
});

test('what the command said is only in its output', () => {
  const lines: string[] = [];
  const transitions = [{ time: '', phase: 'Failed', reason: 'Error' }] as const;
  createStatusPrinter((line) => lines.push(line))({
    metadata: { name: 'a' },
    spec: { image: 'x' },
    status: { phase: 'Failed', reason: 'Error', message: 'its last words', transitions: [...transitions] },
  });
  expect(lines).toEqual(['Status: failed Error']);
});

test('a Pod that was lost says why', () => {
  expect(told({ phase: 'Pending', reason: 'Restarting', message: 'the node rejected the Pod' })).toEqual([
    'Status: pending Restarting (the node rejected the Pod)',
  ]);
});
