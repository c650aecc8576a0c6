/** The public sealing keys as the data of ConfigMap `neuro-sealing-keys`, which takes the place of a status. Pure. */
import { defined } from '../../defined.ts';
import { formatPublicKeys, type SealingKeyring } from '../../sealing/index.ts';

export function publishedData(
  keyring: SealingKeyring,
  certificatePem: string | undefined,
): Readonly<Record<string, string>> {
  return {
    'keys.json': formatPublicKeys(keyring.publishedKeys),
    ...defined({ 'cert.pem': certificatePem }),
  };
}
