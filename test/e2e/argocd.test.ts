/**
 * The real Argo CD syncs UserSecrets, SecretGrants and NeuroJobs from git, without sync waves: in an order in which nothing can work at
 * first, and all at once. It has nothing to write while nothing changes, sees failures, prunes, and makes again what was deleted.
 */
import { randomBytes } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { healthOf, startArgoCd, type ArgoApplication, type ArgoCd } from '../support/argocd.ts';
import { buildLimitMs } from '../support/built-tool.ts';
import { inCluster, operatorNamespace, type InCluster, type KubeJson } from '../support/in-cluster.ts';
import { grantTo, shellJob, userSecret } from '../support/in-cluster-objects.ts';
import { sealedSecret } from '../support/in-cluster-sealing.ts';
import { operatorPods } from '../support/in-cluster-operator.ts';
import { marksOfTools } from '../support/marks-of-tools.ts';
import { untilTrue } from '../support/until.ts';
import { writesIn } from '../support/writes.ts';
import { healthCases } from './argocd-health-cases.ts';

/** How often Argo CD compares the cluster with the repository. `NEURO_COMPARISONS=50` takes longer. */
const comparisons = Number(process.env['NEURO_COMPARISONS'] ?? 4);
/** Without a write for so long, all is as it will be. */
const settledMs = 8_000;
const application = 'team';

describe('the health checks, run by Argo CD', () => {
  test.concurrent.each(healthCases)(
    '%s',
    async (_, given, expected) => {
      const { status, message } = await healthOf(given);
      expect(status).toBe(expected);
      expect(message).not.toBe('');
    },
    buildLimitMs,
  );
});

