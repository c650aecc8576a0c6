/** Bitnami's sealed-secrets: the controller that is nearest to what UserSecrets do. */
import { join } from 'node:path';
import { secretType } from '../../../src/controllers/resources.ts';
import type { ResourceType } from '../../../src/kernel/index.ts';
import { parseCertificatePem, sealKubeseal, type RsaPublicKey } from '../../../src/sealing/index.ts';
import { filesOf } from '../../../tools/devcluster/build/binaries.ts';
import { EXTRA } from '../../../tools/devcluster/build/components.ts';
import { freePorts } from '../../../tools/devcluster/state/free-ports.ts';
import { builtTool } from '../../support/built-tool.ts';
import { untilServed } from '../../support/cluster.ts';
import { eventually } from '../../support/until.ts';
import { singles, type Arena, type Contestant, type Starter } from './contestant.ts';
import { applied, isPossible, runInPod, type InPod } from './in-pod.ts';

const account = { namespace: 'kube-system', name: 'sealed-secrets-controller' };
const sealedSecretType: ResourceType = {
  group: 'bitnami.com',
  version: 'v1alpha1',
  plural: 'sealedsecrets',
  kind: 'SealedSecret',
  namespaced: true,
};
const apiVersion = `${sealedSecretType.group}/${sealedSecretType.version}`;
/** It makes an RSA key of 4,096 bits first. */
const startTimeoutMs = 60_000;
const tuned = ['--kubeclient-qps=1000', '--kubeclient-burst=1000'];

export const sealedSecrets: readonly Contestant[] = [
  {
    id: 'sealed-secrets',
    race: 'secrets',
    title: 'sealed-secrets 0.40, tuned',
    flags: tuned.join(' '),
    burst: 1_000,
    single: singles.secrets,
    start: (arena) => start(arena, tuned),
  },
  {
    id: 'sealed-secrets-default',
    race: 'secrets',
    title: 'sealed-secrets 0.40, default',
    flags: 'none (5 requests a second)',
    burst: 20,
    single: 8,
    start: (arena) => start(arena, []),
  },
];

async function start(arena: Arena, flags: readonly string[]): Promise<Starter | undefined> {
  const { test, client, folder } = arena;
  if (!isPossible) {
    arena.onProgress('sealed-secrets is left out: it only runs in a Pod, which only root on Linux can imitate');
    return undefined;
  }
  const program = await builtTool('sealed-secrets');
  const [crds = ''] = filesOf(EXTRA['sealed-secrets']);
  await applied(test, account, [join(crds, 'bitnami.com_sealedsecrets.yaml')]);
  await untilServed(test.cluster, [`${sealedSecretType.plural}.${sealedSecretType.group}`]);
  const [port = 0, metricsPort = 0] = await freePorts(2);
  const addresses = [
    `--listen-addr=127.0.0.1:${String(port)}`,
    `--listen-metrics-addr=127.0.0.1:${String(metricsPort)}`,
  ];
  const running = await runInPod(test, folder, account, [program, ...addresses, ...flags]);
  const key = await publicKey(running, port).catch(async (error: unknown) => {
    await running.stop();
    throw error;
  });
  return {
    product: secretType,
    request: sealedSecretType,
    pid: running.pid,
    ended: running.ended,
    prepare: async (namespace, name) => {
      const value = await sealKubeseal(key, 'strict', { namespace, name, key: name }, Buffer.from(crypto.randomUUID()));
      const metadata = { namespace, name };
      // With a type it saves a request: else it writes the Secret that it has just made once more.
      const spec = { encryptedData: { value }, template: { type: 'Opaque', metadata } };
      const body = { apiVersion, kind: 'SealedSecret', metadata, spec };
      const path = `/apis/${apiVersion}/namespaces/${namespace}/sealedsecrets`;
      return { key: `${namespace}/${name}`, create: () => client.send({ method: 'POST', path, body }) };
    },
    stop: () => running.stop(),
  };
}

async function publicKey(running: InPod, port: number): Promise<RsaPublicKey> {
  const pem = await eventually(
    async () => {
      const response = await fetch(`http://127.0.0.1:${String(port)}/v1/cert.pem`).catch(() => undefined);
      return response?.ok === true ? await response.text() : '';
    },
    (text) => text.includes('CERTIFICATE'),
    'the certificate of sealed-secrets',
    startTimeoutMs,
  ).catch((cause: unknown) => {
    throw new Error(`sealed-secrets did not start: ${running.output()}`, { cause });
  });
  return parseCertificatePem(pem);
}
