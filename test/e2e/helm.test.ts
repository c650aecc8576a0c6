/**
 * The life of an installation by the real Helm: install, upgrade, rollback, uninstall, and install again, with people at work
 * all the while. What people made, and what was made of it, stands through all of it; the operator needs no right but its own.
 */
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import { parse, stringify } from 'yaml';
import type { DevCluster } from '../../src/devcluster/index.ts';
import type { AuditEvent } from '../support/audit.ts';
import { buildHelmLimitMs, chartFolder, helm, type Values } from '../support/helm.ts';
import {
  inClusterOn,
  operatorNamespace,
  operatorUser,
  startLimitMs,
  startWithImage,
  type InCluster,
} from '../support/in-cluster.ts';
import { grantTo, shellJob, userSecret } from '../support/in-cluster-objects.ts';
import { leader, operatorPods } from '../support/in-cluster-operator.ts';
import { sealedSecret } from '../support/in-cluster-sealing.ts';

const stepLimitMs = 300_000;
const runsUntilTold = 'trap "exit 0" TERM; sleep 1000 & wait';
const image = { tag: 'dev' };

let started: DevCluster;
let cluster: InCluster;
let folder: string;
let alices: string;
let bobs: string;

// Each step stands on the one before: none can be tried again alone.
jest.retryTimes(0);

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'neuro-helm-'));
  await helm(['version']);
  started = await startWithImage(`helm-${String(process.pid)}`);
  cluster = await inClusterOn(started);
}, startLimitMs + buildHelmLimitMs);

afterAll(async () => {
  await started.down();
  await rm(folder, { recursive: true, force: true });
}, startLimitMs);

test(
  'install makes a cluster in which Alice and Bob work',
  async () => {
    await cluster.output('admin', ['create', 'namespace', operatorNamespace]);
    const label = 'pod-security.kubernetes.io/enforce=restricted';
    await cluster.output('admin', ['label', 'namespace', operatorNamespace, label]);
    await release('install', chartFolder, { image });
    expect(await chosen('usersecret')).toEqual([]);

    [alices, bobs] = [await cluster.makeHome('alice'), await cluster.makeHome('bob')];
    await cluster.must(
      'alice',
      userSecret(alices, 'made', { generate: { type: 'Password' } }),
      await sealedSecret(cluster, alices, 'sealed', 'sealed by alice'),
      grantTo(alices, 'to-bob', { secret: 'made', subject: { kind: 'User', name: 'bob' } }),
    );
    await cluster.must('bob', bobsJob('first', 'echo "$S"'), bobsJob('runs', runsUntilTold));
    await until(bobs, 'neurojob/first', 'Complete');
    await until(bobs, 'neurojob/runs', 'Ready');
  },
  stepLimitMs,
);

test(
  'upgrade takes over new values and new fields of the CRDs, and disturbs nobody',
  async () => {
    const before = await whatStands();
    const next = await nextChart();
    await release('upgrade', next, {
      image,
      presets: { small: { resources: { limits: { memory: '64Mi' } } } },
      concurrency: 4,
      admission: { longestGrantDays: 30 },
    });
    expect(await whatStands()).toEqual(before);
    await cluster.must('bob', bobsJob('preset', 'true', { preset: 'small' }));
    await until(bobs, 'neurojob/preset', 'Complete');
    const pod = await cluster.output('admin', [
      'get',
      'pod',
      'preset',
      '-n',
      bobs,
      '-o',
      'jsonpath={.spec.containers[0].resources.limits.memory}',
    ]);
    expect(pod).toBe('64Mi');
    const secret = userSecret(alices, 'newer', { generate: { type: 'Hex' } });
    await cluster.must('alice', { ...secret, spec: { ...secret.spec, addedLater: 'x' } });
    await until(alices, 'usersecret/newer', 'Ready');
  },
  stepLimitMs,
);

