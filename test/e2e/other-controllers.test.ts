/**
 * Whoever makes NeuroJobs with nothing but Kubernetes' own means: a CronJob, a parent object, somebody who reads only conditions; and kubectl, which finds no
 * difference between files and cluster.
 */
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, test } from 'vitest';
import { ACCOUNT_FILES } from '../../tools/devcluster/image/base-images.ts';
import { writeImageTar } from '../../tools/devcluster/image/oci-image.ts';
import { inCluster, type InCluster, type KubeJson } from '../support/in-cluster.ts';
import { shellJob, userSecret } from '../support/in-cluster-objects.ts';
import { yamlOfDocs } from '../support/yaml-of-docs.ts';

const samples = fileURLToPath(new URL('../../manifests/samples', import.meta.url));
const kubectlImage = 'kubectl:test';
const runsUntilTold = 'trap "exit 0" TERM; sleep 1000 & wait';

let cluster: InCluster;

beforeAll(async () => {
  cluster = await inCluster();
});

describe('kubectl', () => {
  test.each([
    ['apply -f', ['-f', samples]],
    ['apply --server-side -k', ['--server-side', '-k', samples]],
  ])('finds no difference between the samples and the cluster after %s', async (_, what) => {
    try {
      const input = (await readdir(samples)).filter((file) => file.endsWith('.yaml'));
      expect(input.length).toBeGreaterThan(3);
      await cluster.output('admin', ['apply', ...what]);
      await wait(['--for=condition=Ready', 'usersecrets,secretgrants', '--all', '-n', 'alice']);
      // Alice's other job is the template of a rotation: it never runs.
      await wait(['--for=condition=Complete', 'neurojob/report', '-n', 'alice']);
      await wait(['--for=condition=Complete', 'neurojob/quarterly', '-n', 'bob']);
      const { code, stdout } = await cluster.kubectl('admin', ['diff', ...what]);
      expect({ code, stdout }).toEqual({ code: 0, stdout: '' });
    } finally {
      await cluster.output('admin', ['delete', '--ignore-not-found', '--timeout=300s', '-f', samples]);
    }
  });

  test.each(['External Secrets, cert-manager and other sources', 'Kueue'])(
    'takes the example of docs/gitops.md below "%s"',
    async (heading) => {
      const objects = text(await yamlOfDocs('gitops.md', heading));
      const args = ['apply', '--dry-run=server', '--validate=strict', '-n', 'default', '-f', '-'];
      expect(await cluster.kubectl('admin', args, objects)).toMatchObject({ code: 0, stderr: '' });
    },
  );
});

