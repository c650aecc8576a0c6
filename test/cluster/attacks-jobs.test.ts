/** Jobs that try to get at a Secret that is not theirs, or out of their container. What counts is the Pod that is made of them. */
import { afterAll, beforeAll, describe, expect, it, test } from 'vitest';
import { testCluster } from '../support/cluster.ts';
import { startOperator, type RunningOperator } from '../support/operator.ts';
import { operatorWorld, type OperatorWorld } from '../support/operator-world.ts';

const base64 = (text: string): string => Buffer.from(text).toString('base64');
const job = (namespace: string, name = ''): string =>
  `/apis/neu.ro/v1/namespaces/${namespace}/neurojobs${name === '' ? '' : `/${name}`}`;

interface JobFound {
  readonly metadata: { readonly uid: string };
  readonly spec: Readonly<Record<string, unknown>>;
  readonly status?: { readonly phase?: string; readonly reason?: string };
}
interface PodFound {
  readonly metadata: { readonly labels: Readonly<Record<string, string>> };
  readonly spec: Readonly<Record<string, unknown>> & { readonly serviceAccountName: string };
}

let world: OperatorWorld;
let operator: RunningOperator;
let bob: string;
let count = 0;

beforeAll(async () => {
  world = operatorWorld(await testCluster());
  operator = await startOperator(world.test);
  bob = await world.test.makeNamespace('bob', { 'neu.ro/user': 'bob' });
  await world.secret(bob, 'mine', { value: 'mine' });
  await world.create('secrets', bob, { metadata: { name: 'victim' }, data: { token: base64('CANARY') } });
});

afterAll(() => operator.stop());

const post = <T>(path: string, body: unknown): Promise<T> => world.test.request<T>({ method: 'POST', path, body });
const make = (name: string, spec: object, metadata: object = {}): Promise<JobFound> =>
  post(job(bob), { apiVersion: 'neu.ro/v1', kind: 'NeuroJob', metadata: { name, ...metadata }, spec });
const podOf = (name: string): Promise<PodFound> =>
  world.eventually(
    () =>
      world.test
        .request<PodFound>({ method: 'GET', path: `/api/v1/namespaces/${bob}/pods/${name}` })
        .catch(() => undefined),
    (found) => found !== undefined,
    `the Pod of ${name}`,
  ) as Promise<PodFound>;
const statusOf = async (name: string): Promise<JobFound['status']> =>
  (await world.test.request<JobFound>({ method: 'GET', path: job(bob, name) })).status;

/** Every text that stands anywhere in a Pod's spec under a name by which Kubernetes finds a Secret. */
function secretsNamedIn(value: unknown, under = ''): readonly string[] {
  if (typeof value === 'string')
    return /^(secretName|secretRef|secretKeyRef|secret|imagePullSecrets|nodePublishSecretRef)/.test(under)
      ? [value]
      : [];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, child]) =>
    secretsNamedIn(
      child,
      name === 'name' || Array.isArray(value) ? under : under === 'secretKeyRef' || under === 'secret' ? '' : name,
    ),
  );
}

const usesMine = { image: 'busybox:1', env: [{ name: 'MINE', fromSecret: { name: 'mine' } }] };

