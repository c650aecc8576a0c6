/**
 * The real Kueue queues NeuroJobs, which it knows nothing of: it sees their Pods, by the labels that a job passes on to its Pod.
 */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { buildLimitMs } from '../support/built-tool.ts';
import { inCluster, type InCluster } from '../support/in-cluster.ts';
import { shellJob, userSecret, type Applied } from '../support/in-cluster-objects.ts';
import { installKueue, uninstallKueue } from '../support/kueue.ts';
import { eventually } from '../support/until.ts';

const queue = 'team';

let cluster: InCluster;
let home: string;

beforeAll(async () => {
  cluster = await inCluster();
  await installKueue(cluster);
  home = await cluster.makeHome('alice');
  const kueue = (kind: string, name: string, spec: unknown, namespace?: string): unknown => ({
    apiVersion: 'kueue.x-k8s.io/v1beta2',
    kind,
    metadata: { name, ...(namespace === undefined ? {} : { namespace }) },
    spec,
  });
  const resources = [
    { name: 'cpu', nominalQuota: '300m' },
    { name: 'memory', nominalQuota: '1Gi' },
  ];
  await onceItAnswers(() =>
    cluster.must(
      'admin',
      kueue('ResourceFlavor', 'any', {}),
      kueue('ClusterQueue', 'shared', {
        namespaceSelector: {},
        resourceGroups: [{ coveredResources: ['cpu', 'memory'], flavors: [{ name: 'any', resources }] }],
      }),
      kueue('LocalQueue', queue, { clusterQueue: 'shared' }, home),
    ),
  );
}, buildLimitMs);

afterAll(async () => {
  await cluster.output('admin', ['delete', 'neurojobs', '--all', '-n', home, '--timeout=300s']);
  await cluster.output('admin', ['delete', 'namespace', home, '--timeout=300s']);
  await cluster.output('admin', ['delete', 'clusterqueue/shared', 'resourceflavor/any', '--timeout=300s']);
  await uninstallKueue(cluster);
});

test('a job with the label of a queue waits for its turn, and runs with its secret', async () => {
  await cluster.output('alice', ['delete', 'neurojobs', '--all', '-n', home, '--timeout=300s']);
  await cluster.must('alice', userSecret(home, 's', { value: 'v' }));
  // The quota has room for one of them at a time.
  const names = ['first', 'second', 'third'];
  await cluster.must('alice', ...names.map((name) => queued(name, 'test "$S" = v && sleep 3')));
  await cluster.output('alice', [
    ...['wait', '--for=condition=Complete', ...names.map((name) => `neurojob/${name}`)],
    ...['-n', home, '--timeout=300s'],
  ]);
  const jobs = await cluster.list('neurojobs', home);
  const reasons = jobs.map(({ status }) =>
    (status?.['transitions'] as readonly Transition[]).map(({ reason }) => reason),
  );
  expect(reasons.filter((each) => each.includes('SchedulingGated')).length).toBeGreaterThanOrEqual(2);
  const ran = jobs.map(({ status }) => [String(status?.['startTime']), String(status?.['finishTime'])] as const).sort();
  for (const [index, [startTime]] of ran.entries()) {
    const former = ran[index - 1];
    if (former !== undefined) expect(Date.parse(startTime)).toBeGreaterThanOrEqual(Date.parse(former[1]));
  }
  for (const condition of ['Admitted', 'Finished']) {
    const workloads = ['wait', `--for=condition=${condition}`, 'workloads.kueue.x-k8s.io', '--all', '-n', home];
    const met = await cluster.output('admin', [...workloads, '--timeout=300s']);
    expect(met.trim().split('\n').length).toBe(names.length);
  }
});

test('a job for which there is never room ends by its scheduleTimeout, and leaves nothing in the queue', async () => {
  await remove('large');
  await cluster.must('alice', queued('large', 'true', { cpu: '400m', scheduleTimeout: '20s' }));
  const reason = '--for=jsonpath={.status.reason}=SchedulingGated';
  await cluster.output('alice', ['wait', reason, 'neurojob/large', '-n', home, '--timeout=300s']);
  await cluster.output('alice', ['wait', '--for=condition=Failed', 'neurojob/large', '-n', home, '--timeout=300s']);
  expect((await cluster.get('neurojob', home, 'large'))?.status).toMatchObject({ reason: 'ScheduleTimeout' });
  await cluster.output('alice', ['wait', '--for=delete', 'pod/large', '-n', home, '--timeout=300s']);
});

test('a gate of someone else holds a job back until it is removed', async () => {
  await remove('gated');
  const job = shellJob(home, 'gated', 'true', { schedulingGates: [{ name: 'example.com/approval' }] });
  await cluster.must('alice', job);
  const reason = '--for=jsonpath={.status.reason}=SchedulingGated';
  await cluster.output('alice', ['wait', reason, 'neurojob/gated', '-n', home, '--timeout=300s']);
  const open = ['--type=json', '-p', '[{"op":"remove","path":"/spec/schedulingGates/0"}]'];
  await cluster.output('alice', ['patch', 'pod', 'gated', '-n', home, ...open]);
  await cluster.output('alice', ['wait', '--for=condition=Complete', 'neurojob/gated', '-n', home, '--timeout=300s']);
});

/** A former try may have left it. */
function remove(name: string): Promise<string> {
  return cluster.output('alice', ['delete', 'neurojob', name, '-n', home, '--ignore-not-found', '--timeout=300s']);
}

/** A Pod is ready a moment before the API server finds the webhooks in it. */
async function onceItAnswers(act: () => Promise<void>): Promise<void> {
  const answered = async (): Promise<string> =>
    act().then(
      () => '',
      (error: unknown) => {
        if (!String(error).includes('webhook')) throw error;
        return String(error);
      },
    );
  await eventually(answered, (problem) => problem === '', 'its webhooks answer');
}

interface Transition {
  readonly reason: string;
}

function queued(
  name: string,
  script: string,
  { cpu = '200m', ...spec }: { readonly cpu?: string; readonly scheduleTimeout?: string } = {},
): Applied<unknown> {
  const job = shellJob(home, name, script, {
    env: [{ name: 'S', fromSecret: { name: 's' } }],
    resources: { requests: { cpu } },
    ...spec,
  });
  return { ...job, metadata: { ...job.metadata, ...{ labels: { 'kueue.x-k8s.io/queue-name': queue } } } };
}
