/** All keys and certificates of one cluster, as files below `pki/`, and the kubeconfigs of its components and users. */
import { chmodSync, readFileSync, writeFileSync } from 'node:fs';
import { DevClusterError } from '../errors.ts';
import type { ClusterFolder } from '../state/cluster-folder.ts';
import { createAuthority, createTokenKeys, issue, readAuthority } from './certificate.ts';
import type { CertificateAuthority, LeafRequest } from './certificate.ts';
import { kubeconfigText } from './kubeconfig.ts';

export interface PkiInput {
  readonly folder: ClusterFolder;
  /** `https://…` as users reach it. */
  readonly server: string;
  /** All addresses by which the API server is reached, that of its Service included. */
  readonly serverAddresses: readonly string[];
  readonly node?: { readonly name: string; readonly address: string; readonly server: string } | undefined;
}

const SERVICE_NAMES = [
  'localhost',
  'kubernetes',
  'kubernetes.default',
  'kubernetes.default.svc',
  'kubernetes.default.svc.cluster.local',
];

export async function createClusterPki({ folder, server, serverAddresses, node }: PkiInput): Promise<void> {
  const [authority, frontProxyAuthority, tokenKeys] = await Promise.all([
    createAuthority('kubernetes-ca'),
    createAuthority('front-proxy-ca'),
    createTokenKeys(),
  ]);
  writeSecret(folder.file('pki', 'ca.crt'), authority.certificatePem);
  writeSecret(folder.file('pki', 'ca.key'), authority.keyPem);
  writeSecret(folder.file('pki', 'front-proxy-ca.crt'), frontProxyAuthority.certificatePem);
  writeSecret(folder.file('pki', 'service-account.key'), tokenKeys.privatePem);
  writeSecret(folder.file('pki', 'service-account.pub'), tokenKeys.publicPem);

  const leaf = (ca: CertificateAuthority, file: string, request: LeafRequest): Promise<void> =>
    issue(ca, request).then(({ certificatePem, keyPem }) => {
      writeSecret(folder.file('pki', `${file}.crt`), certificatePem);
      writeSecret(folder.file('pki', `${file}.key`), keyPem);
    });
  const client = (file: string, commonName: string, ...organizations: string[]): Promise<void> =>
    writeKubeconfig(folder, authority, {
      file: folder.file('pki', `${file}.kubeconfig`),
      commonName,
      organizations,
      server,
    });
  const work = [
    leaf(authority, 'apiserver', {
      commonName: 'kube-apiserver',
      usage: 'server',
      dnsNames: SERVICE_NAMES,
      ipAddresses: serverAddresses,
    }),
    leaf(authority, 'apiserver-kubelet-client', {
      commonName: 'kube-apiserver-kubelet-client',
      organizations: ['system:masters'],
      usage: 'client',
    }),
    leaf(frontProxyAuthority, 'front-proxy-client', { commonName: 'front-proxy-client', usage: 'client' }),
    client('controller-manager', 'system:kube-controller-manager'),
    client('scheduler', 'system:kube-scheduler'),
    addUser(folder, server, 'admin', ['system:masters'], authority),
    addUser(folder, server, 'alice', [], authority),
    addUser(folder, server, 'bob', [], authority),
  ];
  if (node !== undefined) {
    const nodeClient = (file: string, commonName: string, ...organizations: string[]): Promise<void> =>
      writeKubeconfig(folder, authority, {
        file: folder.file('pki', `${file}.kubeconfig`),
        commonName,
        organizations,
        server: node.server,
      });
    work.push(
      leaf(authority, 'kubelet', {
        commonName: `system:node:${node.name}`,
        organizations: ['system:nodes'],
        usage: 'server',
        dnsNames: [node.name],
        ipAddresses: [node.address],
      }),
      nodeClient('kubelet', `system:node:${node.name}`, 'system:nodes'),
      nodeClient('kube-proxy', 'system:kube-proxy'),
    );
  }
  await Promise.all(work);
}

/** A client certificate and kubeconfig for a person. It carries no rights. Returns the path of the kubeconfig. */
export async function addUser(
  folder: ClusterFolder,
  server: string,
  name: string,
  groups: readonly string[],
  authority?: CertificateAuthority,
): Promise<string> {
  const ca =
    authority ??
    (await readAuthority(
      readFileSync(folder.file('pki', 'ca.crt'), 'utf8'),
      readFileSync(folder.file('pki', 'ca.key'), 'utf8'),
    ));
  const file = kubeconfigFile(folder, name);
  await writeKubeconfig(folder, ca, { file, commonName: name, organizations: groups, server });
  return file;
}

/** The name becomes a file name. */
export function kubeconfigFile(folder: ClusterFolder, user: string): string {
  if (!/^[A-Za-z0-9][A-Za-z0-9._@:-]{0,62}$/.test(user)) {
    throw new DevClusterError(
      'InvalidName',
      `User name ${JSON.stringify(user)}: expected 1 to 63 letters, digits or any of "._@:-", beginning with a letter or digit.`,
    );
  }
  return folder.file('kubeconfig', `${user}.yaml`);
}

interface KubeconfigRequest {
  readonly file: string;
  readonly commonName: string;
  readonly organizations: readonly string[];
  readonly server: string;
}

async function writeKubeconfig(
  folder: ClusterFolder,
  authority: CertificateAuthority,
  { file, commonName, organizations, server }: KubeconfigRequest,
): Promise<void> {
  const { certificatePem, keyPem } = await issue(authority, { commonName, organizations, usage: 'client' });
  const credentials = { authorityPem: authority.certificatePem, certificatePem, keyPem };
  writeSecret(file, kubeconfigText({ cluster: folder.name, user: commonName, server, ...credentials }));
}

function writeSecret(path: string, text: string): void {
  writeFileSync(path, text, { mode: 0o600 });
  // The mode above counts only for a file that was not there.
  chmodSync(path, 0o600);
}
