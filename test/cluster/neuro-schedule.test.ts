/** A NeuroSchedule on a real control plane: what is accepted, who may write one, and the job of each minute. There is no node, so jobs wait. */
import { afterAll, beforeAll, describe, expect, it, test } from 'vitest';
import type { NeuroSchedule } from '../../src/api/index.ts';
import { accepted, onApply, onCreate } from '../support/api-verdict.ts';
import { testCluster, type TestCluster } from '../support/cluster.ts';
import { startOperator, type RunningOperator } from '../support/operator.ts';
import { eventually } from '../support/until.ts';

let kube: TestCluster;
let operator: RunningOperator;
let namespace: string;
/** Two minutes of the clock, and some more on a busy machine. */
const minutesMs = 200_000;
let count = 0;

beforeAll(async () => {
  kube = await testCluster();
  operator = await startOperator(kube);
  namespace = await kube.makeNamespace('schedules');
});

afterAll(() => operator.stop());

function schedule(spec: Record<string, unknown> = {}, name = `s-${String(++count)}`) {
  return {
    apiVersion: 'neu.ro/v1',
    kind: 'NeuroSchedule',
    metadata: { name, namespace },
    spec: { schedule: '0 3 * * *', jobTemplate: { name: 'template' }, suspend: true, ...spec },
  };
}
const template = (name: string) => ({
  apiVersion: 'neu.ro/v1',
  kind: 'NeuroJob',
  metadata: { name, namespace },
  spec: { image: 'busybox:1', suspend: true, scheduleTimeout: '1h' },
});

describe('a NeuroSchedule is accepted', () => {
  test.each([
    ['with what it needs', {}],
    [
      'with every field',
      {
        timeZone: 'America/Argentina/Buenos_Aires',
        concurrencyPolicy: 'Forbid',
        startingDeadlineSeconds: 10,
        successfulJobsHistoryLimit: 0,
        failedJobsHistoryLimit: 100,
        description: 'd',
      },
    ],
    ['with lists, ranges, steps and names', { schedule: '*/5,7 1-4/2 ? JAN,2 mon-FRI' }],
    ['with @daily', { schedule: '@daily' }],
    ['with every bound', { schedule: ' 0-59/0059,05 23,0-23 01-31 1-12,Jan-DEC 0-7,sun-Sat/2 ' }],
  ])('%s', async (_case, spec) => {
    expect(await onCreate(kube, schedule(spec))).toEqual(accepted);
  });
});

describe('a NeuroSchedule is refused', () => {
  test.each<[string, Record<string, unknown>, string]>([
    ['with four fields', { schedule: '* * * *' }, 'a schedule has five fields'],
    ['with seconds', { schedule: '0 0 3 * * *' }, 'a schedule has five fields'],
    ['with @every', { schedule: '@every 5m' }, 'a schedule has five fields'],
    ['with a time zone in the schedule', { schedule: 'TZ=UTC 0 3 * * *' }, 'a schedule has five fields'],
    ...['60 * * * *', '* 24 * * *', '* * 0 * *', '* * 32 * *', '* * * 13 *', '* * * foo *', '* * * * 8'].map(
      (line): [string, Record<string, unknown>, string] => [
        `at '${line}'`,
        { schedule: line },
        'the minute is 0 to 59, the',
      ],
    ),
    ['with a range of *', { schedule: '*-5 * * * *' }, 'the minute is 0 to 59, the hour 0 to 23'],
    ['with a list that ends in a comma', { schedule: '1, * * * *' }, 'lists, ranges such as 1-5'],
    ['of a job that no name can be', { jobTemplate: { name: 'A_b' } }, 'the name of a NeuroJob has 1 to 253'],
    ['with an offset', { timeZone: '+02:00' }, 'a time zone is a name'],
    ['with another policy', { concurrencyPolicy: 'Queue' }, 'Unsupported value'],
    ['without a template', { jobTemplate: undefined }, 'spec.jobTemplate'],
    ['with more history than is listed', { failedJobsHistoryLimit: 101 }, 'less than or equal to 100'],
  ])('%s', async (_case, spec, message) => {
    const verdict = await onCreate(kube, schedule(spec));
    expect(verdict.accepted).toBe(false);
    expect(verdict.message).toContain(message);
  });

  it('with a name that leaves no room for the time', async () => {
    expect(await onCreate(kube, schedule({}, 'n'.repeat(52)))).toEqual(accepted);
    expect((await onCreate(kube, schedule({}, 'n'.repeat(53)))).message).toContain('at most 52 characters');
  });
});

