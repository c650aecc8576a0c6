/** Ed25519 key pairs as `ssh-keygen` writes them (PROTOCOL.key of OpenSSH, unencrypted). */
import { generateKeyPairSync, randomBytes } from 'node:crypto';

interface OpenSshKeyPair {
  /** PEM, with a final newline. */
  readonly privateKey: string;
  /** One line with the algorithm, the key and the comment, and a final newline. */
  readonly publicKey: string;
}

const algorithm = 'ssh-ed25519';
/** The private section is padded to the block size of the cipher; "none" has blocks of 8. */
const blockBytes = 8;
const base64LineLength = 70;

export function generateOpenSshKeyPair(comment: string): OpenSshKeyPair {
  const { privateKey } = generateKeyPairSync('ed25519');
  const { x, d } = privateKey.export({ format: 'jwk' });
  if (x === undefined || d === undefined) throw new Error('making an Ed25519 key pair gave no key');
  const publicBytes = Buffer.from(x, 'base64url');
  const publicBlob = Buffer.concat([string(algorithm), string(publicBytes)]);
  // Both check numbers are the same, so that a wrong passphrase would show; without one they are just random.
  const check = randomBytes(4);
  const secret = Buffer.concat([Buffer.from(d, 'base64url'), publicBytes]);
  const section = Buffer.concat([check, check, publicBlob, string(secret), string(comment)]);
  const padding = Buffer.from(
    Array.from({ length: (blockBytes - (section.length % blockBytes)) % blockBytes }, (_, index) => index + 1),
  );
  const whole = Buffer.concat([
    Buffer.from('openssh-key-v1\0', 'latin1'),
    string('none'),
    string('none'),
    string(''),
    uint32(1),
    string(publicBlob),
    string(Buffer.concat([section, padding])),
  ]);
  const lines = whole.toString('base64').match(new RegExp(`.{1,${String(base64LineLength)}}`, 'g')) ?? [];
  return {
    privateKey: `-----BEGIN OPENSSH PRIVATE KEY-----\n${lines.join('\n')}\n-----END OPENSSH PRIVATE KEY-----\n`,
    publicKey: `${algorithm} ${publicBlob.toString('base64')} ${comment}\n`,
  };
}

function string(value: string | Uint8Array): Buffer {
  const bytes = Buffer.from(value as string);
  return Buffer.concat([uint32(bytes.length), bytes]);
}

function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}