describe('a spec that names a Secret where a Pod could', () => {
  test.each<[string, object]>([
    ['a whole Pod template', { template: { spec: { volumes: [{ name: 'v', secret: { secretName: 'victim' } }] } } }],
    ['podTemplate', { podTemplate: { spec: { containers: [] } } }],
    ['envFrom', { envFrom: [{ secretRef: { name: 'victim' } }] }],
    [
      'a variable of a native Secret',
      { env: [{ name: 'V', value: '', valueFrom: { secretKeyRef: { name: 'victim', key: 'token' } } }] },
    ],
    ['init containers', { initContainers: [{ name: 'i', image: 'x', envFrom: [{ secretRef: { name: 'victim' } }] }] }],
    ['ephemeral containers', { ephemeralContainers: [{ name: 'e', image: 'x' }] }],
    ['more containers', { containers: [{ name: 'job', image: 'x', envFrom: [{ secretRef: { name: 'victim' } }] }] }],
    ['the network of the node', { hostNetwork: true, hostPID: true, hostIPC: true }],
    ['a node by name', { nodeName: 'node-1' }],
    [
      'another scheduler, runtime or priority',
      { schedulerName: 'mine', runtimeClassName: 'mine', priority: 2_000_000_000 },
    ],
    ['somebody to run for', { requester: 'system:admin', user: 'alice', groups: ['system:masters'] }],
    [
      'a privileged container',
      { securityContext: { privileged: true, procMount: 'Unmasked', allowPrivilegeEscalation: true } },
    ],
    [
      'a profile of its own',
      {
        securityContext: {
          seccompProfile: { type: 'Unconfined' },
          appArmorProfile: { type: 'Unconfined' },
          seLinuxOptions: { level: 's0' },
          sysctls: [{ name: 'kernel.shm_rmid_forced', value: '0' }],
        },
      },
    ],
  ])('in %s is not kept, and the Pod has nothing of it', async (_case, fields) => {
    const name = `j-${String(++count)}`;
    const made = await make(name, {
      ...usesMine,
      ...fields,
      ...('env' in fields ? { env: [...usesMine.env, ...(fields.env as object[])] } : {}),
    });
    const { spec } = await podOf(name);
    expect([...new Set(secretsNamedIn(spec))]).toEqual([`neuro-job-${made.metadata.uid}`]);
    expect(spec).not.toHaveProperty('initContainers');
    expect(JSON.stringify(spec)).not.toMatch(
      /victim|privileged|Unconfined|sysctls|system:masters|host(Network|PID|IPC)":true/,
    );
    expect(spec).toMatchObject({
      schedulerName: 'default-scheduler',
      serviceAccountName: 'default',
      automountServiceAccountToken: false,
    });
    expect(spec).not.toHaveProperty('nodeName');
    expect((spec as unknown as { containers: unknown[] }).containers).toHaveLength(1);
  });

  test.each<[string, object]>([
    ['a volume of a Secret', { volumes: [{ mountPath: '/v', secret: { secretName: 'victim' } }] }],
    [
      'a projected volume',
      { volumes: [{ mountPath: '/v', projected: { sources: [{ secret: { name: 'victim' } }] } }] },
    ],
    ['a path of the node', { volumes: [{ mountPath: '/v', hostPath: { path: '/' } }] }],
    [
      'a CSI volume',
      { volumes: [{ mountPath: '/v', csi: { driver: 'd', nodePublishSecretRef: { name: 'victim' } } }] },
    ],
    [
      'a volume of a storage system',
      { volumes: [{ mountPath: '/v', cephfs: { monitors: ['m'], secretRef: { name: 'victim' } } }] },
    ],
    ['a file that is no secret of its own', { files: [{ path: '/v', fromSecret: { name: '../victim' } }] }],
    [
      'a secret in a namespace by path',
      { env: [{ name: 'V', fromSecret: { name: 'mine', namespace: `../kube-system` } }] },
    ],
    ['a variable with a value and a secret', { env: [{ name: 'V', value: 'x', fromSecret: { name: 'mine' } }] }],
    ['the service account of another namespace', { serviceAccountName: 'kube-system:admin' }],
    [
      'a capability that containers do not have',
      { securityContext: { capabilities: { drop: ['ALL'], add: ['SYS_ADMIN'] } } },
    ],
    [
      'a file over the token of the service account',
      { files: [{ path: '/proc/self/environ', fromSecret: { name: 'mine' } }] },
    ],
  ])('in %s is refused', async (_case, fields) => {
    await expect(make(`j-${String(++count)}`, { image: 'busybox:1', ...fields })).rejects.toMatchObject({
      code: 'Invalid',
    });
  });

  it('is reported by kubectl, which does not silently drop unknown fields', async () => {
    const body = JSON.stringify({
      apiVersion: 'neu.ro/v1',
      kind: 'NeuroJob',
      metadata: { name: 'told', namespace: bob },
      spec: { image: 'x', hostNetwork: true },
    });
    const { code, stderr } = await world.test.kubectl('admin', ['create', '-f', '-'], body);
    expect(code).toBe(1);
    expect(stderr).toContain('spec.hostNetwork');
  });
});

