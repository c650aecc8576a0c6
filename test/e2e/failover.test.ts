/**
 * One replica dies in the middle of the work: the other takes over, nothing is lost and nothing is done twice. The operator runs as the
 * chart installs it: two replicas, with its arguments and under its rights alone.
 */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { inCluster, operatorNamespace, operatorUser, type InCluster, type KubeJson } from '../support/in-cluster.ts';
import { shellJob, userSecret } from '../support/in-cluster-objects.ts';
import { kill9, leader, untilOtherLeads } from '../support/in-cluster-operator.ts';
import { eventually } from '../support/until.ts';

const secretCount = 100;
/** Jobs whose Pods really run; of the others they are made and stay behind a gate, which spares the one node. */
const runCount = 10;
const gate = { name: 'example.com/stays-here' };
let cluster: InCluster;

beforeAll(async () => {
  cluster = await inCluster();
});

afterAll(async () => {
  const where = ['deployment/neuro-operator', '-n', operatorNamespace];
  await cluster.output('admin', ['rollout', 'status', ...where, '--timeout=300s']);
});

describe.each([
  {
    how: 'is deleted',
    jobCount: 40,
    take: async (pod: string) => {
      await cluster.request({ method: 'DELETE', path: `/api/v1/namespaces/${operatorNamespace}/pods/${pod}` });
    },
  },
  { how: 'is killed', jobCount: 200, take: (pod: string) => kill9(cluster, pod) },
])('when the leader $how while 100 secrets and $jobCount jobs are made', ({ how, jobCount, take }) => {
  test('the other continues, and each secret and each Pod is made once', async () => {
    const home = await cluster.makeHome('alice');
    const names = Array.from({ length: secretCount }, (_, at) => `secret-${String(at)}`);
    const secrets = names.map((name, at) =>
      userSecret(home, name, at % 2 === 0 ? { value: `value of ${name}` } : { generate: { type: 'Password' } }),
    );
    const jobs = Array.from({ length: jobCount }, (_, at) => {
      const job = shellJob(home, `job-${String(at)}`, 'echo "$S"', {
        env: [{ name: 'S', fromSecret: { name: `secret-${String(at % secretCount)}` } }],
        ...(runs(at, jobCount) ? {} : { schedulingGates: [gate], scheduleTimeout: '1h' }),
      });
      return { ...job, metadata: { ...job.metadata, labels: { test: runs(at, jobCount) ? 'runs' : 'waits' } } };
    });
    const before = await leader(cluster);
    const applied = cluster.must('alice', ...interleaved(secrets, jobs));
    await untilMiddle(home, jobCount);
    const takenMs = performance.now();
    await take(before.pod);
    // Else nothing was left to go wrong.
    expect(await podCount(home)).toBeLessThan(jobCount);
    const after = await untilOtherLeads(cluster, before.identity);
    const tookMs = Math.round(performance.now() - takenMs);
    await applied;
    await cluster.output('alice', [
      ...['wait', '--for=condition=Ready', 'usersecret', '--all', '-n', home],
      '--timeout=300s',
    ]);
    for (const [label, condition] of [
      ['waits', 'jsonpath={.status.reason}=SchedulingGated'],
      ['runs', 'condition=Complete'],
    ] as const) {
      if (!jobs.some(({ metadata }) => metadata.labels.test === label)) continue;
      const args = ['wait', `--for=${condition}`, 'neurojob', '-l', `test=${label}`, '-n', home, '--timeout=300s'];
      await cluster.output('alice', args);
    }
    const allMs = Math.round(performance.now() - takenMs);
    process.stderr.write(
      `leader ${how}: ${after.split('_')[0] ?? ''} leads after ${String(tookMs)} ms, all is done after ${String(allMs)} ms\n`,
    );

    // The snapshots of those that have ended go after the end has been told.
    const made = await untilCount('secrets', home, secretCount + jobCount - runCount);
    const natives = made.filter(({ metadata }) => names.includes(metadata.name));
    expect(natives.length).toBe(secretCount);
    expect(made.length - natives.length).toBe(jobCount - runCount);
    for (const { metadata, data } of natives) {
      const value = Buffer.from(data?.[metadata.name] ?? '', 'base64').toString();
      const at = names.indexOf(metadata.name);
      expect(value).toMatch(at % 2 === 0 ? new RegExp(`^value of ${metadata.name}$`) : /^.{32}$/);
    }
    const statuses = (await cluster.list('neurojobs', home)).map(({ status }) => status);
    expect(statuses.length).toBe(jobCount);
    expect(statuses.filter((status) => status?.['phase'] === 'Succeeded').length).toBe(runCount);
    expect(statuses.map((status) => status?.['restarts'] ?? 0)).toEqual(statuses.map(() => 0));
    expect(await madeTwice(home)).toEqual([]);
    expect((await cluster.list('pods', home)).length).toBe(jobCount);
    await cluster.output('admin', ['delete', 'namespace', home, '--wait=false']);
  });
});

/**
 * Pods and Secrets of which the API server said twice that it made them. A generated value that was written a second time
 * is another value, so patches of values count too.
 */
async function madeTwice(namespace: string): Promise<readonly string[]> {
  const names = (await creations(namespace)).map(({ resource, name }) => `${resource}/${name}`);
  return names.filter((name, at) => names.indexOf(name) !== at);
}

async function creations(namespace: string): Promise<readonly { readonly resource: string; readonly name: string }[]> {
  return (await cluster.audit()).flatMap(({ user, verb, objectRef, responseStatus, stage }) => {
    const { resource = '', subresource, name = '' } = objectRef ?? {};
    const isMaking = verb === 'create' || (verb === 'patch' && resource === 'secrets');
    const hasDone = stage === 'ResponseComplete' && (responseStatus?.code ?? 500) < 300;
    const isOurs = user.username === operatorUser && objectRef?.namespace === namespace && subresource === undefined;
    return isMaking && hasDone && isOurs && ['pods', 'secrets'].includes(resource) ? [{ resource, name }] : [];
  });
}

/** `runCount` of all jobs, evenly spread. */
function runs(at: number, jobCount: number): boolean {
  return Math.floor(((at + 1) * runCount) / jobCount) > Math.floor((at * runCount) / jobCount);
}

/** Resolves when the operator is in the middle of it: a third of the Pods is there. */
async function untilMiddle(namespace: string, jobCount: number): Promise<void> {
  await eventually(
    () => podCount(namespace),
    (count) => count > jobCount / 3,
    'a third of the Pods is there',
  );
}

async function podCount(namespace: string): Promise<number> {
  const { items, metadata } = await cluster.request<{
    readonly items: readonly unknown[];
    readonly metadata: { readonly remainingItemCount?: number };
  }>({ method: 'GET', path: `/api/v1/namespaces/${namespace}/pods`, query: { limit: '1' } });
  return items.length + (metadata.remainingItemCount ?? 0);
}

function untilCount(kind: string, namespace: string, count: number): Promise<readonly KubeJson[]> {
  return eventually(
    () => cluster.list(kind, namespace),
    ({ length }) => length === count,
    `${String(count)} ${kind} are there`,
  );
}

/** As people's work comes: all at the same time, each job somewhere among the secrets. */
function interleaved(secrets: readonly unknown[], jobs: readonly unknown[]): readonly unknown[] {
  const [longer, shorter] = secrets.length > jobs.length ? [secrets, jobs] : [jobs, secrets];
  const every = longer.length / shorter.length;
  return longer.flatMap((object, at) => {
    const other = Math.floor((at + 1) / every);
    return other > Math.floor(at / every) ? [object, shorter[other - 1]] : [object];
  });
}
