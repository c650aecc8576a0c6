/**
 * `--cert FILE` of `neuro secret seal`, as in kubeseal: a value is sealed for a cluster that is not asked. The file or https address has the certificate
 * of the cluster (`/v1/cert.pem`, `kubeseal --fetch-cert`), or its public keys (the entry `keys.json`).
 */
import type { UserSecretSealed } from '../../api/index.ts';
import { parseCertificatePem, sealKubeseal, type SealingContext } from '../../sealing/index.ts';
import { CliError } from '../errors.ts';
import type { Invocation } from '../factory.ts';
import { documentOf, keyIn, sealFor } from './recipients.ts';

export async function sealByCertificate(
  certificate: string,
  context: SealingContext,
  bytes: Uint8Array,
  now: Date,
): Promise<UserSecretSealed> {
  const text = await documentOf(certificate);
  if (!text.includes('-----BEGIN')) {
    const key = await keyIn(certificate, text);
    return sealFor({ clusters: [key], recovery: [] }, context, bytes);
  }
  const key = await parseCertificatePem(text);
  if (key.notAfter.getTime() < now.getTime())
    throw new CliError(
      'value',
      `The certificate ${certificate} has expired (${key.notAfter.toISOString()}); get the current one of the cluster.`,
    );
  return { format: 'kubeseal', value: await sealKubeseal(key, 'strict', context, bytes) };
}

/** The namespace from the option, else from the context of the kubeconfig. It asks no cluster. */
export async function namespaceOffline({ options, connect }: Invocation): Promise<string> {
  if (options.namespace !== undefined) return options.namespace;
  const namespace = await connect().then(
    (connection) => connection.contextNamespace,
    (error: unknown) => {
      if (error instanceof CliError && error.code === 'configuration') return undefined;
      throw error;
    },
  );
  if (namespace === undefined)
    throw new CliError('usage', 'With --cert no cluster is asked for your home: give --namespace.');
  return namespace;
}
