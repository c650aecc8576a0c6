/** What commands of jobs say fits the state of the job, and a command in it is about that job, wherever it is pasted. */
import { beforeEach, describe, expect, test } from 'vitest';
import { namespaces, neuroJobs } from '../../src/cli/connect/kinds.ts';
import { KernelError, type OwnerReference } from '../../src/kernel/index.ts';
import { createWorld, type World } from './typed.ts';

let world: World;

const job = (name: string, status: object, spec: object = {}): void => {
  world.model.put(neuroJobs, { metadata: { namespace: 'bob', name }, spec: { image: 'busybox:1', ...spec }, status });
};
const saidOf = async (...words: readonly string[]): Promise<string> => {
  return (await world.type(['-n', 'bob', ...words])).error.trimEnd();
};

beforeEach(() => {
  world = createWorld({ allow: () => true });
  world.model.put(namespaces, { metadata: { name: 'bob' } });
});

describe('a command to paste names the namespace', () => {
  test.each<[string, readonly string[], string]>([
    ['of a job that is not there', ['status', 'none'], '`neuro ps -a -n bob` shows'],
    ['of a job that waits', ['exec', 'waits', '--', 'ls'], '`neuro attach -n bob waits` waits for it'],
    ['of a job that has ended', ['attach', 'ended'], '`neuro logs -n bob ended` shows'],
    ['of a name that is taken', ['run', '--name', 'waits', 'busybox:1'], '`neuro kill -n bob waits`'],
    ['of a secret that is not there', ['run', '-e', 'A=secret:x', 'busybox:1'], '`neuro secret add -n bob x`'],
    ['of a secret to read', ['secret', 'get', 'x'], '`neuro secret ls -n bob` shows'],
  ])('%s', async (_case, words, command) => {
    job('waits', { phase: 'Pending' });
    job('ended', { phase: 'Succeeded' });
    expect(await saidOf(...words)).toContain(command);
  });
});

describe('a template, for which nothing can wait,', () => {
  test.each<readonly string[]>([
    ['kill', 'nightly'],
    ['logs', 'nightly'],
    ['logs', '--no-follow', 'nightly'],
    ['attach', 'nightly'],
    ['job', 'wait', 'nightly'],
    ['exec', 'nightly', '--', 'ls'],
    ['port-forward', 'nightly', '0:80'],
    ['top', 'nightly'],
  ])('is told from a job by %s', async (...words) => {
    const owner = { apiVersion: 'neu.ro/v1', kind: 'NeuroSchedule', name: 'every-night', uid: 'u', controller: true };
    const put = (name: string, ownerReferences: readonly OwnerReference[]): void => {
      const metadata = { namespace: 'bob', name, ownerReferences };
      world.model.put(neuroJobs, { metadata, spec: { image: 'busybox:1', suspend: true } });
    };
    put('nightly', [owner]);
    const typed = await world.type(['-n', 'bob', ...words]);
    expect(typed.code).not.toBe(0);
    expect(typed.out).toBe('');
    expect(typed.error).toContain(
      "Job 'nightly' is a template, which never runs itself; `neuro schedule show -n bob every-night` lists",
    );
    put('nightly', []);
    expect(await saidOf(...words)).toContain('`neuro ps -a -n bob` lists the jobs that run');
    expect(world.model.get(neuroJobs, { namespace: 'bob', name: 'nightly' })).not.toHaveProperty('spec.cancel');
  });

  test('keeps its name', async () => {
    job('nightly', { phase: 'Pending', reason: 'Suspended' }, { suspend: true });
    expect(await saidOf('run', '--name', 'nightly', 'busybox:1')).toContain(
      "The job 'nightly' exists and is a template: choose another name.",
    );
  });
});

