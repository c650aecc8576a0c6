/**
 * The operator as it is installed: in the cluster, two replicas, under its own service account, with everything that
 * people do done by kubectl. How tools that know only Kubernetes get on with it is here too.
 */
import { createHash, randomBytes } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, test } from 'vitest';
import { builtTool } from '../support/built-tool.ts';
import { inCluster, operatorNamespace, operatorUser, type InCluster } from '../support/in-cluster.ts';
import { grantTo, shellJob, userSecret } from '../support/in-cluster-objects.ts';
import { kubeseal, sealedSecret } from '../support/in-cluster-sealing.ts';
import { operatorPods, scaleOperator } from '../support/in-cluster-operator.ts';
import { eventually } from '../support/until.ts';

const buildToolLimitMs = 20 * 60_000;
const manifests = fileURLToPath(new URL('../../manifests', import.meta.url));
const runsUntilTold = 'trap "exit 0" TERM; sleep 1000 & wait';

let cluster: InCluster;

beforeAll(async () => {
  cluster = await inCluster();
});

describe('the Deployment', () => {
  test('has two ready replicas in a namespace that demands restricted Pods', async () => {
    const namespace = await cluster.output('admin', ['get', 'namespace', operatorNamespace, '-o', 'json']);
    expect(JSON.parse(namespace)).toMatchObject({
      metadata: { labels: { 'pod-security.kubernetes.io/enforce': 'restricted' } },
    });
    const deployment = await cluster.get('deployment', operatorNamespace, 'neuro-operator');
    expect(deployment?.status).toMatchObject({ readyReplicas: 2, updatedReplicas: 2 });
    // One of a former rollout may still be ending.
    const pods = (await operatorPods(cluster)).filter(({ metadata }) => metadata.deletionTimestamp === undefined);
    expect(pods.length).toBe(2);
  });

  test('is what kustomize installs, too', async () => {
    const { spec } = (await cluster.get('deployment', operatorNamespace, 'neuro-operator')) as unknown as {
      readonly spec: unknown;
    };
    await cluster.output('admin', ['apply', '--server-side', '--force-conflicts', '-k', manifests]);
    expect(await cluster.get('deployment', operatorNamespace, 'neuro-operator')).toMatchObject({ spec });
    const diff = ['diff', '--server-side', '--force-conflicts', '-k', manifests];
    expect(await cluster.kubectl('admin', diff)).toMatchObject({ code: 0, stdout: '' });
  });
});

describe('a secret that Alice seals', () => {
  test('reaches her job as a variable and as a file', async () => {
    const home = await cluster.makeHome('alice');
    const value = randomBytes(24).toString('base64url');
    await cluster.must('alice', await sealedSecret(cluster, home, 'api-token', value));
    await waitFor('alice', home, 'usersecret/api-token', 'Ready');
    const script = 'printf %s "$TOKEN" | sha256sum; sha256sum < /etc/app/token';
    await cluster.must(
      'alice',
      shellJob(home, 'uses', script, {
        env: [{ name: 'TOKEN', fromSecret: { name: 'api-token' } }],
        files: [{ path: '/etc/app/token', fromSecret: { name: 'api-token' } }],
        securityContext: { runAsUser: 1000, runAsNonRoot: true },
      }),
    );
    await waitFor('alice', home, 'neurojob/uses', 'Complete');
    const digest = createHash('sha256').update(value).digest('hex');
    expect(await logs('alice', home, 'uses')).toBe(`${digest}  -\n${digest}  -\n`);
  });
});

