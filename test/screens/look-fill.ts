/** What the scenes of `npm run look` show. */
import { STATUS_CONFIG_MAP, type NeuroJob, type UserSecret } from '../../src/api/index.ts';
import {
  configMapType,
  neuroJobType,
  neuroScheduleType,
  secretGrantType,
  secretType,
  userSecretType,
} from '../../src/controllers/resources.ts';
import type { ResourceType } from '../../src/kernel/index.ts';
import type { ModelCluster } from '../support/console/model-cluster.ts';
import { failure } from '../support/model-api.ts';
import type { PagesStage } from '../e2e/pages-stage.ts';
import { fillSources, fillTags } from './look-fill-sources.ts';

export const longName = 'a-name-that-is-as-long-as-a-name-may-be-'.repeat(6).slice(0, 200);
const hourMs = 3_600_000;
const from = Date.now();
const at = (hours: number): string => new Date(from + hours * hourMs).toISOString();

const system = 'neuro-system';
const core = { group: '', version: 'v1', namespaced: true } as const;
const events: ResourceType = {
  ...{ group: 'events.k8s.io', version: 'v1', namespaced: true, plural: 'events', kind: 'Event' },
};
const quotas: ResourceType = { ...core, plural: 'resourcequotas', kind: 'ResourceQuota' };
const leases: ResourceType = {
  ...{ group: 'coordination.k8s.io', version: 'v1', namespaced: true, plural: 'leases', kind: 'Lease' },
};
const deployments: ResourceType = {
  ...{ group: 'apps', version: 'v1', namespaced: true, plural: 'deployments', kind: 'Deployment' },
};

/** Nothing is allowed to that person. */
export function refusedFor(person: string): ModelCluster['denied'][number] {
  return (user) => user === person;
}

/** The API server has a fault for that person. */
export function brokenFor(person: string): ModelCluster['interceptions'][number] {
  return ({ user, path }) =>
    user === person && !path.endsWith('reviews') && !path.endsWith('/namespaces')
      ? failure(500, 'InternalError', 'etcdserver: request timed out')
      : undefined;
}

export async function fill({ cluster, reconcile }: PagesStage): Promise<void> {
  fillSecrets(cluster);
  fillJobs(cluster);
  fillSchedules(cluster);
  fillSystem(cluster);
  fillTags(cluster);
  await fillSources(cluster);
  await reconcile();
  fillHistory(cluster);
  let measures = 0;
  cluster.interceptions.push(({ path }) => {
    if (!path.includes('/apis/metrics.k8s.io/')) return undefined;
    measures += 1;
    const cpu = `${String(120 + Math.round(90 * Math.sin(measures / 3)))}m`;
    const memory = `${String(40 + measures)}Mi`;
    const timestamp = new Date(from + measures * 15_000).toISOString();
    return { status: 200, body: { timestamp, containers: [{ usage: { cpu, memory } }] } };
  });
}

