/**
 * The console's own service account. It has one right, to get and patch the record of ended sessions, and is used for nothing else: requests
 * of people go with their own credentials.
 */
import { readFile } from 'node:fs/promises';
import type { Access, TlsMaterial } from '../../kernel/index.ts';

interface ServiceAccountOptions {
  readonly server: string;
  readonly tls: TlsMaterial;
  /** The kubelet renews it. */
  readonly tokenFile: string;
  readonly namespace: string;
}

export function serviceAccount({ server, tls, tokenFile, namespace }: ServiceAccountOptions): Access {
  return {
    server,
    namespace,
    clusterName: 'in-cluster',
    credentials: async () => ({
      headers: { authorization: `Bearer ${(await readFile(tokenFile, 'utf8')).trim()}` },
      tls,
    }),
  };
}