test('everything in its spec can change', async () => {
  const first = schedule();
  expect(await onApply(kube, first)).toEqual(accepted);
  const spec = { schedule: '5 4 * * *', jobTemplate: { name: 'other' }, suspend: false, timeZone: 'UTC' };
  const second = { ...first, spec };
  expect(await onApply(kube, second)).toEqual(accepted);
});

test('only a user who can create jobs writes a schedule, its status included', async () => {
  const rbac = 'rbac.authorization.k8s.io';
  const resources = ['neuroschedules', 'neuroschedules/status'];
  const verbs = ['get', 'create', 'update', 'patch'];
  const metadata = { name: 'scheduler', namespace };
  const made = await kube.apply(
    'admin',
    { apiVersion: `${rbac}/v1`, kind: 'Role', metadata, rules: [{ apiGroups: ['neu.ro'], resources, verbs }] },
    {
      apiVersion: `${rbac}/v1`,
      kind: 'RoleBinding',
      metadata,
      roleRef: { apiGroup: rbac, kind: 'Role', name: 'scheduler' },
      subjects: [{ apiGroup: rbac, kind: 'User', name: 'dan' }],
    },
  );
  expect(made.stderr).toBe('');
  const object = schedule({}, 'of-dan');
  expect((await kube.apply('admin', object)).code).toBe(0);
  const asDan = (args: readonly string[], input?: string) =>
    kube.kubectl('admin', ['--as', 'dan', '-n', namespace, ...args], input);
  const refused = expect.stringContaining("user 'dan' cannot, in namespace") as unknown;
  const tries = [
    () => asDan(['create', '-f', '-'], JSON.stringify(schedule())),
    () => asDan(['patch', 'neuroschedule', 'of-dan', '--type', 'merge', '-p', '{"spec":{"suspend":false}}']),
    () =>
      asDan([
        ...['patch', 'neuroschedule', 'of-dan', '--subresource', 'status', '--type', 'merge'],
        ...['-p', '{"status":{"since":"2020-01-01T00:00:00Z"}}'],
      ]),
  ];
  // The role is in force some moments after it is written.
  await eventually(
    () => asDan(['get', 'neuroschedules', 'of-dan']),
    ({ code }) => code === 0,
    'dan may look',
  );
  for (const attempt of tries) expect(await attempt()).toMatchObject({ code: 1, stderr: refused });
});

test('makes a job each minute, also with another operator, and takes its jobs along when it goes', async () => {
  expect(
    (await kube.apply('admin', template('template'), schedule({ schedule: '* * * * *', suspend: false }, 'often')))
      .stderr,
  ).toBe('');
  const jobs = async (): Promise<readonly { readonly metadata: { readonly name: string; readonly uid: string } }[]> => {
    const { stdout } = await kube.kubectl('admin', [
      'get',
      'neurojobs',
      '-n',
      namespace,
      '-l',
      'neu.ro/schedule=often',
      '-o',
      'json',
    ]);
    return (JSON.parse(stdout) as { items: { metadata: { name: string; uid: string } }[] }).items;
  };
  const seen = async (): Promise<NeuroSchedule> => {
    const { stdout } = await kube.kubectl('admin', ['get', 'neuroschedule', 'often', '-n', namespace, '-o', 'json']);
    return JSON.parse(stdout) as NeuroSchedule;
  };
  const first = await eventually(jobs, (found) => found.length === 1, 'the first job', minutesMs);
  await operator.kill9();
  operator = await startOperator(kube, { isInstalled: true });
  const both = await eventually(jobs, (found) => found.length === 2, 'the second job', minutesMs);
  expect(both.map(({ metadata }) => metadata.uid)).toContain(first[0]?.metadata.uid);
  const { status } = await eventually(seen, (found) => found.status?.activeCount === 2, 'both are active');
  const minutes = both.map(({ metadata: { name } }) => Number(name.replace('often-', ''))).sort();
  expect((minutes[1] ?? 0) - (minutes[0] ?? 0)).toBe(1);
  expect(status?.lastScheduleTime).toBe(new Date((minutes[1] ?? 0) * 60_000).toISOString().replace('.000Z', 'Z'));
  const { stdout } = await kube.kubectl('admin', ['get', 'neuroschedules', '-n', namespace]);
  expect(stdout).toMatch(/often +\* \* \* \* \* +false +2 .* Scheduled /);
  const ready = ['wait', '--for=condition=Ready', 'neuroschedule/often', '-n', namespace, '--timeout=300s'];
  expect((await kube.kubectl('admin', ready)).code).toBe(0);
  expect((await kube.kubectl('admin', ['delete', 'neuroschedule', 'often', '-n', namespace])).code).toBe(0);
  await eventually(jobs, (found) => found.length === 0, 'its jobs are gone', minutesMs);
});
