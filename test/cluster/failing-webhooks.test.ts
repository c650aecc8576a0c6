/** What people read while an admission webhook of the cluster fails, that limits hold meanwhile, and that it heals; with real webhooks. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Condition, NeuroJobStatus } from '../../src/api/index.ts';
import { isKernelError } from '../../src/kernel/index.ts';
import { collectionOf, type ObjectOfKind } from '../support/api-paths.ts';
import { testCluster } from '../support/cluster.ts';
import { failingWebhooks, failures, type FailingWebhooks, type Hindered } from '../support/failing-webhook.ts';
import { startOperator, type RunningOperator } from '../support/operator.ts';
import { operatorWorld, type OperatorWorld } from '../support/operator-world.ts';

interface Found {
  readonly status?: NeuroJobStatus & { readonly conditions?: readonly Condition[] };
}

let world: OperatorWorld;
let operator: RunningOperator;
let webhooks: FailingWebhooks;
let namespace: string;

beforeAll(async () => {
  world = operatorWorld(await testCluster());
  webhooks = await failingWebhooks(world.test);
  operator = await startOperator(world.test);
});
afterAll(async () => {
  await operator.stop();
  await webhooks.close();
});
beforeEach(async () => {
  namespace = await world.test.makeNamespace('hindered');
});

const rbac = 'rbac.authorization.k8s.io';
const path = (plural: string, name = ''): string =>
  `/apis/neu.ro/v1/namespaces/${namespace}/${plural}${name === '' ? '' : `/${name}`}`;
const create = (plural: string, kind: string, name: string, spec: object): Promise<unknown> =>
  world.test.request({
    method: 'POST',
    path: path(plural),
    body: { apiVersion: 'neu.ro/v1', kind, metadata: { name }, spec },
  });
const until = (plural: string, name: string, isSo: (found: Found) => boolean, what: string): Promise<Found> =>
  world.eventually(() => world.test.request<Found>({ method: 'GET', path: path(plural, name) }), isSo, what);
const ready = ({ status }: Found): Condition | undefined => status?.conditions?.find(({ type }) => type === 'Ready');

/** A webhook is in force some time after its configuration is there; a dry run of the same request shows it. */
async function untilInForce({ resource }: Hindered): Promise<void> {
  const metadata = { name: 'probe', namespace };
  const apiGroup = 'rbac.authorization.k8s.io';
  const probes: Readonly<Record<string, ObjectOfKind & Readonly<Record<string, unknown>>>> = {
    pods: { apiVersion: 'v1', kind: 'Pod', metadata, spec: { containers: [{ name: 'probe', image: 'busybox:1' }] } },
    secrets: { apiVersion: 'v1', kind: 'Secret', metadata },
    rolebindings: {
      apiVersion: `${apiGroup}/v1`,
      kind: 'RoleBinding',
      metadata,
      roleRef: { apiGroup, kind: 'ClusterRole', name: 'view' },
      subjects: [{ apiGroup, kind: 'User', name: 'probe' }],
    },
  };
  const probe = probes[resource];
  if (probe === undefined) throw new Error(`no probe for ${resource}`);
  await world.eventually(
    () =>
      world.test.request({ method: 'POST', path: collectionOf(probe), query: { dryRun: 'All' }, body: probe }).then(
        () => true,
        (error: unknown) => {
          if (isKernelError(error)) return false;
          throw error;
        },
      ),
    (isTaken) => !isTaken,
    `a webhook in force on ${resource}`,
  );
}

async function hinder(what: Hindered, how: (typeof failures)[number]): Promise<void> {
  await webhooks.hinder(namespace, what, how);
  await untilInForce(what);
}

describe.each(failures)('a webhook %s', (how) => {
  test('on Secrets: a UserSecret says so, and is Ready once it works', async () => {
    await hinder({ resource: 'secrets', operations: ['CREATE'] }, how);
    await create('usersecrets', 'UserSecret', 'token', { value: 'v' });
    const found = await until('usersecrets', 'token', (seen) => ready(seen)?.reason === 'ApiError', 'the cause');
    expect(ready(found)?.status).toBe('False');
    expect(ready(found)?.message).toContain(webhooks.nameOf(namespace));
    await webhooks.mend(namespace);
    await until('usersecrets', 'token', (seen) => ready(seen)?.status === 'True', 'it is Ready');
  });

  test('on RoleBindings: a grant says so, gives nothing, and is in force once it works', async () => {
    await create('usersecrets', 'UserSecret', 'token', { value: 'v' });
    await hinder({ resource: 'rolebindings', group: rbac, operations: ['CREATE'] }, how);
    const subject = { kind: 'User', name: `bob-${namespace}` };
    await create('secretgrants', 'SecretGrant', 'to-bob', { secret: 'token', subject });
    const found = await until('secretgrants', 'to-bob', (seen) => ready(seen)?.reason === 'ApiError', 'the cause');
    expect(ready(found)?.message).toContain(webhooks.nameOf(namespace));
    expect(await world.mayI({ user: subject.name }, 'use', namespace, 'token')).toBe(false);
    await webhooks.mend(namespace);
    await until('secretgrants', 'to-bob', (seen) => ready(seen)?.status === 'True', 'it is in force');
  });

  test('on Pods: a job says so, and starts once it works', async () => {
    await create('usersecrets', 'UserSecret', 'token', { value: 'v' });
    await hinder({ resource: 'pods', operations: ['CREATE'] }, how);
    const env = [{ name: 'TOKEN', fromSecret: { name: 'token' } }];
    await create('neurojobs', 'NeuroJob', 'waits', { image: 'busybox:1', env, scheduleTimeout: '1h' });
    const { status } = await until('neurojobs', 'waits', (seen) => seen.status?.reason === 'ApiError', 'the cause');
    expect(status?.phase).toBe('Pending');
    expect(status?.message).toContain(webhooks.nameOf(namespace));
    await webhooks.mend(namespace);
    await until('neurojobs', 'waits', (seen) => seen.status?.podName === 'waits', 'it has its Pod');
  });
});

