/**
 * The life of an installation by the real Helm: install, upgrade, rollback, uninstall, and install again, with people at work
 * all the while. What people made, and what was made of it, stands through all of it; the operator needs no right but its own.
 */
import { randomBytes } from 'node:crypto';
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { parse, stringify } from 'yaml';
import type { DevCluster } from '../../tools/devcluster/index.ts';
import { freePorts } from '../../tools/devcluster/state/free-ports.ts';
import type { AuditEvent } from '../support/audit.ts';
import { builtPages } from '../support/console/built-pages.ts';
import { buildHelmLimitMs, chartFolder, helm, type Values } from '../support/helm.ts';
import { inClusterOn, operatorNamespace, operatorUser, startWithImage, type InCluster } from '../support/in-cluster.ts';
import { forwardToConsole, loadConsoleImage } from '../support/in-cluster-console.ts';
import { grantTo, shellJob, userSecret } from '../support/in-cluster-objects.ts';
import { leader, operatorPods } from '../support/in-cluster-operator.ts';
import { sealedSecret } from '../support/in-cluster-sealing.ts';
import { untilTrue } from '../support/until.ts';

const runsUntilTold = 'trap "exit 0" TERM; sleep 1000 & wait';
const image = { tag: 'dev' };
const inOperators = ['-n', operatorNamespace];
/** A browser on this machine may be served without TLS. */
const consoleUrl = (): string => `http://localhost:${String(consolePort)}`;

const sessionKeySecret = 'neuro-console-session';
const withConsole = (): Values => ({
  image,
  console: { enabled: true, publicUrl: consoleUrl(), image, sessionKeySecret },
});

let started: DevCluster;
let cluster: InCluster;
let folder: string;
let alices: string;
let bobs: string;
let consolePort: number;
/** The cookies of a session that was ended. */
let loggedOut: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'neuro-helm-'));
  await helm(['version']);
  await builtPages();
  started = await startWithImage(`helm-${String(process.pid)}`);
  await loadConsoleImage(started);
  [consolePort = 0] = await freePorts(1);
  cluster = await inClusterOn(started);
}, buildHelmLimitMs);

afterAll(async () => {
  await started.down();
  await rm(folder, { recursive: true, force: true });
});

test('install makes a cluster in which Alice and Bob work', async () => {
  await cluster.output('admin', ['create', 'namespace', operatorNamespace]);
  const label = 'pod-security.kubernetes.io/enforce=restricted';
  await cluster.output('admin', ['label', 'namespace', operatorNamespace, label]);
  const keys = `--from-literal=keys=${randomBytes(32).toString('base64')}`;
  await cluster.output('admin', ['create', 'secret', 'generic', sessionKeySecret, keys, ...inOperators]);
  await release('install', chartFolder, withConsole());
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
});

test('the console is a Pod under the same restrictions, serves its pages, and shows who pastes a token what RBAC shows them', async () => {
  await cluster.output('admin', ['rollout', 'status', 'deployment/neuro-console', ...inOperators, '--timeout=300s']);
  const stopForwarding = await forwardToConsole(started, operatorNamespace, consolePort);
  try {
    const page = await fetch(`${consoleUrl()}/`);
    expect([page.status, await page.text()]).toEqual([200, expect.stringContaining('<div id="root">')]);
    await cluster.output('admin', ['create', 'serviceaccount', 'reader', '-n', alices]);
    const binding = ['create', 'rolebinding', 'reader', '-n', alices, '--clusterrole=edit'];
    await cluster.output('admin', [...binding, `--serviceaccount=${alices}:reader`]);
    const token = (await cluster.output('admin', ['create', 'token', 'reader', '-n', alices])).trim();
    const login = await fetch(`${consoleUrl()}/api/session`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', origin: consoleUrl() },
      body: JSON.stringify({ token }),
    });
    expect(login.status).toBe(204);
    const cookie = login.headers
      .getSetCookie()
      .map((line) => line.split(';', 1)[0])
      .join('; ');
    const seen = async (namespace: string): Promise<unknown> => {
      const path = `/k8s/cluster/apis/neu.ro/v1/namespaces/${namespace}/usersecrets`;
      const answer = await fetch(`${consoleUrl()}${path}`, { headers: { cookie } });
      const { items } = (await answer.json()) as { items?: readonly { metadata: { name: string } }[] };
      return [answer.status, items?.map(({ metadata }) => metadata.name)];
    };
    const made = JSON.stringify([200, ['made', 'sealed']]);
    await untilTrue(async () => JSON.stringify(await seen(alices)) === made, 'the secrets to look at');
    expect(await seen(bobs)).toEqual([403, undefined]);
    const session = (await (await fetch(`${consoleUrl()}/api/session`, { headers: { cookie } })).json()) as {
      readonly csrf: string;
    };
    const headers = { cookie, 'x-csrf-token': session.csrf };
    expect((await fetch(`${consoleUrl()}/api/session`, { method: 'DELETE', headers })).status).toBe(200);
    loggedOut = cookie;
  } finally {
    stopForwarding();
  }
});