function fillSecrets(cluster: ModelCluster): void {
  const secret = (namespace: string, name: string, spec: object = {}, status?: object): void => {
    const object = { metadata: { namespace, name, generation: 1 }, spec: { value: 'x', ...spec } };
    cluster.put(userSecretType, status === undefined ? object : { ...object, status });
  };
  const grant = (namespace: string, name: string, kind: string, to: string, more: object = {}): void => {
    const spec = { secret: name, subject: { kind, name: to }, access: 'read', ...more };
    cluster.put(secretGrantType, { metadata: { namespace, name: `${name}-to-${to}` }, spec });
  };
  secret('alice', 'db-password', { description: 'The reports database' });
  secret('alice', longName, { description: 'A description that goes on and on. '.repeat(12) });
  secret('alice', 'deploy-key', { value: undefined, generate: { type: 'Ed25519', rotateEvery: '30d' } });
  cluster.put(userSecretType, {
    metadata: {
      ...{ namespace: 'alice', name: 'api-token', generation: 1 },
      annotations: { 'neu.ro/rotate-by': at(24 * 3).slice(0, 10) },
    },
    spec: { value: 'x', description: 'Of the payment service' },
  });
  secret('alice', 'shared-copy', { value: undefined, sharedFrom: { namespace: 'bob', name: 'model-registry' } });
  const refused = {
    type: 'Ready',
    status: 'False',
    reason: 'SourceNotFound',
    message: 'The Secret shop/db is missing.',
  };
  secret(
    'alice',
    'from-shop',
    { value: undefined, secretKeyRef: { name: 'db', key: 'password' } },
    { conditions: [{ ...refused, observedGeneration: 1, lastTransitionTime: at(-1) }] },
  );
  for (let index = 0; index < 295; index += 1) secret('alice', `key-${String(index)}`);
  for (const to of ['bob', 'dave', 'erin']) grant('alice', 'db-password', 'User', to, { expiresAt: at(30) });
  grant('alice', 'db-password', 'Group', 'analysts', { access: 'write', description: 'The report of every night' });
  grant('alice', 'db-password', 'Namespace', 'batch', { access: 'manage', grantedBy: { kind: 'User', name: 'bob' } });
  grant('alice', longName, 'User', 'a-person-with-a-long-name@a-company-with-a-long-name.example.com');
  const levels: Readonly<Record<string, object>> = {
    'wandb-key': { access: 'manage', expiresAt: at(20) },
    'model-registry': { access: 'copy' },
  };
  for (const name of ['model-registry', longName, 'wandb-key']) {
    secret('bob', name);
    grant('bob', name, 'User', 'alice', levels[name]);
  }
}

function fillHistory(cluster: ModelCluster): void {
  const ref = { namespace: 'alice', name: 'db-password' };
  const secret = cluster.api.get(userSecretType, ref) as unknown as UserSecret;
  const former = (version: string, hours: number, manager: string): object => ({
    ...{ version, secretName: `db-${version}`, until: at(hours), manager },
  });
  cluster.put(userSecretType, {
    ...secret,
    status: {
      ...secret.status,
      changedBy: { manager: 'neuro', user: 'alice' },
      uses: [{ by: 'web', lastAt: at(-3), lastCopy: 'shop-db', version: 'f0f0f0f0f0f0' }],
      history: [former('f0f0f0f0f0f0', -20, 'neuro'), former('a1a1a1a1a1a1', -300, 'argocd')],
    },
  });
  const { uid = '', name } = secret.metadata;
  for (const version of ['f0f0f0f0f0f0', 'a1a1a1a1a1a1'])
    cluster.put(secretType, {
      metadata: {
        namespace: 'alice',
        name: `db-${version}`,
        ownerReferences: [{ apiVersion: 'neu.ro/v1', kind: 'UserSecret', name, uid }],
      },
      type: 'neu.ro/former-value',
      data: { [name]: Buffer.from('the former value').toString('base64') },
    });
}

function fillJobs(cluster: ModelCluster): void {
  const job = (name: string, spec: object, status?: object): void => {
    const object = { metadata: { namespace: 'alice', name }, spec: { image: 'busybox:1', ...spec } };
    cluster.put(neuroJobType, status === undefined ? object : { ...object, status });
  };
  for (let index = 0; index < 2_000; index += 1)
    job(`old-${String(index)}`, { tags: ['old'] }, { phase: 'Succeeded', startTime: at(-40), finishTime: at(-39) });
  const env = [{ name: 'DB_PASSWORD', fromSecret: { name: 'db-password' } }];
  job('nightly-report', {
    ...{ tags: ['nightly', 'report'], description: 'Sends the figures of the day', env },
    resources: { requests: { cpu: '100m', memory: '64Mi' }, limits: { cpu: '250m', memory: '128Mi' } },
  });
  job('notebook', { image: 'jupyter:1', http: { port: 8888 } });
  job(longName.slice(0, 40), {
    image: `registry.example.com/${longName}:1`,
    tags: [longName.slice(0, 60), 'two', 'three', 'four'],
  });
  const traceback = [
    'Traceback (most recent call last):',
    '  File "/app/report.py", line 3, in <module>',
    '    connection = connect("reports.example.com", password=os.environ["DB_PASSWORD"], timeout=30, retries=5)',
    'ConnectionError: no route to the database',
  ].join('\n');
  job(
    'failed-report',
    { env, imagePullSecret: { name: 'db-password' }, args: ['python', '-c', 'raise SystemExit(3)'] },
    {
      ...{ phase: 'Failed', reason: 'Error', exitCode: 3, startTime: at(-1), finishTime: at(-0.9), podName: 'x' },
      message: traceback,
      transitions: [
        { phase: 'Running', time: at(-1) },
        { phase: 'Failed', reason: 'Error', time: at(-0.9), message: 'no route to the database' },
      ],
    },
  );
  const pull = 'Back-off pulling image "busybox:no": not found';
  job('no-image', {}, { phase: 'Pending', reason: 'ImagePullBackOff', message: pull, podName: 'no-image' });
  job('stopped', {}, { phase: 'Cancelled', reason: 'UserRequested', startTime: at(-2), finishTime: at(-1.9) });
  for (const [name, type, reason, message] of [
    ['one', 'Normal', 'Scheduled', 'Successfully assigned alice/no-image to node-1'],
    ['two', 'Warning', 'Failed', pull],
  ] as const)
    cluster.put(events, {
      metadata: { namespace: 'alice', name },
      regarding: { kind: 'NeuroJob', name: 'no-image', namespace: 'alice' },
      ...{ type, reason, note: message, eventTime: at(-1), series: { count: 3, lastObservedTime: at(-0.5) } },
    });
  const line = (_: unknown, index: number): string =>
    `2026-11-28T10:00:00.000000000Z batch ${String(index)} of 60 sent\n`;
  cluster.print('nightly-report', Array.from({ length: 60 }, line).join(''));
}