describe('a repository', () => {
  let cluster: InCluster;
  let argo: ArgoCd;
  let alices: string;
  let bobs: string;
  let files: Record<'jobs' | 'grants' | 'secrets' | 'native', readonly unknown[]>;
  const value = randomBytes(18).toString('base64url');

  beforeAll(async () => {
    cluster = await inCluster();
    alices = await cluster.makeHome('alice');
    bobs = await cluster.makeHome('bob');
    argo = await startArgoCd(cluster);
    const ends = 'test -n "$PASSWORD" && test -s /etc/app/token && test -n "$SEALED"';
    files = {
      jobs: [
        shellJob(bobs, 'report', ends, {
          env: [
            { name: 'PASSWORD', fromSecret: { namespace: alices, name: 'password' } },
            { name: 'SEALED', fromSecret: { namespace: alices, name: 'sealed' } },
          ],
          files: [{ path: '/etc/app/token', fromSecret: { namespace: alices, name: 'token' } }],
        }),
        shellJob(alices, 'own', 'test -n "$P"', { env: [{ name: 'P', fromSecret: { name: 'password' } }] }),
      ],
      grants: [
        grantTo(alices, 'to-bob', { subject: { kind: 'User', name: 'bob' } }),
        grantTo(alices, 'over', {
          secret: 'password',
          subject: { kind: 'User', name: 'bob' },
          expiresAt: '2020-01-01T00:00:00Z',
        }),
      ],
      secrets: [
        userSecret(alices, 'password', { generate: { type: 'Password', length: 30 } }),
        userSecret(alices, 'token', { secretKeyRef: { name: 'from-vault', key: 'token' } }),
        await sealedSecret(cluster, alices, 'sealed', value),
      ],
      native: [
        {
          apiVersion: 'v1',
          kind: 'Secret',
          metadata: { name: 'from-vault', namespace: alices },
          stringData: { token: 'kept by something else' },
        },
      ].map(({ stringData, ...secret }) => ({
        ...secret,
        data: { token: Buffer.from(stringData.token).toString('base64') },
      })),
    };
  }, buildLimitMs);

  afterAll(async () => {
    await argo.stop();
    await cluster.kubectl('admin', ['delete', 'namespace', alices, bobs, '--wait=false']);
  });

  test('in the hardest order: jobs, then grants, then secrets, then what a secret is taken from', async () => {
    const { jobs, grants, secrets } = labelled(files);
    await argo.repository.commit({ 'jobs.yaml': jobs });
    await argo.addApplication(application, alices);
    await untilApplication('Synced Progressing');
    await argo.repository.commit({ 'jobs.yaml': jobs, 'grants.yaml': grants });
    await untilSynced(4, 'Progressing');
    await argo.repository.commit({ 'jobs.yaml': jobs, 'grants.yaml': grants, 'secrets.yaml': secrets });
    await untilSynced(7, 'Progressing');
    await argo.repository.commit(everything());
    await untilSynced(8, 'Healthy');
    expect((await cluster.get('neurojob', bobs, 'report'))?.status).toMatchObject({ phase: 'Succeeded' });
  });

  test('nothing that was made from it carries a label or annotation of Argo CD or Helm', async () => {
    const marked = (await cluster.list('usersecrets', alices)).flatMap(marksOfTools);
    expect(marked).toContain('UserSecret/sealed argocd.argoproj.io/tracking-id');
    expect(marked).toContain('UserSecret/sealed app.kubernetes.io/instance');
    const made: KubeJson[] = [];
    for (const namespace of [alices, bobs]) {
      made.push(...(await cluster.list('secrets,configmaps,pods,services,roles,rolebindings', namespace)));
    }
    const ours = made.filter(({ metadata }) => metadata.labels?.['neu.ro/managed-by'] !== undefined);
    expect([...new Set(ours.map(({ kind }) => kind))].sort()).toEqual([
      'ConfigMap',
      'Pod',
      'Role',
      'RoleBinding',
      'Secret',
    ]);
    expect(ours.flatMap(marksOfTools)).toEqual([]);
  });

  test('is not written for while nothing changes', async () => {
    // The status of a secret names its users some seconds after a job has ended.
    await become(async () => (await writesSince(Date.now() - settledMs)).length === 0);
    const before = await argo.application(application);
    const sinceMs = Date.now();
    for (let round = 0; round < comparisons; round += 1) {
      const last = (await argo.application(application)).status?.reconciledAt;
      // Its times have whole seconds, so it is asked until one is another.
      await become(async () => {
        await argo.refresh(application);
        return (await argo.application(application)).status?.reconciledAt !== last;
      });
    }
    expect(await writesSince(sinceMs)).toEqual([]);
    const after = await argo.application(application);
    expect(summary(after)).toBe('Synced Healthy');
    expect(after.status?.history).toEqual(before.status?.history);
  });

  test('comes back after a deletion by hand', async () => {
    const before = await uids();
    await cluster.output('admin', ['delete', 'usersecret,secretgrant', '--all', '-n', alices]);
    await cluster.output('admin', ['delete', 'neurojob', '--all', '-n', bobs]);
    await become(async () => {
      const now = await uids();
      const isNew = [...before].every(([name, uid]) => now.get(name) !== undefined && now.get(name) !== uid);
      return isNew && summary(await argo.application(application)) === 'Synced Healthy';
    });
    const sealed = await cluster.get('secret', alices, 'sealed');
    expect(Buffer.from(sealed?.data?.['sealed'] ?? '', 'base64').toString()).toBe(value);
  });

  test('with a job that fails is Degraded, and Healthy again without it', async () => {
    const fails = shellJob(alices, 'fails', 'echo this went wrong; exit 3');
    await argo.repository.commit({ ...everything(), 'fails.yaml': [fails] });
    await untilSynced(9, 'Degraded');
    const { status } = await argo.application(application);
    const bad = status?.resources?.filter(({ health }) => health?.status === 'Degraded');
    expect(bad?.map(({ kind, name }) => `${kind} ${name}`)).toEqual(['NeuroJob fails']);
    expect((await cluster.get('neurojob', alices, 'fails'))?.status).toMatchObject({ message: 'this went wrong' });
    await argo.repository.commit(everything());
    await untilSynced(8, 'Healthy');
    expect(await cluster.get('neurojob', alices, 'fails')).toBeUndefined();
  });

  test('with a changed job has it replaced, where the annotation allows it, and a job as a hook runs before the rest', async () => {
    const annotated = (name: string, script: string, annotations: Readonly<Record<string, string>>): unknown => {
      const { metadata, ...rest } = shellJob(alices, name, script);
      return { ...rest, metadata: { ...metadata, annotations } };
    };
    const changed = (script: string): unknown =>
      annotated('changes', script, { 'argocd.argoproj.io/sync-options': 'Force=true,ServerSideApply=false' });
    await argo.repository.commit({ ...everything(), 'changes.yaml': [changed('exit 3')] });
    await untilSynced(9, 'Degraded');
    const hook = annotated('before', 'sleep 1', { 'argocd.argoproj.io/hook': 'PreSync' });
    await argo.repository.commit({ ...everything(), 'changes.yaml': [changed('true'), hook] });
    await untilSynced(9, 'Healthy');
    const ended = (job: KubeJson | undefined): number => Date.parse(String(job?.status?.['finishTime']));
    const [before, changes] = await Promise.all(
      ['before', 'changes'].map((name) => cluster.get('neurojob', alices, name)),
    );
    expect(before?.status).toMatchObject({ phase: 'Succeeded' });
    expect(ended(before)).toBeLessThanOrEqual(ended(changes));
    // Argo CD leaves hooks where they are until the next sync.
    await cluster.output('admin', ['delete', 'neurojob', 'before', '-n', alices, '--ignore-not-found']);
    // A job runs once: the next sync, for something else, leaves it alone.
    const other = userSecret(alices, 'other', { generate: { type: 'UUID' } });
    await argo.repository.commit({ ...everything(), 'changes.yaml': [changed('true')], 'other.yaml': [other] });
    await untilSynced(10, 'Healthy');
    expect((await cluster.get('neurojob', alices, 'changes'))?.metadata.uid).toBe(changes?.metadata.uid);
  });

  test('that shrinks is pruned, with all that was made of it', async () => {
    const { native } = labelled(files);
    await argo.repository.commit({ 'native.yaml': native });
    await untilSynced(1, 'Healthy');
    await become(async () => {
      const left = await Promise.all([
        cluster.list('usersecrets,secretgrants,neurojobs', alices),
        cluster.list('neurojobs,pods,secrets', bobs),
        cluster.list('secrets,pods,roles', alices),
      ]);
      return left.flat().every(({ metadata }) => metadata.name === 'from-vault');
    });
  });

  test('of the files that install the operator is healthy, and leaves its Pods alone', async () => {
    const pods = async (): Promise<readonly string[]> =>
      (await operatorPods(cluster)).map(({ metadata }) => metadata.uid).sort();
    const before = await pods();
    await argo.removeApplication(application);
    await argo.repository.commit({ 'operator.yaml': await objectsIn('../../manifests/', '../../crds/') });
    await argo.addApplication('operator', operatorNamespace, ['ServerSideApply=true']);
    try {
      await untilApplication('Synced Healthy', undefined, 'operator');
      const { status } = await argo.application('operator');
      expect(status?.resources?.map(({ kind }) => kind)).toEqual(
        expect.arrayContaining(['CustomResourceDefinition', 'Deployment', 'ValidatingAdmissionPolicy']),
      );
      expect(status?.history?.length).toBe(1);
    } finally {
      // It reads the whole repository, and would apply what the next test puts there.
      await argo.removeApplication('operator');
    }
    expect(await pods()).toEqual(before);
  });

  test('of manifests/samples/copies deploys a copy, whichever application is synced first', async () => {
    const plain = (file: string) => objectsOf(new URL(`../../manifests/samples/copies/plain/${file}`, import.meta.url));
    await argo.repository.commit({
      'copies/plain/platform.yaml': await plain('platform.yaml'),
      'copies/plain/web.yaml': await plain('web.yaml'),
    });
    const applications = await objectsIn('../../manifests/samples/copies/argocd/');
    const here = JSON.stringify(applications).replaceAll(/https:[^"]*shop\.git/g, argo.repository.url);
    const [first, second] = JSON.parse(here) as readonly unknown[];
    try {
      await cluster.must('admin', second);
      await untilApplication('Synced Progressing', 2, 'web');
      await cluster.must('admin', first);
      await untilApplication('Synced Healthy', 2, 'platform-secrets');
      await untilApplication('Synced Healthy', 2, 'web');
      const [source, copy] = await Promise.all(
        ['platform', 'web'].map((namespace) => cluster.get('secret', namespace, 'db-password')),
      );
      expect(copy?.data).toEqual({ 'db-password': source?.data?.['db-password'] });
    } finally {
      for (const name of ['web', 'platform-secrets']) await argo.removeApplication(name);
      await cluster.kubectl('admin', ['delete', 'namespace', 'platform', 'web', '--wait=false']);
    }
  });

  function everything(): Readonly<Record<string, readonly unknown[]>> {
    const { jobs, grants, secrets, native } = labelled(files);
    return { 'a/jobs.yaml': jobs, 'b/grants.yaml': grants, 'c/secrets.yaml': secrets, 'd/native.yaml': native };
  }

  async function uids(): Promise<ReadonlyMap<string, string>> {
    const found = [
      ...(await cluster.list('usersecrets,secretgrants', alices)),
      ...(await cluster.list('neurojobs', bobs)),
    ];
    return new Map(found.map(({ kind, metadata }) => [`${kind}/${metadata.name}`, metadata.uid]));
  }

  async function writesSince(sinceMs: number): Promise<readonly string[]> {
    return writesIn(await cluster.audit(), [alices, bobs], sinceMs);
  }

  /** Makes it look, until it has this many objects in sync and that health. */
  async function untilSynced(count: number, health: string): Promise<void> {
    await argo.refresh(application);
    await untilApplication(`Synced ${health}`, count);
  }

  async function untilApplication(wanted: string, count?: number, name = application): Promise<void> {
    await become(async () => {
      const found = await argo.application(name);
      const resources = found.status?.resources?.filter(({ hook }) => hook !== true);
      return summary(found) === wanted && (count === undefined || resources?.length === count);
    }, name);
  }

  async function become(isSo: () => Promise<boolean>, name = application): Promise<void> {
    await untilTrue(isSo, `${name} is as it should be`).catch(async (cause: unknown) => {
      const { status } = await argo.application(name);
      throw new Error(`${String(cause)}: ${JSON.stringify(status, undefined, 1)}`, { cause });
    });
  }
});

function summary({ status }: ArgoApplication): string {
  return `${status?.sync?.status ?? ''} ${status?.health?.status ?? ''}`;
}

/** Of all YAML files of those folders. */
async function objectsIn(...folders: readonly string[]): Promise<readonly unknown[]> {
  const objects: unknown[] = [];
  for (const folder of folders.map((path) => new URL(path, import.meta.url))) {
    for (const file of (await readdir(folder)).filter((name) => name.endsWith('.yaml'))) {
      objects.push(...(await objectsOf(new URL(file, folder))));
    }
  }
  return objects;
}

async function objectsOf(file: URL): Promise<readonly unknown[]> {
  const documents = parseAllDocuments(await readFile(file, 'utf8'));
  return documents.map((document) => document.toJS() as unknown).filter((object) => object !== null);
}

/** As a Helm chart would label them, if one made these files. */
function labelled<Files extends Record<string, readonly unknown[]>>(files: Files): Files {
  const mark = (object: unknown): unknown => {
    const { metadata, ...rest } = object as { readonly metadata: object };
    const labels = { 'helm.sh/chart': 'team-1.0.0', 'app.kubernetes.io/managed-by': 'Helm' };
    return { ...rest, metadata: { ...metadata, labels, annotations: { 'meta.helm.sh/release-name': 'team' } } };
  };
  return Object.fromEntries(
    Object.entries(files).map(([name, objects]) => [name, objects.map(mark)]),
  ) as unknown as Files;
}
