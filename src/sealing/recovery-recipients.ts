/**
 * The recovery keys that the administrator of a cluster has every value sealed for as well: the chart's value `sealing.recoveryKeys`, published
 * in ConfigMap `neuro-sealing-recipients` of the operator's namespace. The entry has the form of the file of a recovery key.
 *
 * Caller's duty: read the ConfigMap only from the namespace whose sealing keys are trusted. Pure; runs in Node and in the browser.
 */
import { SEALING_RECIPIENTS_CONFIG_MAP, SEALING_RECIPIENTS_ENTRY } from '../api/index.ts';
import { SealingError } from './errors.ts';
import { parseEveryKey, type PublishedKey } from './public-keys.ts';

/** A sealed value has eight texts: one for this cluster, and room for others. values.schema.json has the same limit. */
export const MAX_RECOVERY_RECIPIENTS = 4;

/**
 * Reads the active keys from the data of that ConfigMap, in its order. Returns none where there is no ConfigMap or no such entry, as with an older
 * chart. One unusable key is an error: if it were left out, nobody would notice before it is needed. Throws `InvalidKey` or `UnsupportedSuite`.
 */
export async function recoveryRecipients(
  data: Readonly<Record<string, string>> | undefined,
): Promise<readonly PublishedKey[]> {
  const keys = (await everyKey(data)).filter(({ active }) => active);
  if (keys.length > MAX_RECOVERY_RECIPIENTS)
    throw unusable('InvalidKey', `It lists ${keys.length} keys, more than ${MAX_RECOVERY_RECIPIENTS}.`);
  return keys;
}

/** Reads the keys that are not active, for which nothing more is sealed. Throws the same errors. */
export async function retiredRecipients(
  data: Readonly<Record<string, string>> | undefined,
): Promise<readonly PublishedKey[]> {
  return (await everyKey(data)).filter(({ active }) => !active);
}

async function everyKey(data: Readonly<Record<string, string>> | undefined): Promise<readonly PublishedKey[]> {
  const text = data?.[SEALING_RECIPIENTS_ENTRY];
  if (text === undefined) return [];
  try {
    return await parseEveryKey(text);
  } catch (error) {
    if (error instanceof SealingError) throw unusable(error.code, error.message);
    throw error;
  }
}

function unusable(code: SealingError['code'], why: string): SealingError {
  return new SealingError(
    code,
    `The recovery keys of this cluster cannot be used (ConfigMap ${SEALING_RECIPIENTS_CONFIG_MAP}, from the chart's value sealing.recoveryKeys). ${why}`,
  );
}
