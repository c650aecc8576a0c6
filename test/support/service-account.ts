/** Logging in as a service account, as a Pod does: by a token, which costs the API server less than a client certificate. */
import { readFile } from 'node:fs/promises';
import { parse, stringify } from 'yaml';
import type { TestCluster } from './cluster.ts';

/** Longer than any run. */
const tokenSeconds = 86_400;

export interface ServiceAccount {
  readonly namespace: string;
  readonly name: string;
}

interface ClusterEntry {
  readonly name: string;
  readonly cluster: { readonly 'certificate-authority-data'?: string };
}

export async function serviceAccountToken(test: TestCluster, { namespace, name }: ServiceAccount): Promise<string> {
  const { status } = await test.request<{ readonly status: { readonly token: string } }>({
    method: 'POST',
    path: `/api/v1/namespaces/${namespace}/serviceaccounts/${name}/token`,
    body: { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenRequest', spec: { expirationSeconds: tokenSeconds } },
  });
  return status.token;
}

/** Text of a kubeconfig of that service account, which exists. */
export async function serviceAccountKubeconfig(test: TestCluster, account: ServiceAccount): Promise<string> {
  const cluster = await clusterEntry(test);
  const token = await serviceAccountToken(test, account);
  return stringify({
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [cluster],
    users: [{ name: account.name, user: { token } }],
    contexts: [{ name: account.name, context: { cluster: cluster.name, user: account.name } }],
    'current-context': account.name,
  });
}

/** The certificate (PEM) by which the API server is known. */
export async function certificateAuthority(test: TestCluster): Promise<string> {
  const { cluster } = await clusterEntry(test);
  return Buffer.from(cluster['certificate-authority-data'] ?? '', 'base64').toString();
}

async function clusterEntry({ cluster }: TestCluster): Promise<ClusterEntry> {
  const { clusters } = parse(await readFile(cluster.kubeconfigPath('admin'), 'utf8')) as {
    readonly clusters: readonly ClusterEntry[];
  };
  const [first] = clusters;
  if (first === undefined) throw new Error('the kubeconfig names no cluster');
  return first;
}