describe('a job', () => {
  it('passes on no label of ours and no annotation', async () => {
    const name = `labelled-${String(++count)}`;
    await make(name, usesMine, {
      labels: {
        'neu.ro/job-uid': 'other',
        'neu.ro/managed-by': 'mallory',
        'kueue.x-k8s.io/queue-name': 'q',
        app: 'db',
      },
      annotations: { 'container.apparmor.security.beta.kubernetes.io/job': 'unconfined', 'neu.ro/user': 'alice' },
    });
    const { metadata } = await podOf(name);
    expect(metadata.labels).toMatchObject({ 'neu.ro/managed-by': 'neuro-operator', 'kueue.x-k8s.io/queue-name': 'q' });
    expect(metadata.labels['neu.ro/job-uid']).not.toBe('other');
    expect(metadata.labels).not.toHaveProperty('app');
    expect(metadata).not.toHaveProperty('annotations');
  });

  it('cannot name a native Secret as if it were a UserSecret, nor the snapshot of another job', async () => {
    const mounting = `other-${String(++count)}`;
    const other = await make(mounting, usesMine);
    await podOf(mounting);
    const named = ['victim', `neuro-job-${other.metadata.uid}`];
    const wishes = named.flatMap((name) => [
      { env: [{ name: 'V', fromSecret: { name } }] },
      { imagePullSecrets: [{ name }] },
    ]);
    for (const wish of wishes) {
      const asking = `asks-${String(++count)}`;
      await make(asking, { image: 'busybox:1', ...wish, scheduleTimeout: '1s' });
      const status = await world.eventually(
        () => statusOf(asking),
        (found) => found?.phase === 'Failed',
        'it failed',
      );
      expect(status?.reason).toBe('MissingSecrets');
    }
  });

  it('does not take a snapshot that someone made beforehand to have it mount another Secret', async () => {
    const [name, later] = [`waits-${String(++count)}`, `later-${String(count)}`];
    const waits = await make(name, { image: 'busybox:1', env: [{ name: 'V', fromSecret: { name: later } }] });
    const { uid } = waits.metadata;
    const forged = [
      { namespace: bob, name: later, uid: 'u', key: later, version: 'v', secretName: 'victim', dataKey: 'token' },
    ];
    await world.create('secrets', bob, {
      metadata: {
        name: `neuro-job-${uid}`,
        labels: { 'neu.ro/managed-by': 'neuro-operator' },
        annotations: { 'neu.ro/snapshot': JSON.stringify(forged) },
        ownerReferences: [{ apiVersion: 'neu.ro/v1', kind: 'NeuroJob', name, uid, controller: true }],
      },
      data: { s0: base64('forged') },
    });
    await world.secret(bob, later, { value: 'x' });
    const status = await world.eventually(
      () => statusOf(name),
      (found) => found?.phase !== undefined && found.reason !== 'MissingSecrets',
      'it is decided',
    );
    if (status?.phase === 'Failed') expect(status.reason).toBe('Conflict');
    else expect(JSON.stringify((await podOf(name)).spec)).not.toContain('victim');
  });

  test.each<[string, string]>([
    ['a secret that is not there', 'absent'],
    ['a secret that is there, and not granted', 'there'],
    ['a secret in a namespace that is not there', 'nowhere'],
  ])('that asks for %s learns the same', async (_case, name) => {
    const alice = name === 'nowhere' ? 'no-such-namespace' : await world.test.makeNamespace('alice');
    if (name === 'there') await world.secret(alice, 'x-there', { value: 'x' });
    const asking = `learns-${String(++count)}`;
    await make(asking, {
      image: 'busybox:1',
      env: [{ name: 'V', fromSecret: { namespace: alice, name: `x-${name}` } }],
    });
    const status = await world.eventually(
      () => statusOf(asking),
      (found) => found?.reason !== undefined,
      'it is told',
    );
    expect(status).toMatchObject({
      phase: 'Pending',
      reason: 'MissingSecrets',
      message: `Missing secrets: 'secret:/${alice}/x-${name}'`,
    });
  });
});