test(
  'rollback goes back by one version, with objects of the later one there',
  async () => {
    const before = await whatStands();
    expect(await helm(['rollback', 'neuro-operator', '1', ...where(), '--wait', '--timeout=180s'])).toMatchObject({
      code: 0,
    });
    await untilSettled();
    expect(await whatStands()).toEqual(before);
    await until(alices, 'usersecret/newer', 'Ready');
    // What the later version let in is written by nobody of the former one, and stops no change.
    await cluster.must('alice', userSecret(alices, 'newer', { generate: { type: 'Hex' }, description: 'changed' }));
    const policies = await cluster.output('admin', ['get', 'validatingadmissionpolicy', '-o', 'name']);
    expect(policies).not.toContain('grant-expiry');
  },
  stepLimitMs,
);

test(
  'uninstall leaves what people made, what was made of it, and the keys',
  async () => {
    const [before, keys] = [await whatStands(), await sealingKeys()];
    expect(keys.length).toBeGreaterThan(1);
    expect(await helm(['uninstall', 'neuro-operator', ...where(), '--wait', '--timeout=120s'])).toMatchObject({
      code: 0,
    });
    await eventually('no Pod of the operator', async () => (await operatorPods(cluster)).length === 0);
    expect(await whatStands()).toEqual(before);
    expect(await sealingKeys()).toEqual(keys);
    // The grant stands in native RBAC, which needs nobody.
    expect(await mayUse()).toBe('yes');
    const left = await cluster.output('admin', [
      'get',
      'clusterrole,clusterrolebinding,deployment,networkpolicy',
      '-A',
      '-o',
      'name',
    ]);
    expect(left.split('\n').filter((name) => name.includes('neuro'))).toEqual([]);
  },
  stepLimitMs,
);

test(
  'install again carries on, and writes nothing',
  async () => {
    const before = await whatStands();
    const fromMs = Date.now();
    await release('install', chartFolder, { image });
    await untilSettled();
    expect(await whatStands()).toEqual(before);
    expect((await requests(fromMs)).filter(isWrite).map(({ verb, requestURI }) => `${verb} ${requestURI}`)).toEqual([]);
    await cluster.must('alice', userSecret(alices, 'after', { value: 'works' }));
    await until(alices, 'usersecret/after', 'Ready');
    await cluster.output('alice', ['delete', 'secretgrant', 'to-bob', '-n', alices]);
    await eventually('no access', async () => (await mayUse()) === 'no');
  },
  stepLimitMs,
);

test('through all of it no request of the operator was refused for want of a right', async () => {
  const refused = (await requests(0)).filter(({ responseStatus }) => responseStatus?.code === 403);
  // Between its Pods and its rights there is no order when they are taken away.
  const atTheEnd = await uninstalledAt();
  expect(
    refused
      .filter(({ stageTimestamp }) => Math.abs(Date.parse(stageTimestamp) - atTheEnd) > 30_000)
      .map(({ verb, requestURI }) => `${verb} ${requestURI}`),
  ).toEqual([]);
});

function where(): readonly string[] {
  return ['--namespace', operatorNamespace, '--kubeconfig', cluster.cluster.kubeconfigPath('admin')];
}

async function release(verb: 'install' | 'upgrade', chart: string, values: Values): Promise<void> {
  const args = [verb, 'neuro-operator', chart, ...where(), '--wait', '--timeout=180s'];
  const { code, stdout, stderr } = await helm(args, values);
  if (code !== 0) throw new Error(`helm ${verb}: ${stdout}${stderr}`);
  await untilSettled();
}

/** Helm is content when Pods are ready; work begins when one leads. */
async function untilSettled(): Promise<void> {
  await cluster.output('admin', [
    'rollout',
    'status',
    'deployment/neuro-operator',
    '-n',
    operatorNamespace,
    '--timeout=120s',
  ]);
  await eventually('a leader among the Pods', async () => {
    const [{ pod }, pods] = await Promise.all([leader(cluster), operatorPods(cluster)]);
    return pods.some(({ metadata }) => metadata.name === pod);
  });
}

