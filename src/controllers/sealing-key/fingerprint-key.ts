/** The operator's own key for fingerprints, in a Secret of its namespace. */
import { FIELD_MANAGERS, FINGERPRINT_KEY_SECRET, LABEL_MANAGED_BY, MANAGED_BY } from '../../api/index.ts';
import { isKernelError, type KubeClient } from '../../kernel/index.ts';
import { secretType, type Secret } from '../resources.ts';

/** Bytes; with a guessable key, hashes would reveal values. */
const shortestKey = 16;

/** Reads the key; the first replica creates it. */
export async function fingerprintKey(
  client: KubeClient,
  namespace: string,
  random: () => Uint8Array,
  signal: AbortSignal,
): Promise<Uint8Array> {
  const ref = { namespace, name: FINGERPRINT_KEY_SECRET };
  for (;;) {
    const existing = await client.get(secretType, ref, { signal });
    const key = Buffer.from(existing?.data?.['key'] ?? '', 'base64');
    if (key.length >= shortestKey) return key;
    if (existing !== undefined) {
      throw new TypeError(
        `the Secret ${namespace}/${ref.name} holds no 'key' of at least ${String(shortestKey)} bytes: restore it, or delete it`,
      );
    }
    try {
      const data = { key: Buffer.from(random()).toString('base64') };
      const metadata = { ...ref, labels: { [LABEL_MANAGED_BY]: MANAGED_BY } };
      await client.create<Secret>(
        secretType,
        { metadata, type: 'Opaque', data },
        { fieldManager: FIELD_MANAGERS.sealingKey, signal },
      );
    } catch (error) {
      if (!isKernelError(error, 'AlreadyExists')) throw error;
    }
  }
}