test('a job that cannot be shared is reported as created', async () => {
  world = createWorld({
    allow: () => true,
    refuse: ({ method, path }) =>
      path.endsWith('/roles') ? new KernelError('Forbidden', `${method} ${path}: 403 Forbidden`) : undefined,
  });
  const typed = await world.type(['run', '--no-wait-start', '--name', 'train', '--share', 'bob', 'busybox:1']);
  expect(typed.code).toBe(77);
  expect(typed.error).toMatch(/'train' was made, and is not shared with bob; `neuro kill -n alice train` ends it/);
  expect(typed.error).toMatch(/ERROR: Not enough permissions to create a Role/);
});

test('output that is gone is not output that was never there', async () => {
  job('ended', { phase: 'Failed', reason: 'DeadlineExceeded' });
  job('waits', { phase: 'Pending', reason: 'Suspended' });
  expect(await saidOf('logs', 'ended')).toMatch(/^The output of job 'ended' is not available: .* is failed \(Dead/);
  expect(await saidOf('logs', '--no-follow', 'waits')).toBe(
    "Job 'waits' has no output yet: it is pending (Suspended).",
  );
});

test('a kill without a connection says so once', async () => {
  world = createWorld({
    refuse: ({ method, path }) =>
      path.includes('/neurojobs/') ? new KernelError('Network', `${method} ${path}: no answer`) : undefined,
  });
  const { code, out, error } = await world.type(['kill', 'one', 'two']);
  expect({ code, out, lines: error.trimEnd().split('\n').length }).toEqual({ code: 74, out: '', lines: 1 });
});

test('a limit of time is not reached because the clock is put forward', async () => {
  let looks = 0;
  world = createWorld({
    refuse: ({ path }) => {
      if (path.endsWith('/neurojobs/report') && ++looks > 1)
        job('report', { phase: 'Succeeded', finishTime: '2026-11-25T10:00:00Z', exitCode: 0 });
      return undefined;
    },
  });
  job('report', { phase: 'Running' });
  let hours = 0;
  const now = () => new Date(Date.UTC(2026, 10, 25, hours++));
  const words = ['-n', 'bob', 'job', 'wait', 'report', '--timeout', '10m'];
  expect(await world.type(words, { now })).toMatchObject({ code: 0 });
});

describe('a list of jobs without a row', () => {
  test.each<[readonly string[], string]>([
    [[], "No unfinished jobs in the namespace 'bob'; -a shows finished ones too."],
    [['--tag', 'x'], "No such jobs in the namespace 'bob'; -a shows finished ones too."],
    [['--status', 'failed'], "No such jobs in the namespace 'bob'."],
    [['-a', '--name', 'x'], "No such jobs in the namespace 'bob'."],
    [['-a'], "No jobs in the namespace 'bob' yet; `neuro --namespace bob run IMAGE` makes one."],
  ])('%j', async (words, sentence) => {
    expect(await saidOf('ps', ...words)).toBe(sentence);
  });
});

describe('top', () => {
  test('of a job that does not run says nothing of the others', async () => {
    const api = '/apis/metrics.k8s.io/v1beta1';
    world = createWorld({
      // The lists of metrics-server have no resource version.
      answers: { [api]: {}, [`${api}/namespaces/bob/pods`]: { metadata: {}, items: [] } },
    });
    world.model.put(namespaces, { metadata: { name: 'bob' } });
    job('waits', { phase: 'Pending' });
    expect(await saidOf('top', 'waits')).toBe('None of these jobs runs now: waits.');
    expect(await saidOf('top')).toBe("No job runs in the namespace 'bob'.");
  });

  test.each<[string, 'NotFound' | 'Server', RegExp]>([
    ['is not installed', 'NotFound', /An administrator installs metrics-server/],
    ['is away', 'Server', /looks whether metrics-server runs/],
  ])('where metrics-server %s', async (_case, code, sentence) => {
    const status = code === 'Server' ? 503 : 404;
    world = createWorld({
      refuse: ({ path }) =>
        path.includes('metrics.k8s.io') ? new KernelError(code, 'GET: no', { status }) : undefined,
    });
    expect(await saidOf('top')).toMatch(sentence);
  });
});