/** A later version of the chart: one more field in a CRD. */
async function nextChart(): Promise<string> {
  const next = join(folder, 'next');
  await cp(chartFolder, next, { recursive: true });
  const chart = parse(await readFile(join(next, 'Chart.yaml'), 'utf8')) as Record<string, unknown>;
  await writeFile(join(next, 'Chart.yaml'), stringify({ ...chart, version: '99.0.0' }));
  const path = join(next, 'files/crds/usersecrets.yaml');
  const crd = parse(await readFile(path, 'utf8')) as {
    spec: {
      versions: [{ schema: { openAPIV3Schema: { properties: { spec: { properties: Record<string, unknown> } } } } }];
    };
  };
  crd.spec.versions[0].schema.openAPIV3Schema.properties.spec.properties['addedLater'] = { type: 'string' };
  await writeFile(path, stringify(crd));
  return next;
}

function bobsJob(name: string, script: string, spec: { preset?: string } = {}): unknown {
  return shellJob(bobs, name, script, {
    env: [{ name: 'S', fromSecret: { namespace: alices, name: 'made' } }],
    ...spec,
  });
}

/** Identity and version of what must not be touched. */
async function whatStands(): Promise<readonly string[]> {
  const kinds = 'usersecrets,secretgrants,neurojobs,secrets,roles,rolebindings,pods';
  const fields =
    '{range .items[*]}{.kind}/{.metadata.namespace}/{.metadata.name} {.metadata.uid} {.metadata.generation}{"\\n"}{end}';
  const lines = await Promise.all(
    [alices, bobs].map((namespace) =>
      cluster.output('admin', ['get', kinds, '-n', namespace, '-o', `jsonpath=${fields}`]),
    ),
  );
  return lines
    .flatMap((text) => text.split('\n'))
    .filter((line) => line !== '' && !line.includes('ServiceAccount'))
    .sort();
}

async function chosen(kind: string): Promise<readonly string[]> {
  return (await cluster.output('admin', ['get', kind, '-A', '-o', 'name'])).split('\n').filter((line) => line !== '');
}

async function sealingKeys(): Promise<readonly string[]> {
  const args = ['get', 'secrets', '-n', operatorNamespace, '-l', 'neu.ro/sealing-key', '-o'];
  const text = await cluster.output('admin', [
    ...args,
    'jsonpath={range .items[*]}{.metadata.uid} {.metadata.resourceVersion}{"\\n"}{end}',
  ]);
  return text.split('\n').filter((line) => line !== '');
}

async function mayUse(): Promise<string> {
  const { stdout } = await cluster.kubectl('bob', ['auth', 'can-i', 'use', 'usersecrets/made', '-n', alices]);
  return stdout.trim();
}

async function requests(fromMs: number): Promise<readonly AuditEvent[]> {
  return (await cluster.audit()).filter(
    ({ user, stageTimestamp }) => user.username === operatorUser && Date.parse(stageTimestamp) >= fromMs,
  );
}

/** Of what stands in the cluster: the lease says who leads, and a review is a question. */
function isWrite({ verb, objectRef }: AuditEvent): boolean {
  const isAside = ['leases', 'subjectaccessreviews'].includes(objectRef?.resource ?? '');
  return ['create', 'update', 'patch', 'delete', 'deletecollection'].includes(verb) && !isAside;
}

async function uninstalledAt(): Promise<number> {
  const event = (await cluster.audit()).find(
    ({ verb, objectRef }) =>
      verb === 'delete' && objectRef?.resource === 'clusterrolebindings' && objectRef.name === 'neuro-operator',
  );
  return event === undefined ? 0 : Date.parse(event.stageTimestamp);
}

async function until(namespace: string, object: string, condition: string): Promise<void> {
  await cluster.output('admin', ['wait', `--for=condition=${condition}`, object, '-n', namespace, '--timeout=120s']);
}

async function eventually(what: string, isTrue: () => Promise<boolean>): Promise<void> {
  const endMs = Date.now() + 60_000;
  while (!(await isTrue())) {
    if (Date.now() > endMs) throw new Error(`not within a minute: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}
