/** What a release is made by: one version everywhere, and a workflow with no more rights and no more strangers than it needs. */
import { readFile } from 'node:fs/promises';
import { beforeAll, describe, expect, test } from 'vitest';
import { parse } from 'yaml';

interface Workflow {
  readonly permissions: object;
  readonly jobs: Readonly<
    Record<
      string,
      {
        readonly permissions: Readonly<Record<string, string>>;
        readonly steps: readonly { readonly uses?: string; readonly run?: string }[];
      }
    >
  >;
}

const read = (path: string): Promise<string> => readFile(new URL(`../../${path}`, import.meta.url), 'utf8');

test('package, chart and the application that the chart installs are of one version', async () => {
  const { version } = JSON.parse(await read('package.json')) as { readonly version: string };
  expect(parse(await read('charts/neuro-operator/Chart.yaml'))).toMatchObject({ version, appVersion: version });
});

describe('the workflow of a release', () => {
  let workflow: Workflow;

  beforeAll(async () => {
    workflow = parse(await read('.github/workflows/release.yml')) as Workflow;
  });

  test('gives no job a right that it did not ask for, and only the last one that of releasing', () => {
    expect(workflow.permissions).toEqual({});
    expect(
      Object.fromEntries(Object.entries(workflow.jobs).map(([name, { permissions }]) => [name, permissions])),
    ).toEqual({
      test: { contents: 'read' },
      image: { contents: 'read', packages: 'write' },
      publish: { contents: 'write', packages: 'write', 'id-token': 'write', attestations: 'write' },
    });
  });

  test('runs no action of anybody but its host, and each by its commit, with the version beside it', async () => {
    const uses = Object.values(workflow.jobs).flatMap(({ steps }) => steps.flatMap((step) => step.uses ?? []));
    expect(uses.length).toBeGreaterThan(5);
    expect(uses.filter((name) => !/^actions\/[a-z-]+@[0-9a-f]{40}$/.test(name))).toEqual([]);
    const lines = (await read('.github/workflows/release.yml')).split('\n').filter((line) => line.includes('uses:'));
    expect(lines.filter((line) => !/ # v\d+\.\d+\.\d+$/.test(line))).toEqual([]);
  });

  test('runs no script of a package where it may publish, and says which packages there are', () => {
    const commands = (workflow.jobs['publish']?.steps ?? []).map(({ run = '' }) => run).join('\n');
    expect(commands.match(/npm (ci|install|run)[^\n]*/g)).toEqual(['npm ci --ignore-scripts']);
    expect(commands).toContain('npm sbom --package-lock-only --sbom-format=spdx --omit=dev > out/neuro.spdx.json');
  });

  test('labels the image with its content and its origin', () => {
    const commands = (workflow.jobs['image']?.steps ?? []).map(({ run = '' }) => run).join('\n');
    expect(commands).toMatch(/--provenance=mode=max --sbom=true/);
  });

  test('names the images in the chart by lines that the chart has', async () => {
    const values = (await read('charts/neuro-operator/values.yaml')).split('\n');
    expect(values.filter((line) => line === '  repository: neuro-operator').length).toBe(1);
    expect(values.indexOf("  digest: ''")).toBeGreaterThan(values.indexOf('  repository: neuro-operator'));
    expect(values.findIndex((line) => /^\s+digest: ''$/.test(line))).toBe(values.indexOf("  digest: ''"));
    expect(values.filter((line) => line === '    repository: neuro-console').length).toBe(1);
    expect(values.filter((line) => line === "    digest: ''").length).toBe(1);
  });
});