describe('Bob', () => {
  test('uses what is granted to him, until it is revoked or expires', async () => {
    const [alices, bobs] = [await cluster.makeHome('alice'), await cluster.makeHome('bob')];
    await cluster.must('alice', userSecret(alices, 'shared', { value: 'shared by alice' }));
    const uses = {
      env: [{ name: 'S', fromSecret: { namespace: alices, name: 'shared' } }],
      scheduleTimeout: '60s',
    } as const;
    const short = { ...uses, scheduleTimeout: '1s' };
    await cluster.must('bob', shellJob(bobs, 'waits', 'echo "$S"', uses));
    await waitFor('bob', bobs, 'neurojob/waits', 'SecretsResolved=False');
    await cluster.must(
      'alice',
      grantTo(alices, 'to-bob', { secret: 'shared', subject: { kind: 'User', name: 'bob' } }),
    );
    await waitFor('bob', bobs, 'neurojob/waits', 'Complete');
    expect(await logs('bob', bobs, 'waits')).toBe('shared by alice\n');

    await cluster.output('alice', ['delete', 'secretgrant', 'to-bob', '-n', alices]);
    await untilMayUse(false, 'bob', alices, 'shared');
    await cluster.must('bob', shellJob(bobs, 'revoked', 'echo "$S"', short));
    await waitFor('bob', bobs, 'neurojob/revoked', 'Failed');

    const grantUntil = (endMs: number) =>
      grantTo(alices, 'for-a-moment', {
        secret: 'shared',
        subject: { kind: 'User', name: 'bob' },
        expiresAt: new Date(endMs).toISOString(),
      });
    await cluster.must('alice', grantUntil(Date.now() + 3_600_000));
    await waitFor('alice', alices, 'secretgrant/for-a-moment', 'Ready');
    await untilMayUse(true, 'bob', alices, 'shared');
    await cluster.must('alice', grantUntil(Date.now() + 1_000));
    await untilMayUse(false, 'bob', alices, 'shared');
    await cluster.must('bob', shellJob(bobs, 'expired', 'echo "$S"', short));
    await waitFor('bob', bobs, 'neurojob/expired', 'Failed');
    for (const name of ['revoked', 'expired']) {
      expect((await cluster.get('neurojob', bobs, name))?.status).toMatchObject({
        reason: 'MissingSecrets',
        message: `Missing secrets: 'secret:/${alices}/shared'`,
      });
      expect(await cluster.get('pod', bobs, name)).toBeUndefined();
    }
  });
});

describe('the real kubeseal', () => {
  const scopes = ['strict', 'namespace-wide', 'cluster-wide'] as const;
  let home: string;

  beforeAll(async () => {
    await builtTool('kubeseal');
    home = await cluster.makeHome('alice');
  }, buildToolLimitMs);

  test('fetches the certificate through the API server', async () => {
    expect(await kubeseal(cluster, 'alice', ['--fetch-cert'])).toMatch(/^-----BEGIN CERTIFICATE-----\n/);
  });

  test.each(scopes)('seals in the scope %s what becomes a native Secret', async (scope) => {
    const value = randomBytes(48).toString('base64');
    const name = `sealed-${scope}`;
    const sealed = await kubeseal(
      cluster,
      'alice',
      ['--raw', '--name', name, '--namespace', home, '--scope', scope],
      value,
    );
    await cluster.must(
      'alice',
      userSecret(home, name, { sealed: { format: 'kubeseal', value: sealed.trim(), scope } }),
    );
    await waitFor('alice', home, `usersecret/${name}`, 'Ready');
    const native = await cluster.get('secret', home, name);
    expect(Buffer.from(native?.data?.[name] ?? '', 'base64').toString()).toBe(value);
  });
});

