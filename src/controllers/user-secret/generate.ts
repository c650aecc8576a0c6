/** Makes values from the system's random source. */
import { randomBytes, randomUUID } from 'node:crypto';
import type { UserSecretSpec } from '../../api/index.ts';
import { SecretValue } from '../../kernel/index.ts';
import { generateOpenSshKeyPair } from './open-ssh.ts';

type Generate = NonNullable<UserSecretSpec['generate']>;

interface GeneratedValue {
  readonly value: SecretValue;
  /** The public half of a key pair. */
  readonly publicKey?: string;
}

const defaultLength = 32;
const lettersAndDigits = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';

/** `comment` goes into an SSH public key. `random` is for tests; it must be cryptographically strong. */
export function generateValue(
  generate: Generate,
  comment: string,
  random: (bytes: number) => Uint8Array = randomBytes,
): GeneratedValue {
  const length = generate.length ?? defaultLength;
  switch (generate.type) {
    case 'Password':
      return { value: SecretValue.fromUtf8(randomText(length, generate.alphabet ?? lettersAndDigits, random)) };
    case 'Hex':
      return { value: SecretValue.fromUtf8(Buffer.from(random(length)).toString('hex')) };
    case 'Base64':
      return { value: SecretValue.fromUtf8(Buffer.from(random(length)).toString('base64')) };
    case 'UUID':
      return { value: SecretValue.fromUtf8(randomUUID()) };
    case 'Ed25519': {
      const pair = generateOpenSshKeyPair(comment);
      return { value: SecretValue.fromUtf8(pair.privateKey), publicKey: pair.publicKey };
    }
    default:
      generate.type satisfies never;
      throw new TypeError('unknown type of generated value');
  }
}

/**
 * `length` characters of `alphabet`, all equally likely. A byte that would make some characters likelier than others (at or above the
 * largest multiple of the alphabet's size) is thrown away and another drawn: rejection sampling.
 */
export function randomText(length: number, alphabet: string, random: (bytes: number) => Uint8Array): string {
  const fairBelow = 256 - (256 % alphabet.length);
  let text = '';
  while (text.length < length) {
    for (const byte of random(length - text.length)) {
      if (byte < fairBelow) text += alphabet.charAt(byte % alphabet.length);
    }
  }
  return text;
}
