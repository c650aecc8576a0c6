/**
 * External Secrets: the controller that most clusters use for secrets. Its values come from its fake provider, which asks nobody: they are in
 * the SecretStore, so that only the way from its custom resource to a native Secret is measured.
 */
import { secretType } from '../../../src/controllers/resources.ts';
import type { ResourceType } from '../../../src/kernel/index.ts';
import { filesOf } from '../../../tools/devcluster/build/binaries.ts';
import { EXTRA } from '../../../tools/devcluster/build/components.ts';
import { builtTool } from '../../support/built-tool.ts';
import { untilServed } from '../../support/cluster.ts';
import { eventually } from '../../support/until.ts';
import { hasCondition } from '../operator/object-watch.ts';
import { singles, type Arena, type Contestant, type Starter } from './contestant.ts';
import { applied, isPossible, runInPod } from './in-pod.ts';

const account = { namespace: 'kube-system', name: 'external-secrets' };
const group = 'external-secrets.io';
const apiVersion = `${group}/v1`;
const externalSecretType: ResourceType = {
  group,
  version: 'v1',
  plural: 'externalsecrets',
  kind: 'ExternalSecret',
  namespaced: true,
};
const store = 'values';
const remoteKey = 'password';
const tuned = ['--client-qps=1000', '--client-burst=1000', '--concurrent=20', '--enable-secrets-caching'];

export const externalSecrets: readonly Contestant[] = [
  {
    id: 'external-secrets',
    race: 'secrets',
    title: 'External Secrets 0.20, tuned',
    flags: tuned.join(' '),
    burst: 1_000,
    single: singles.secrets,
    start: (arena) => start(arena, tuned),
  },
  {
    id: 'external-secrets-default',
    race: 'secrets',
    title: 'External Secrets 0.20, default',
    flags: 'none (50 requests a second, one at a time)',
    burst: 100,
    single: 30,
    start: (arena) => start(arena, []),
  },
];

async function start(arena: Arena, flags: readonly string[]): Promise<Starter | undefined> {
  const { test, client, folder } = arena;
  if (!isPossible) {
    arena.onProgress('External Secrets is left out: it runs in a Pod, which only root on Linux can imitate');
    return undefined;
  }
  const program = await builtTool('external-secrets');
  await applied(test, account, filesOf(EXTRA['external-secrets']));
  await untilServed(
    test.cluster,
    ['externalsecrets', 'secretstores'].map((plural) => `${plural}.${group}`),
  );
  const running = await runInPod(test, folder, account, [program, ...flags]);
  const stores = new Map<string, Promise<void>>();
  return {
    product: secretType,
    request: externalSecretType,
    pid: running.pid,
    ended: running.ended,
    prepare: async (namespace, name) => {
      if (!stores.has(namespace)) stores.set(namespace, makeStore(arena, namespace));
      await stores.get(namespace);
      const secretStoreRef = { kind: 'SecretStore', name: store };
      const data = [{ secretKey: name, remoteRef: { key: remoteKey } }];
      const spec = { refreshInterval: '1h', secretStoreRef, data };
      const body = { apiVersion, kind: 'ExternalSecret', metadata: { namespace, name }, spec };
      const path = `/apis/${apiVersion}/namespaces/${namespace}/externalsecrets`;
      return { key: `${namespace}/${name}`, create: () => client.send({ method: 'POST', path, body }) };
    },
    stop: () => running.stop(),
  };
}

async function makeStore({ client }: Arena, namespace: string): Promise<void> {
  const path = `/apis/${apiVersion}/namespaces/${namespace}/secretstores`;
  const provider = { fake: { data: [{ key: remoteKey, value: crypto.randomUUID() }] } };
  const body = { apiVersion, kind: 'SecretStore', metadata: { namespace, name: store }, spec: { provider } };
  await client.send({ method: 'POST', path, body });
  await eventually(
    () => client.send<Parameters<typeof hasCondition>[0]>({ method: 'GET', path: `${path}/${store}` }),
    (found) => hasCondition(found, 'Ready'),
    `the SecretStore of ${namespace}`,
    60_000,
  );
}
