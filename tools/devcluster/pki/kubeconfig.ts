/** Writes a kubeconfig of one user, and reads back the credentials of one. */
import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { parse, stringify } from 'yaml';
import { DevClusterError } from '../errors.ts';

export interface Credentials {
  readonly server: string;
  readonly authorityPem: string;
  readonly certificatePem: string;
  readonly keyPem: string;
}

interface KubeconfigInput extends Credentials {
  readonly cluster: string;
  readonly user: string;
}

export function kubeconfigText(input: KubeconfigInput): string {
  const context = `${input.user}@${input.cluster}`;
  return stringify({
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': context,
    clusters: [
      {
        name: input.cluster,
        cluster: { server: input.server, 'certificate-authority-data': toBase64(input.authorityPem) },
      },
    ],
    users: [
      {
        name: input.user,
        user: {
          'client-certificate-data': toBase64(input.certificatePem),
          'client-key-data': toBase64(input.keyPem),
        },
      },
    ],
    contexts: [{ name: context, context: { cluster: input.cluster, user: input.user } }],
  });
}

interface Kubeconfig {
  'current-context'?: string;
  contexts?: { name: string; context: { cluster: string; user: string } }[];
  clusters?: { name: string; cluster: Record<string, string | undefined> }[];
  users?: { name: string; user: Record<string, string | undefined> }[];
}

/** Of the current context. Only client certificates are understood, which is what all our clusters have. */
export function readCredentials(path: string): Credentials {
  const config = parse(readFileSync(path, 'utf8')) as Kubeconfig;
  const context = config.contexts?.find(({ name }) => name === config['current-context'])?.context;
  const cluster = config.clusters?.find(({ name }) => name === context?.cluster)?.cluster;
  const user = config.users?.find(({ name }) => name === context?.user)?.user;
  const read = (section: Record<string, string | undefined> | undefined, key: string): string | undefined => {
    const data = section?.[`${key}-data`];
    if (data !== undefined) return Buffer.from(data, 'base64').toString('utf8');
    const file = section?.[key];
    return file === undefined ? undefined : readFileSync(resolve(dirname(path), file), 'utf8');
  };
  const server = cluster?.['server'];
  const authorityPem = read(cluster, 'certificate-authority');
  const certificatePem = read(user, 'client-certificate');
  const keyPem = read(user, 'client-key');
  if (server === undefined || authorityPem === undefined || certificatePem === undefined || keyPem === undefined) {
    throw new DevClusterError(
      'Unsupported',
      `The current context of ${path} has no client certificate, which is what the development cluster needs of it.`,
    );
  }
  return { server, authorityPem, certificatePem, keyPem };
}

function toBase64(text: string): string {
  return Buffer.from(text).toString('base64');
}