describe('tools that know only Kubernetes', () => {
  test.each([
    ['apply', []],
    ['apply --server-side', ['--server-side']],
  ])('find no difference between the files and the cluster after %s and the operator', async (_name, how) => {
    const home = await cluster.makeHome('alice');
    const objects = [
      userSecret(home, 'plain', { value: 'plain' }),
      userSecret(home, 'made', { generate: { type: 'Password', length: 20 } }),
      await sealedSecret(cluster, home, 'sealed', 'sealed'),
      grantTo(home, 'to-bob', { secret: 'plain', subject: { kind: 'User', name: 'bob' } }),
      shellJob(home, 'job', 'true', { env: [{ name: 'P', fromSecret: { name: 'plain' } }] }),
    ];
    const input = objects.map((object) => JSON.stringify(object)).join('\n---\n');
    await cluster.output('alice', ['apply', ...how, '-f', '-'], input);
    await waitFor('alice', home, 'neurojob/job', 'Complete');
    for (const object of ['usersecret/plain', 'usersecret/made', 'usersecret/sealed', 'secretgrant/to-bob']) {
      await waitFor('alice', home, object, 'Ready');
    }
    const { code, stdout } = await cluster.kubectl('alice', ['diff', ...how, '-f', '-'], input);
    expect({ code, stdout }).toEqual({ code: 0, stdout: '' });
    await cluster.output('alice', ['apply', ...how, '-f', '-'], input);
    const jobs = await cluster.list('neurojobs', home);
    expect(jobs.map(({ status }) => status?.['phase'])).toEqual(['Succeeded']);
  });

  test('a job that belongs to another object goes with it, and its Pod too', async () => {
    const home = await cluster.makeHome('alice');
    const parent = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'workflow', namespace: home } };
    await cluster.must('alice', parent);
    const uid = (await cluster.get('configmap', home, 'workflow'))?.metadata.uid;
    const job = shellJob(home, 'step', runsUntilTold);
    const ownerReferences = [{ apiVersion: 'v1', kind: 'ConfigMap', name: 'workflow', uid, controller: true }];
    await cluster.must('alice', { ...job, metadata: { ...job.metadata, ownerReferences } });
    await waitFor('alice', home, 'neurojob/step', 'Ready');
    await cluster.output('alice', ['delete', 'configmap', 'workflow', '-n', home, '--wait=false']);
    await cluster.output('alice', ['wait', '--for=delete', 'neurojob/step', '-n', home, '--timeout=300s']);
    await cluster.output('alice', ['wait', '--for=delete', 'pod/step', '-n', home, '--timeout=300s']);
  });

  test('remove a whole namespace within seconds, and the operator does not interfere', async () => {
    const home = await fullHome();
    const fromMs = Date.now();
    const tookMs = await deleteNamespace(home);
    process.stderr.write(`a namespace with everything in it is gone after ${String(tookMs)} ms\n`);
    const refused = (await cluster.audit()).filter(
      ({ user, objectRef, responseStatus, stageTimestamp }) =>
        user.username === operatorUser &&
        objectRef?.namespace === home &&
        responseStatus?.code === 403 &&
        Date.parse(stageTimestamp) >= fromMs,
    );
    process.stderr.write(`requests of the operator into it that were refused: ${String(refused.length)}\n`);
    // One that was under way when the deletion began may meet it.
    expect(refused.length).toBeLessThan(5);
  });

  test('take it away also while the operator does not run', async () => {
    const home = await fullHome();
    await scaleOperator(cluster, 0);
    try {
      const tookMs = await deleteNamespace(home);
      process.stderr.write(`and without the operator after ${String(tookMs)} ms\n`);
    } finally {
      await scaleOperator(cluster, 2);
    }
  });

  /** Secrets, grants and a job of every state, all settled. */
  async function fullHome(): Promise<string> {
    const home = await cluster.makeHome('alice');
    const runs = shellJob(home, 'runs', runsUntilTold, {
      env: [{ name: 'A', fromSecret: { name: 'secret-1' } }],
      http: { port: 80 },
    });
    await cluster.must(
      'alice',
      ...Array.from({ length: 20 }, (_, at) => userSecret(home, `secret-${String(at)}`, { value: 'v' })),
      ...Array.from({ length: 20 }, (_, at) =>
        grantTo(home, `grant-${String(at)}`, {
          secret: `secret-${String(at)}`,
          subject: { kind: 'User', name: 'bob' },
        }),
      ),
      runs,
      shellJob(home, 'ended', 'true', { env: [{ name: 'A', fromSecret: { name: 'secret-2' } }] }),
      shellJob(home, 'lacks', 'true', { env: [{ name: 'A', fromSecret: { name: 'absent' } }] }),
    );
    await waitFor('alice', home, 'neurojob/runs', 'Ready');
    await waitFor('alice', home, 'neurojob/ended', 'Complete');
    await cluster.output('alice', ['wait', '--for=condition=Ready', 'secretgrant', '--all', '-n', home]);
    return home;
  }

  async function deleteNamespace(home: string): Promise<number> {
    const fromMs = performance.now();
    await cluster.output('admin', ['delete', 'namespace', home, '--timeout=300s']);
    return Math.round(performance.now() - fromMs);
  }
});

async function waitFor(user: string, namespace: string, object: string, condition: string): Promise<void> {
  try {
    await cluster.output(user, ['wait', `--for=condition=${condition}`, object, '-n', namespace, '--timeout=300s']);
  } catch (error) {
    const found = await cluster.kubectl('admin', ['get', object, '-n', namespace, '-o', 'jsonpath={.status}']);
    throw new Error(`${object} is not ${condition}: ${found.stdout}`, { cause: error });
  }
}

async function mayUse(user: string, namespace: string, name: string): Promise<boolean> {
  const { stdout } = await cluster.kubectl(user, ['auth', 'can-i', 'use', `usersecrets/${name}`, '-n', namespace]);
  return stdout.trim() === 'yes';
}

/** The API server hears of a binding, and of its end, a moment late. */
async function untilMayUse(is: boolean, user: string, namespace: string, name: string): Promise<void> {
  await eventually(
    () => mayUse(user, namespace, name),
    (may) => may === is,
    `${user} ${is ? 'may' : 'may not'} use ${namespace}/${name}`,
  );
}

function logs(user: string, namespace: string, name: string): Promise<string> {
  return cluster.output(user, ['logs', name, '-n', namespace]);
}