function fillSchedules(cluster: ModelCluster): void {
  const schedule = (name: string, spec: object, status: object): void => {
    const template = { image: 'tool:1', suspend: true };
    const metadata = { namespace: 'alice', name, generation: 1 };
    cluster.put(neuroJobType, { metadata, spec: template, status: { phase: 'Pending', reason: 'Suspended' } });
    cluster.put(neuroScheduleType, {
      metadata,
      spec: { schedule: '0 3 * * *', jobTemplate: { name }, ...spec },
      status: { observedGeneration: 1, ...status },
    });
  };
  const ready = { type: 'Ready', status: 'True', reason: 'Scheduled', message: 'm', lastTransitionTime: at(-30) };
  const last = (phase: string): object => ({
    lastScheduleTime: at(-12),
    lastFinished: { name: 'backup-1', phase, time: at(-11.9) },
    conditions: [ready],
  });
  schedule(
    'backup',
    { timeZone: 'Europe/Berlin', description: 'The whole database' },
    { ...last('Failed'), activeCount: 1, nextScheduleTime: at(12) },
  );
  schedule('report', { schedule: '*/15 8-18 * * 1-5' }, { ...last('Succeeded'), nextScheduleTime: at(0.2) });
  schedule('paused', { suspend: true }, { ...last('Succeeded') });
  const missing = { ...ready, status: 'False', reason: 'TemplateNotFound', message: 'There is no NeuroJob gone.' };
  schedule(longName.slice(0, 50), { description: longName }, { conditions: [missing] });
}

function fillSystem(cluster: ModelCluster): void {
  const name = 'neuro-operator';
  cluster.put(leases, {
    metadata: { namespace: system, name },
    spec: { holderIdentity: 'neuro-operator-7c9f8', renewTime: new Date().toISOString(), leaseDurationSeconds: 15 },
  });
  const containers = [{ image: 'registry.example.com/neuro-operator:1.4.0' }];
  cluster.put(deployments, {
    metadata: { namespace: system, name },
    spec: { replicas: 2, template: { spec: { containers } } },
    status: { readyReplicas: 1 },
  });
  cluster.put(configMapType, { metadata: { namespace: system, name: STATUS_CONFIG_MAP }, data: { policies: 'ok' } });
  cluster.put(quotas, {
    metadata: { namespace: 'bob', name: 'few' },
    status: { hard: { pods: '10', 'requests.memory': '10Gi' }, used: { pods: '10', 'requests.memory': '9000Mi' } },
  });
  const waiting = { phase: 'Pending', reason: 'QuotaExhausted' } as NeuroJob['status'];
  cluster.put(neuroJobType, {
    metadata: { namespace: 'bob', name: 'held' },
    spec: { image: 'x' },
    status: waiting,
  });
}
