/** One replica dies in the middle of the work: the other takes over, nothing is lost and nothing is done twice. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { inCluster, operatorNamespace, operatorUser, startLimitMs, type InCluster } from '../support/in-cluster.ts';
import { shellJob, userSecret } from '../support/in-cluster-objects.ts';
import { kill9, leader, untilOtherLeads } from '../support/in-cluster-operator.ts';

const secretCount = 200;
const jobCount = 50;
/** 50 Pods one after the other through one kubelet on a machine that does much else. */
const storyLimitMs = 420_000;
/** The lease runs out after 15 s; the other replica looks every 2 s, and a slow machine needs its time. */
const takeOverAfterCrashMs = 30_000;

/** A clean stop gives the lease up. Should that go wrong (the API server is away), it runs out like after a crash. */
const takeOverAfterStopMs = 30_000;

let cluster: InCluster;

beforeAll(async () => {
  cluster = await inCluster();
}, startLimitMs);

afterAll(async () => {
  const where = ['deployment/neuro-operator', '-n', operatorNamespace];
  await cluster.output('admin', ['rollout', 'status', ...where, '--timeout=120s']);
}, startLimitMs);

describe.each([
  {
    how: 'is deleted',
    takeOverMs: takeOverAfterStopMs,
    take: (pod: string) =>
      cluster.output('admin', ['delete', 'pod', pod, '-n', operatorNamespace, '--wait=false']).then(() => undefined),
  },
  { how: 'is killed', takeOverMs: takeOverAfterCrashMs, take: (pod: string) => kill9(cluster, pod) },
])('when the leader $how while 200 secrets and 50 jobs are made', ({ how, takeOverMs, take }) => {
  test(
    'the other goes on, and each secret and each Pod is made once',
    async () => {
      const home = await cluster.makeHome('alice');
      const names = Array.from({ length: secretCount }, (_, at) => `secret-${String(at)}`);
      const secrets = names.map((name, at) =>
        userSecret(home, name, at % 2 === 0 ? { value: `value of ${name}` } : { generate: { type: 'Password' } }),
      );
      const jobs = Array.from({ length: jobCount }, (_, at) =>
        shellJob(home, `job-${String(at)}`, 'echo "$S"', {
          env: [{ name: 'S', fromSecret: { name: `secret-${String(2 * at)}` } }],
        }),
      );
      const before = await leader(cluster);
      const applied = cluster.must('alice', ...interleaved(secrets, jobs));
      await untilSome(home);
      const takenMs = performance.now();
      await take(before.pod);
      const after = await untilOtherLeads(cluster, before.identity, takeOverMs);
      const tookMs = Math.round(performance.now() - takenMs);
      await applied;
      await cluster.output('alice', [
        ...['wait', '--for=condition=Ready', 'usersecret', '--all', '-n', home],
        '--timeout=120s',
      ]);
      await cluster.output('alice', [
        ...['wait', '--for=condition=Complete', 'neurojob', '--all', '-n', home],
        '--timeout=300s',
      ]);
      const allMs = Math.round(performance.now() - takenMs);
      process.stderr.write(
        `leader ${how}: ${after.split('_')[0] ?? ''} leads after ${String(tookMs)} ms, all is done after ${String(allMs)} ms\n`,
      );

      const natives = await cluster.list('secrets', home);
      expect(natives.map(({ metadata }) => metadata.name).sort()).toEqual([...names].sort());
      for (const { metadata, data } of natives) {
        const value = Buffer.from(data?.[metadata.name] ?? '', 'base64').toString();
        const at = names.indexOf(metadata.name);
        expect(value).toMatch(at % 2 === 0 ? new RegExp(`^value of ${metadata.name}$`) : /^.{32}$/);
      }
      const statuses = (await cluster.list('neurojobs', home)).map(({ status }) => status);
      expect(statuses.map((status) => status?.['phase'])).toEqual(statuses.map(() => 'Succeeded'));
      expect(statuses.map((status) => status?.['restarts'] ?? 0)).toEqual(statuses.map(() => 0));
      expect(await madeTwice(home)).toEqual([]);
      expect((await cluster.list('pods', home)).length).toBe(jobCount);
    },
    storyLimitMs,
  );
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

/** Resolves when a part of the secrets is there. */
async function untilSome(namespace: string): Promise<void> {
  for (;;) {
    const { length } = await cluster.list('secrets', namespace);
    if (length > 20) return;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

function interleaved(secrets: readonly unknown[], jobs: readonly unknown[]): readonly unknown[] {
  const every = Math.floor(secrets.length / jobs.length);
  return secrets.flatMap((secret, at) =>
    at % every === every - 1 ? [secret, jobs[Math.floor(at / every)]] : [secret],
  );
}
