/** A user on a cluster whose authority we do not hold: the API server signs the certificate (`certificates.k8s.io`). */
import { setTimeout as sleep } from 'node:timers/promises';
import { writeFileSync } from 'node:fs';
import { DevClusterError } from '../errors.ts';
import { createSigningRequest } from '../pki/certificate.ts';
import { kubeconfigFile } from '../pki/cluster-pki.ts';
import { kubeconfigText } from '../pki/kubeconfig.ts';
import type { ClusterFolder } from '../state/cluster-folder.ts';

const ATTEMPTS = 50;
const PAUSE_MS = 200;

/** `kubectl` runs with the rights of an administrator. Returns the kubeconfig's path. */
export async function addUserByRequest(
  folder: ClusterFolder,
  kubectl: (args: readonly string[], input?: string) => Promise<string>,
  user: string,
  groups: readonly string[],
): Promise<string> {
  const path = kubeconfigFile(folder, user);
  const { requestPem, keyPem } = await createSigningRequest(user, groups);
  const request = {
    apiVersion: 'certificates.k8s.io/v1',
    kind: 'CertificateSigningRequest',
    metadata: { generateName: 'neuro-devcluster-' },
    spec: {
      request: Buffer.from(requestPem).toString('base64'),
      signerName: 'kubernetes.io/kube-apiserver-client',
      usages: ['client auth'],
    },
  };
  const name = (await kubectl(['create', '--filename=-', '--output=name'], JSON.stringify(request))).trim();
  try {
    await kubectl(['certificate', 'approve', name]);
    const certificatePem = await signedCertificate(kubectl, name);
    const { server, authorityPem } = await serverOf(kubectl);
    const text = kubeconfigText({ cluster: folder.name, user, server, authorityPem, certificatePem, keyPem });
    writeFileSync(path, text, { mode: 0o600 });
  } finally {
    await kubectl(['delete', name, '--ignore-not-found']);
  }
  return path;
}

/** Of the current context of the kubeconfig that `kubectl` uses. */
export async function serverOf(
  kubectl: (args: readonly string[]) => Promise<string>,
): Promise<{ server: string; authorityPem: string }> {
  const text = await kubectl(['config', 'view', '--minify', '--flatten', '--raw', '--output=json']);
  const config = JSON.parse(text) as { clusters?: { cluster: Record<string, string | undefined> }[] };
  const cluster = config.clusters?.[0]?.cluster;
  const authorityPem = Buffer.from(cluster?.['certificate-authority-data'] ?? '', 'base64').toString('utf8');
  return { server: cluster?.['server'] ?? '', authorityPem };
}

async function signedCertificate(kubectl: (args: readonly string[]) => Promise<string>, name: string): Promise<string> {
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const base64 = await kubectl(['get', name, '--output=jsonpath={.status.certificate}']);
    if (base64 !== '') return Buffer.from(base64, 'base64').toString('utf8');
    await sleep(PAUSE_MS);
  }
  throw new DevClusterError(
    'NotReady',
    `${name} was approved but never signed; does the cluster sign client certificates?`,
  );
}
