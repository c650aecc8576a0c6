/** `neuro run --check` before a real API server: what its admission says to a Pod that is not kept. */
import { execFile } from 'node:child_process';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { entries } from '../support/built-entry.ts';
import { testCluster, type TestCluster } from '../support/cluster.ts';
import { startOperator, type RunningOperator } from '../support/operator.ts';

const home = 'checked-home';

let cluster: TestCluster;
let operator: RunningOperator | undefined;

async function kubectl(args: readonly string[], input?: string): Promise<string> {
  const { code, stdout, stderr } = await cluster.kubectl('admin', args, input);
  if (code !== 0) throw new Error(`kubectl ${args.join(' ')}: ${stderr}`);
  return stdout;
}

/** As the administrator. The exit code is that of the command. */
function check(...flags: readonly string[]): Promise<{ code: number; out: string }> {
  const env = {
    PATH: process.env['PATH'],
    HOME: '/nonexistent',
    KUBECONFIG: cluster.cluster.kubeconfigPath('admin'),
  };
  const words = ['--namespace', home, 'run', '--check', ...flags, 'busybox:1'];
  return new Promise((resolve) => {
    const child = execFile(
      process.execPath,
      ['--disable-warning=ExperimentalWarning', entries.neuro, ...words],
      { env },
      (_failed, out) => {
        resolve({ code: child.exitCode ?? -1, out });
      },
    );
    child.stdin?.end();
  });
}

const apply = (object: object): Promise<string> => kubectl(['apply', '-f', '-'], JSON.stringify(object));
const quota = (hard: object): object => ({
  apiVersion: 'v1',
  kind: 'ResourceQuota',
  metadata: { namespace: home, name: 'checked' },
  spec: { hard },
});

beforeAll(async () => {
  cluster = await testCluster();
  operator = await startOperator(cluster);
  await kubectl(['create', 'namespace', home]);
  // Every namespace gets it soon after it was made, and no Pod is taken before.
  await vi.waitFor(() => kubectl(['get', 'serviceaccount', 'default', '-n', home]), {
    timeout: 120_000,
    interval: 200,
  });
});

afterAll(async () => {
  await kubectl(['delete', 'namespace', home, '--wait=false']);
  await kubectl(['delete', 'priorityclass', 'checked', '--ignore-not-found']);
  await operator?.stop();
});

test('a PriorityClass is asked for', async () => {
  const missing = await check('--priority', 'checked');
  expect(missing.out).toContain('PriorityClass checked: not in this cluster');
  expect(missing.code).toBe(72);
  await apply({
    apiVersion: 'scheduling.k8s.io/v1',
    kind: 'PriorityClass',
    metadata: { name: 'checked' },
    value: 10,
  });
  // The API server's own list of classes is a moment behind.
  await expect
    .poll(() => check('--priority', 'checked'), { timeout: 120_000 })
    .toMatchObject({
      code: 0,
      out: expect.stringContaining('PriorityClass checked: ok') as string,
    });
});

test('a quota that is used up is said, and no Pod is kept', async () => {
  await apply(quota({ pods: '0' }));
  await expect
    .poll(() => check(), { timeout: 120_000 })
    .toMatchObject({
      code: 65,
      out: expect.stringContaining('exceeded quota: checked') as string,
    });
  await apply(quota({ 'limits.memory': '1Gi' }));
  await expect
    .poll(() => check(), { timeout: 120_000 })
    .toMatchObject({
      code: 65,
      out: expect.stringContaining('must specify limits.memory') as string,
    });
  await kubectl(['delete', 'resourcequota', 'checked', '-n', home]);
  await expect.poll(() => check(), { timeout: 120_000 }).toMatchObject({ code: 0 });
  expect((await kubectl(['get', 'pods', '-n', home, '-o', 'name'])).trim()).toBe('');
});

test('a namespace of the restricted standard takes the trial Pod', async () => {
  await kubectl(['label', 'namespace', home, 'pod-security.kubernetes.io/enforce=restricted']);
  const { code, out } = await check();
  expect(out).toContain(`quotas, limits and policies of '${home}': ok`);
  expect(code).toBe(0);
});
