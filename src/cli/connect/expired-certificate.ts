/** A client certificate that has expired: the API server answers 401 and does not say why. */
import type { Access } from '../../kernel/index.ts';

/** When the client certificate expires; undefined where there is none, or it cannot be read. */
export async function expiryOf(access: Access): Promise<Date | undefined> {
  const { X509Certificate } = await import('node:crypto');
  try {
    const { tls } = await access.credentials();
    return tls.cert === undefined ? undefined : new X509Certificate(tls.cert).validToDate;
  } catch {
    // The error that is explained says more.
    return undefined;
  }
}

export function expiredSentence(expiry: Date, contextName: string | undefined): string {
  const context = contextName === undefined ? '' : ` of the context '${contextName}'`;
  return (
    `The client certificate${context} expired on ${expiry.toISOString().slice(0, 10)}; get a new kubeconfig from the tool that made this one, ` +
    'or ask an administrator of the cluster to run `neuro admin add-user NAME --save-kubeconfig FILE`.'
  );
}