test('a log-out of the console stands through an upgrade and through new Pods', async () => {
  const record = async (): Promise<unknown> => {
    const name = 'configmap/neuro-console-ended-sessions';
    return JSON.parse(await cluster.output('admin', ['get', name, ...inOperators, '-o', 'jsonpath={.data}']));
  };
  const before = await record();
  expect(Object.keys(before as object)).toHaveLength(1);
  await release('upgrade', chartFolder, withConsole());
  await cluster.output('admin', ['delete', 'pod', ...inOperators, '-l', 'app.kubernetes.io/name=neuro-console']);
  await cluster.output('admin', ['rollout', 'status', 'deployment/neuro-console', ...inOperators, '--timeout=300s']);
  expect(await record()).toEqual(before);
  const stopForwarding = await forwardToConsole(started, operatorNamespace, consolePort);
  try {
    const answer = await fetch(`${consoleUrl()}/api/session`, { headers: { cookie: loggedOut } });
    expect(answer.status).toBe(401);
  } finally {
    stopForwarding();
  }
});

test('upgrade takes over new values and new fields of the CRDs, and disturbs nobody', async () => {
  const before = await whatStands();
  const next = await nextChart();
  await release('upgrade', next, {
    image,
    presets: { small: { resources: { limits: { memory: '64Mi' } } } },
    concurrency: 4,
    admission: { longestGrantDays: 30 },
  });
  // A console that is no more asked for goes.
  expect(await cluster.output('admin', ['get', 'deployment', ...inOperators, '-o', 'name'])).not.toContain('console');
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
});

test('rollback goes back by one version, with objects of the later one there', async () => {
  const before = await whatStands();
  expect(await helm(['rollback', 'neuro-operator', '1', ...where(), '--wait', '--timeout=300s'])).toMatchObject({
    code: 0,
  });
  await untilSettled();
  expect(await whatStands()).toEqual(before);
  await until(alices, 'usersecret/newer', 'Ready');
  // What the later version let in is written by nobody of the former one, and stops no change.
  await cluster.must('alice', userSecret(alices, 'newer', { generate: { type: 'Hex' }, description: 'changed' }));
  const policies = await cluster.output('admin', ['get', 'validatingadmissionpolicy', '-o', 'name']);
  expect(policies).not.toContain('grant-expiry');
});

test('uninstall leaves what people made, what was made of it, the keys, and the rules about who writes what', async () => {
  const grantToSelf = grantTo(alices, 'to-self', { subject: { kind: 'User', name: 'bob' }, access: 'manage' });
  await cluster.must(
    'alice',
    grantTo(alices, 'manager', { secret: 'made', subject: { kind: 'User', name: 'bob' }, access: 'manage' }),
  );
  await until(alices, 'secretgrant/manager', 'Ready');
  const [before, keys] = [await whatStands(), await sealingKeys()];
  expect(keys.length).toBeGreaterThan(1);
  expect(await helm(['uninstall', 'neuro-operator', ...where(), '--wait', '--timeout=300s'])).toMatchObject({
    code: 0,
  });
  await untilTrue(async () => (await operatorPods(cluster)).length === 0, 'no Pod of the operator');
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
  // The next operator acts on what is written now.
  expect((await cluster.apply('bob', grantToSelf)).stderr).toContain('only a user who can share the secret');
});

test('install again carries on, and writes nothing', async () => {
  const before = await whatStands();
  const fromMs = Date.now();
  await release('install', chartFolder, { image });
  await untilSettled();
  expect(await whatStands()).toEqual(before);
  expect((await requests(fromMs)).filter(isWrite).map(({ verb, requestURI }) => `${verb} ${requestURI}`)).toEqual([]);
  await cluster.must('alice', userSecret(alices, 'after', { value: 'works' }));
  await until(alices, 'usersecret/after', 'Ready');
  await cluster.output('alice', ['delete', 'secretgrant', 'to-bob', 'manager', '-n', alices]);
  await untilTrue(async () => (await mayUse()) === 'no', 'no access');
});

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
  const args = [verb, 'neuro-operator', chart, ...where(), '--wait', '--timeout=300s'];
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
    '--timeout=300s',
  ]);
  await untilTrue(async () => {
    const [{ pod }, pods] = await Promise.all([leader(cluster), operatorPods(cluster)]);
    return pods.some(({ metadata }) => metadata.name === pod);
  }, 'a leader among the Pods');
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
  await cluster.output('admin', ['wait', `--for=condition=${condition}`, object, '-n', namespace, '--timeout=300s']);
}
