/** A recovery key as 24 words (BIP 39, English): 32 random bytes and a checksum. The pair is derived from the bytes. */
import { entropyToMnemonic, mnemonicToEntropy } from '@scure/bip39';
import { wordlist } from '@scure/bip39/wordlists/english.js';
import { deriveHpkeKeyPair, type HpkeKeyMaterial } from '../../sealing/index.ts';
import { CliError } from '../errors.ts';

const seedBytes = 32;

export async function newRecoveryKey(): Promise<{ readonly words: string; readonly material: HpkeKeyMaterial }> {
  const seed = crypto.getRandomValues(new Uint8Array(seedBytes));
  const words = entropyToMnemonic(seed, wordlist);
  // Read again, so that nobody writes down what does not open.
  return { words, material: await recoveryKeyOf(words) };
}

/** Reads the words in upper or lower case, with any white space between them. An error never repeats a word. */
export async function recoveryKeyOf(text: string): Promise<HpkeKeyMaterial> {
  const words = text
    .toLowerCase()
    .split(/[^a-z]+/)
    .filter(Boolean);
  return deriveHpkeKeyPair(seedOf(words));
}

function seedOf(words: readonly string[]): Uint8Array {
  if (words.length !== 24)
    throw new CliError('illegalArgument', `A recovery key has 24 words; ${String(words.length)} were read.`);
  const unknown = words.findIndex((word) => !wordlist.includes(word));
  if (unknown !== -1)
    throw new CliError(
      'illegalArgument',
      `Word ${String(unknown + 1)} is not a word of a recovery key; check its spelling.`,
    );
  try {
    return mnemonicToEntropy(words.join(' '), wordlist);
  } catch {
    // The message of the library can have the words in it.
    throw new CliError(
      'illegalArgument',
      'These words are not a recovery key: one of them is wrong, or two have changed places.',
    );
  }
}
