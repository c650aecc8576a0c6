/** Why a text is no key, in the language of the page; undefined when it is one. */
import { isKey } from '../../../api/index.ts';
import { texts } from '../texts.ts';

export function wrongKey(key: string): string | undefined {
  return isKey(key) ? undefined : texts.secrets.import.words.badKey(key);
}
