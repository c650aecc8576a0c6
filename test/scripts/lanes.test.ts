/** Which files share a process, which wait for a tool, and how many lanes run at once. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { inTurn } from '../../scripts/test/in-turn.ts';
import { inOrder, lanesOf } from '../../scripts/test/lanes.ts';
import { needsOf, type Needs } from '../../scripts/test/needs.ts';

const needs: Readonly<Record<string, Needs>> = {
  plain: { tools: new Set(), shares: undefined },
  node: { tools: new Set(), shares: 'on a node' },
  inside: { tools: new Set(), shares: 'in the cluster' },
  chart: { tools: new Set(['helm']), shares: 'on a node' },
  gitops: { tools: new Set(['argocd', 'helm']), shares: 'in the cluster' },
};
const lanes = (tier: 'cluster' | 'e2e', built: boolean): unknown =>
  lanesOf({
    tier,
    files: Object.keys(needs),
    needsOf: (file) => needs[file] ?? { tools: new Set(), shares: undefined },
    isBuilt: () => built,
  }).map(({ name, files, workers, waitsFor }) => [name, files, workers, waitsFor]);

test('one lane holds a tier without nodes', () => {
  expect(lanes('cluster', true)).toEqual([['cluster', ['plain', 'node', 'inside', 'chart', 'gitops'], 2, []]]);
});

test('files that share a kind of cluster have a lane of their own', () => {
  expect(lanes('e2e', true)).toEqual([
    ['e2e on a node', ['node', 'chart'], 2, []],
    ['e2e in the cluster', ['inside', 'gitops'], 1, []],
    ['e2e by itself', ['plain'], 1, []],
  ]);
});

test('only files whose tools are not built wait for them', () => {
  expect(lanes('e2e', false)).toEqual([
    ['e2e on a node', ['node'], 1, []],
    ['e2e on a node, with tools', ['chart'], 1, ['helm']],
    ['e2e in the cluster', ['inside'], 1, []],
    ['e2e in the cluster, with tools', ['gitops'], 1, ['argocd', 'helm']],
    ['e2e by itself', ['plain'], 1, []],
  ]);
});

test('pages, which hardly wait, begin last', () => {
  const lane = (tier: 'cluster' | 'e2e') =>
    lanesOf({
      tier,
      files: Object.keys(needs),
      needsOf: (file) => needs[file] ?? { tools: new Set(), shares: undefined },
      isBuilt: () => true,
    });
  expect(inOrder([...lane('e2e'), ...lane('cluster')]).map(({ name }) => name)).toEqual([
    'e2e on a node',
    'e2e in the cluster',
    'cluster',
    'e2e by itself',
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
    expect(needsOf(join(folder, 'test/e2e/a.test.ts'))).toEqual({
      tools: new Set(['helm']),
      shares: 'in the cluster',
    });
    expect(needsOf(join(folder, 'test/e2e/b.test.ts'))).toEqual({
      tools: new Set(['kueue']),
      shares: undefined,
    });
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test('the needs of our own files are seen', () => {
  const of = (file: string): Needs => needsOf(fileURLToPath(new URL(`../${file}`, import.meta.url)));
  expect(of('cluster/chart.test.ts')).toEqual({ tools: new Set(['helm']), shares: undefined });
  expect([...of('e2e/argocd.test.ts').tools]).toContain('argocd');
  expect(of('e2e/rights.test.ts').shares).toBe('in the cluster');
  expect(of('e2e/console.test.ts').shares).toBe('on a node');
  expect(of('e2e/pages-log.test.ts').shares).toBeUndefined();
});

test('a run that needs two places waits for both, and later runs wait too', async () => {
  const turn = inTurn(3);
  const log: string[] = [];
  const finish = new Map<string, () => void>();
  const work = (name: string, places: number): Promise<void> =>
    turn(places, async () => {
      log.push(name);
      await new Promise<void>((resolve) => finish.set(name, resolve));
    });
  const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
  const all = [work('one', 1), work('two', 1), work('pair', 2), work('last', 1)];
  await settle();
  expect(log).toEqual(['one', 'two']);
  finish.get('one')?.();
  await settle();
  expect(log).toEqual(['one', 'two', 'pair']);
  finish.get('two')?.();
  await settle();
  expect(log).toEqual(['one', 'two', 'pair', 'last']);
  for (const name of ['pair', 'last']) finish.get(name)?.();
  await Promise.all(all);
  expect(await inTurn(1)(2, () => Promise.resolve('all that there is'))).toBe('all that there is');
});

test('lanes take turns in the order in which they asked', async () => {
  const turn = inTurn(2);
  const log: string[] = [];
  const finish: (() => void)[] = [];
  const work = (name: string): Promise<void> =>
    turn(1, async () => {
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
  const failing = turn(1, () => Promise.reject(new Error('broken')));
  const next = turn(1, () => Promise.resolve('done'));
  await expect(failing).rejects.toThrow('broken');
  expect(await next).toBe('done');
});