describe('a CronJob', () => {
  test('as docs/gitops.md shows it makes jobs, with the right to do that and no other', async () => {
    await loadKubectl();
    const home = await cluster.makeHome('alice');
    await cluster.must('alice', userSecret(home, 'db-password', { value: 'v' }));
    const objects = JSON.parse(
      JSON.stringify(await yamlOfDocs('gitops.md', 'A CronJob that makes jobs')).replaceAll(
        /registry\.k8s\.io\/kubectl:[^"]+/g,
        kubectlImage,
      ),
    ) as readonly object[];
    await cluster.output('alice', ['apply', '-n', home, '-f', '-'], text(objects));
    await cluster.output('alice', ['create', 'job', 'now', '--from=cronjob/nightly', '-n', home]);
    await wait(['--for=condition=Complete', 'job/now', '-n', home]);
    const [job] = await cluster.list('neurojobs', home);
    expect(job?.metadata.name).toMatch(/^nightly-/);
    await wait(['--for=condition=Complete', `neurojob/${job?.metadata.name ?? ''}`, '-n', home]);
    const account = `system:serviceaccount:${home}:nightly`;
    expect(await may(account, 'create', 'neurojobs', home)).toBe(true);
    for (const [verb, resource] of [
      ['get', 'neurojobs'],
      ['get', 'secrets'],
      ['get', 'usersecrets'],
      ['use', 'usersecrets'],
      ['create', 'pods'],
    ] as const) {
      expect([verb, resource, await may(account, verb, resource, home)]).toEqual([verb, resource, false]);
    }
  });
});

describe('a controller that reads conditions and nothing else', () => {
  test('knows of each job how it ended', async () => {
    const home = await cluster.makeHome('alice');
    const reader = `system:serviceaccount:${home}:reader`;
    const metadata = { name: 'reader', namespace: home };
    const rbac = 'rbac.authorization.k8s.io';
    await cluster.must(
      'alice',
      { apiVersion: 'v1', kind: 'ServiceAccount', metadata },
      {
        apiVersion: `${rbac}/v1`,
        kind: 'Role',
        metadata,
        rules: [{ apiGroups: ['neu.ro'], resources: ['neurojobs'], verbs: ['get', 'list', 'watch'] }],
      },
      {
        apiVersion: `${rbac}/v1`,
        kind: 'RoleBinding',
        metadata,
        roleRef: { apiGroup: rbac, kind: 'Role', name: 'reader' },
        subjects: [{ kind: 'ServiceAccount', ...metadata }],
      },
      shellJob(home, 'good', 'true'),
      shellJob(home, 'bad', 'exit 3'),
      shellJob(home, 'stopped', runsUntilTold),
      shellJob(home, 'lacks', 'true', {
        env: [{ name: 'A', fromSecret: { name: 'absent' } }],
        scheduleTimeout: '2s',
      }),
    );
    const as = ['--as', reader, '-n', home];
    await wait(['--for=condition=Ready', 'neurojob/stopped', ...as]);
    await cluster.output('alice', [
      ...['patch', 'neurojob', 'stopped', '-n', home, '--type=merge', '-p', '{"spec":{"cancel":true}}'],
    ]);
    await wait(['--for=condition=Complete', 'neurojob/good', ...as]);
    for (const name of ['bad', 'stopped', 'lacks']) await wait(['--for=condition=Failed', `neurojob/${name}`, ...as]);
    const seen = JSON.parse(await cluster.output('admin', ['get', 'neurojobs', '-o', 'json', ...as])) as {
      readonly items: readonly KubeJson[];
    };
    expect(Object.fromEntries(seen.items.map((item) => [item.metadata.name, verdictOf(item)]))).toEqual({
      good: 'succeeded',
      bad: 'failed',
      stopped: 'cancelled',
      lacks: 'failed',
    });
  });
});

describe('owner references', () => {
  test('take a job along with its parent, its Pod too, and with a job what it owns', async () => {
    const home = await cluster.makeHome('alice');
    const parent = {
      apiVersion: 'batch/v1',
      kind: 'Job',
      metadata: { name: 'workflow', namespace: home },
      spec: {
        suspend: true,
        template: { spec: { restartPolicy: 'Never', containers: [{ name: 'c', image: 'i' }] } },
      },
    };
    await cluster.must('alice', parent);
    const step = shellJob(home, 'step', runsUntilTold);
    const owners = [await ownerOf('batch/v1', 'job', home, 'workflow')];
    await cluster.must('alice', { ...step, metadata: { ...step.metadata, ownerReferences: owners } });
    await wait(['--for=condition=Ready', 'neurojob/step', '-n', home]);
    const report = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'report', namespace: home } };
    const ownedByStep = [await ownerOf('neu.ro/v1', 'neurojob', home, 'step')];
    await cluster.must('alice', { ...report, metadata: { ...report.metadata, ownerReferences: ownedByStep } });
    // In the foreground the parent stays until all below it are gone.
    await cluster.output('alice', ['delete', 'job', 'workflow', '-n', home, '--cascade=foreground', '--timeout=300s']);
    for (const object of ['neurojob/step', 'pod/step', 'configmap/report']) {
      await wait(['--for=delete', object, '-n', home]);
    }
  });

  async function ownerOf(apiVersion: string, kind: string, namespace: string, name: string): Promise<unknown> {
    const owner = await cluster.get(kind, namespace, name);
    const { uid = '' } = owner?.metadata ?? {};
    return { apiVersion, kind: owner?.kind, name, uid, controller: true, blockOwnerDeletion: true };
  }
});

/** What a controller makes of a job that knows only that `Complete`, `Failed` and `Stalled` are conditions. */
function verdictOf({ status }: KubeJson): string {
  const conditions = (status?.['conditions'] ?? []) as readonly { readonly type: string; readonly status: string }[];
  const isTrue = (type: string): boolean => conditions.some((each) => each.type === type && each.status === 'True');
  if (isTrue('Complete')) return 'succeeded';
  if (isTrue('Failed')) return isTrue('Stalled') ? 'failed' : 'cancelled';
  return 'unfinished';
}

function wait(args: readonly string[]): Promise<string> {
  return cluster.output('admin', ['wait', ...args, '--timeout=300s']);
}

async function may(account: string, verb: string, resource: string, namespace: string): Promise<boolean> {
  const { stdout } = await cluster.kubectl('admin', [
    'auth',
    'can-i',
    verb,
    resource,
    '-n',
    namespace,
    '--as',
    account,
  ]);
  return stdout.trim() === 'yes';
}

/** An image of kubectl alone, as the one that Kubernetes publishes. */
async function loadKubectl(): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'neuro-kubectl-'));
  try {
    const tarPath = join(folder, 'kubectl.tar');
    const program = { path: '/bin/kubectl', type: 'copy', source: cluster.cluster.kubectlPath, mode: 0o755 } as const;
    await writeImageTar(tarPath, {
      names: [`docker.io/library/${kubectlImage}`],
      entries: [...ACCOUNT_FILES, { path: '/bin', type: 'folder' }, program],
      config: { Entrypoint: ['/bin/kubectl'], Env: ['PATH=/bin'], User: '65532:65532' },
    });
    await cluster.cluster.loadImage(tarPath);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function text(objects: readonly unknown[]): string {
  return objects.map((object) => JSON.stringify(object)).join('\n---\n');
}
