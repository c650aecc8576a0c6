/** This operator, as it is built and installed: rights and policies of the chart, options of the image, one replica. */
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { API_VERSION } from '../../../src/api/index.ts';
import {
  neuroJobType,
  podType,
  secretGrantType,
  secretType,
  userSecretType,
} from '../../../src/controllers/resources.ts';
import { applyCrds } from '../../support/cluster.ts';
import { installOperator } from '../../support/operator.ts';
import { kubeconfigOf, publishedKey } from '../operator/bench.ts';
import { hasCondition, openWatch } from '../operator/object-watch.ts';
import { startOperator } from '../operator/operator-process.ts';
import { createWrite, prepareSecret } from '../operator/user-secrets.ts';
import { singles, type Arena, type Contestant, type Starter, type Task } from './contestant.ts';

const bundle = fileURLToPath(new URL('../../../dist/operator.mjs', import.meta.url));
/** The namespace whose secret is granted to the jobs'. */
const owner = 'owner';

export const ours: readonly Contestant[] = [
  {
    id: 'ours',
    race: 'secrets',
    title: 'this operator, sealed',
    flags: "the image's",
    burst: 1_000,
    single: singles.secrets,
    start: startSecrets,
  },
  {
    id: 'ours-jobs',
    race: 'jobs',
    title: 'this operator, two secrets a job',
    flags: "the image's",
    burst: 1_000,
    single: singles.jobs,
    start: (arena) => startJobs(arena, true),
  },
  {
    id: 'ours-jobs-plain',
    race: 'jobs',
    title: 'this operator, no secrets',
    flags: "the image's",
    burst: 1_000,
    single: singles.jobs,
    start: (arena) => startJobs(arena, false),
  },
];

async function startSecrets(arena: Arena): Promise<Starter> {
  const { client } = arena;
  const operator = await started(arena);
  const sealingKey = await publishedKey(client);
  return {
    product: secretType,
    request: userSecretType,
    pid: operator.pid,
    prepare: async (namespace, name): Promise<Task> => {
      const secret = await prepareSecret({ sealingKey }, namespace, name, 'sealed');
      return { key: `${namespace}/${name}`, create: () => client.send(createWrite(secret)) };
    },
    stop: () => operator.stop(),
  };
}

/** Each with one secret of its own namespace and one that another has granted; or with none, as a Job has. */
async function startJobs(arena: Arena, withSecrets: boolean): Promise<Starter> {
  const { client } = arena;
  const operator = await started(arena);
  const prepared = new Set<string>();
  const prepareNamespace = async (namespace: string): Promise<void> => {
    if (!withSecrets || prepared.has(namespace)) return;
    prepared.add(namespace);
    if (prepared.size === 1) {
      await arena.makeNamespace(owner);
      await post(arena, owner, 'usersecrets', 'UserSecret', 'shared', { value: 'correct horse' });
    }
    await post(arena, namespace, 'usersecrets', 'UserSecret', 'own', { value: 'battery staple' });
    await grantTo(arena, namespace);
  };
  return {
    product: podType,
    // The status is written after the Pod, and is part of the work.
    request: neuroJobType,
    pid: operator.pid,
    prepare: async (namespace, name): Promise<Task> => {
      await prepareNamespace(namespace);
      const env = [
        { name: 'OWN', fromSecret: { name: 'own' } },
        { name: 'SHARED', fromSecret: { name: 'shared', namespace: owner } },
      ];
      const spec = { image: 'busybox', command: ['sleep', '1'], ...(withSecrets ? { env } : {}) };
      const body = { apiVersion: API_VERSION, kind: 'NeuroJob', metadata: { namespace, name }, spec };
      const path = `/apis/${API_VERSION}/namespaces/${namespace}/neurojobs`;
      return { key: `${namespace}/${name}`, create: () => client.send({ method: 'POST', path, body }) };
    },
    stop: () => operator.stop(),
  };
}

async function started({ test, client, folder }: Arena): ReturnType<typeof startOperator> {
  if (!existsSync(bundle)) throw new Error('there is no dist/operator.mjs: run `npm run build` first');
  await applyCrds(test.cluster);
  await installOperator(test);
  const kubeconfig = await kubeconfigOf(test, folder, 'neuro-operator');
  const operator = await startOperator({ kubeconfig, nodeOptions: [] });
  // Making keys takes seconds of processor time.
  await publishedKey(client);
  return operator;
}

async function grantTo(arena: Arena, namespace: string): Promise<void> {
  const grants = await openWatch(arena.kubeconfig, secretGrantType, { namespace: owner });
  try {
    const name = `to-${namespace}`;
    const isReady = grants.until(
      'the grant in force',
      ({ object }) => object.metadata.name === name && hasCondition(object, 'Ready'),
    );
    const spec = { secret: 'shared', subject: { kind: 'Namespace', name: namespace } };
    await post(arena, owner, 'secretgrants', 'SecretGrant', name, spec);
    await isReady;
  } finally {
    await grants.close();
  }
}

function post(
  { client }: Arena,
  namespace: string,
  plural: string,
  kind: string,
  name: string,
  spec: unknown,
): Promise<unknown> {
  const body = { apiVersion: API_VERSION, kind, metadata: { namespace, name }, spec };
  return client.send({ method: 'POST', path: `/apis/${API_VERSION}/namespaces/${namespace}/${plural}`, body });
}
