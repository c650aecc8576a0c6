/** Which files share a process, which wait for a tool, and how many lanes run at once. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from '@jest/globals';
import { inTurn } from '../../scripts/test/in-turn.ts';
import { lanesOf } from '../../scripts/test/lanes.ts';
import { needsOf, type Needs } from '../../scripts/test/needs.ts';

const needs: Readonly<Record<string, Needs>> = {
  plain: { tools: new Set(), inCluster: false },
  inside: { tools: new Set(), inCluster: true },
  chart: { tools: new Set(['helm']), inCluster: false },
  gitops: { tools: new Set(['argocd', 'helm']), inCluster: true },
};
const lanes = (tier: 'cluster' | 'e2e', built: boolean): unknown =>
  lanesOf({
    tier,
    files: Object.keys(needs),
    needsOf: (file) => needs[file] ?? { tools: new Set(), inCluster: false },
    isBuilt: () => built,
  }).map(({ name, files, waitsFor }) => [name, files, waitsFor]);

test('one lane holds a tier without nodes', () => {
  expect(lanes('cluster', true)).toEqual([['cluster', ['plain', 'inside', 'chart', 'gitops'], []]]);
});

test('files that share the operator inside the cluster have a lane of their own', () => {
  expect(lanes('e2e', true)).toEqual([
    ['e2e beside the cluster', ['plain', 'chart'], []],
    ['e2e in the cluster', ['inside', 'gitops'], []],
  ]);
});

test('only files whose tools are not built wait for them', () => {
  expect(lanes('e2e', false)).toEqual([
    ['e2e beside the cluster', ['plain'], []],
    ['e2e in the cluster', ['inside'], []],
    ['e2e beside the cluster, with tools', ['chart'], ['helm']],
    ['e2e in the cluster, with tools', ['gitops'], ['argocd', 'helm']],
  ]);
});

test('the needs of a file are those of all that it imports of the tests', () => {
  const folder = mkdtempSync(join(tmpdir(), 'needs-'));
  try {
    mkdirSync(join(folder, 'test/support'), { recursive: true });
    mkdirSync(join(folder, 'test/e2e'));
    const write = (path: string, text: string): void => writeFileSync(join(folder, 'test', path), text);
    write('support/in-cluster.ts', "import { x } from './helm.ts';");
    write('support/helm.ts', "import { y } from './in-cluster.ts'; await builtTool('helm');");
    write('e2e/a.test.ts', "import { z } from '../support/in-cluster.ts'; import { w } from '../../src/gone.ts';");
    write('e2e/b.test.ts', "import { readFile } from 'node:fs'; await builtTool('kueue');");
    expect(needsOf(join(folder, 'test/e2e/a.test.ts'))).toEqual({ tools: new Set(['helm']), inCluster: true });
    expect(needsOf(join(folder, 'test/e2e/b.test.ts'))).toEqual({ tools: new Set(['kueue']), inCluster: false });
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test('the needs of our own files are seen', () => {
  const of = (file: string): Needs => needsOf(fileURLToPath(new URL(`../${file}`, import.meta.url)));
  expect(of('cluster/chart.test.ts')).toEqual({ tools: new Set(['helm']), inCluster: false });
  expect([...of('e2e/argocd.test.ts').tools]).toContain('argocd');
  expect(of('e2e/rights.test.ts').inCluster).toBe(true);
});

test('lanes take turns in the order in which they asked', async () => {
  const turn = inTurn(2);
  const log: string[] = [];
  const finish: (() => void)[] = [];
  const work = (name: string): Promise<void> =>
    turn(async () => {
      log.push(name);
      await new Promise<void>((resolve) => finish.push(resolve));
    });
  const all = ['one', 'two', 'three', 'four'].map(work);
  const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
  await settle();
  expect(log).toEqual(['one', 'two']);
  finish[1]?.();
  await settle();
  expect(log).toEqual(['one', 'two', 'three']);
  finish[0]?.();
  finish[2]?.();
  await settle();
  finish[3]?.();
  await Promise.all(all);
  expect(log).toEqual(['one', 'two', 'three', 'four']);
});

test('a failure gives its place to the next', async () => {
  const turn = inTurn(1);
  const failing = turn(() => Promise.reject(new Error('broken')));
  const next = turn(() => Promise.resolve('done'));
  await expect(failing).rejects.toThrow('broken');
  expect(await next).toBe('done');
});