describe('limits hold whatever fails', () => {
  test('scheduleTimeout, while no Pod can be created: the job ends and names the cause', async () => {
    await hinder({ resource: 'pods', operations: ['CREATE'] }, 'that answers 500');
    await create('neurojobs', 'NeuroJob', 'late', { image: 'busybox:1', scheduleTimeout: '5s' });
    const { status } = await until('neurojobs', 'late', (seen) => seen.status?.phase === 'Failed', 'its end');
    expect(status?.reason).toBe('ScheduleTimeout');
    expect(status?.message).toContain(webhooks.nameOf(namespace));
  });

  test('cancel, while no status can be written: the Pod goes, and the status follows', async () => {
    await create('neurojobs', 'NeuroJob', 'cancelled', { image: 'busybox:1' });
    await until('neurojobs', 'cancelled', (seen) => seen.status?.podName === 'cancelled', 'the Pod');
    const statuses: Hindered = { resource: 'neurojobs/status', group: 'neu.ro', operations: ['UPDATE'] };
    await webhooks.hinder(namespace, statuses, 'whose service is missing');
    const body = { spec: { cancel: true } };
    const contentType = 'application/merge-patch+json';
    await world.test.request({ method: 'PATCH', path: path('neurojobs', 'cancelled'), contentType, body });
    await world.eventually(
      () => world.test.request<{ items: unknown[] }>({ method: 'GET', path: `/api/v1/namespaces/${namespace}/pods` }),
      ({ items }) => items.length === 0,
      'the Pod is gone',
    );
    await webhooks.mend(namespace);
    await until('neurojobs', 'cancelled', (seen) => seen.status?.phase === 'Cancelled', 'the status');
  });

  test('expiresAt, while no status can be written: the access goes, and the status follows', async () => {
    await create('usersecrets', 'UserSecret', 'token', { value: 'v' });
    const subject = { kind: 'User', name: `bob-${namespace}` };
    await create('secretgrants', 'SecretGrant', 'ends', { secret: 'token', subject });
    await until('secretgrants', 'ends', (seen) => ready(seen)?.status === 'True', 'it is in force');
    const statuses: Hindered = { resource: 'secretgrants/status', group: 'neu.ro', operations: ['UPDATE'] };
    await webhooks.hinder(namespace, statuses, 'that answers 500');
    const expiresAt = new Date(Date.now() + 1_000).toISOString();
    await world.patch('secretgrants', namespace, 'ends', { spec: { expiresAt } });
    await world.eventually(
      () => world.mayI({ user: subject.name }, 'use', namespace, 'token'),
      (may) => !may,
      'the access is over',
    );
    await webhooks.mend(namespace);
    await until(
      'secretgrants',
      'ends',
      ({ status }) => status?.conditions?.some(({ type }) => type === 'Expired') === true,
      'the status',
    );
  });

  test('everything, while no Event can be written', async () => {
    const events: Hindered = { resource: 'events', group: 'events.k8s.io', operations: ['CREATE', 'UPDATE'] };
    await webhooks.hinder(namespace, events, 'that answers too late');
    await create('usersecrets', 'UserSecret', 'token', { value: 'v' });
    const subject = { kind: 'User', name: `bob-${namespace}` };
    await create('secretgrants', 'SecretGrant', 'to-bob', { secret: 'token', subject });
    const env = [{ name: 'TOKEN', fromSecret: { name: 'token' } }];
    await create('neurojobs', 'NeuroJob', 'runs', { image: 'busybox:1', env });
    await until('usersecrets', 'token', (seen) => ready(seen)?.status === 'True', 'the secret is Ready');
    await until('secretgrants', 'to-bob', (seen) => ready(seen)?.status === 'True', 'the grant is in force');
    await until('neurojobs', 'runs', (seen) => seen.status?.podName === 'runs', 'the job has its Pod');
  });
});
