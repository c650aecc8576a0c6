import { execFile } from 'node:child_process';
import { createPrivateKey, createPublicKey, sign, verify } from 'node:crypto';
import { access, constants, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { generateOpenSshKeyPair } from '../../../src/controllers/user-secret/open-ssh.ts';

const run = promisify(execFile);
const folders = (process.env['PATH'] ?? '').split(':');
const found = await Promise.all(
  folders.map((folder) =>
    access(join(folder, 'ssh-keygen'), constants.X_OK).then(
      () => true,
      () => false,
    ),
  ),
);
const itWithSshKeygen = found.includes(true) ? it : it.skip;

/** The 32 bytes of each half, read back from the format itself. */
function readBack(pem: string): { readonly seed: Buffer; readonly publicKey: Buffer; readonly padding: Buffer } {
  const blob = Buffer.from(pem.replace(/-----[^\n]*\n/g, ''), 'base64');
  let at = 'openssh-key-v1\0'.length;
  const next = (from: Buffer): Buffer => {
    const length = from.readUInt32BE(at);
    at += 4 + length;
    return from.subarray(at - length, at);
  };
  expect([next(blob), next(blob), next(blob)].map(String)).toEqual(['none', 'none', '']);
  at += 4;
  next(blob);
  const section = next(blob);
  at = 8;
  expect(section.subarray(0, 4)).toEqual(section.subarray(4, 8));
  next(section);
  const publicKey = next(section);
  const secret = next(section);
  next(section);
  return { seed: secret.subarray(0, 32), publicKey, padding: section.subarray(at) };
}

describe('an OpenSSH key pair', () => {
  it.each(['', 'a', 'ab', 'abc', 'id@alice', 'x'.repeat(300)])('with the comment "%s" is whole', (comment) => {
    const { privateKey, publicKey } = generateOpenSshKeyPair(comment);
    const read = readBack(privateKey);
    expect([...read.padding]).toEqual([...read.padding].map((_, index) => index + 1));
    expect(read.padding.length).toBeLessThan(8);
    const line = Buffer.from(publicKey.split(' ')[1] ?? '', 'base64');
    expect(line.subarray(-32)).toEqual(read.publicKey);
    expect(Math.max(...privateKey.split('\n').map(({ length }) => length))).toBe(70);
  });

  it('has halves that belong together', () => {
    const { seed, publicKey } = readBack(generateOpenSshKeyPair('c').privateKey);
    const jwk = { kty: 'OKP', crv: 'Ed25519', x: publicKey.toString('base64url') };
    const signature = sign(
      null,
      Buffer.from('m'),
      createPrivateKey({ key: { ...jwk, d: seed.toString('base64url') }, format: 'jwk' }),
    );
    expect(verify(null, Buffer.from('m'), createPublicKey({ key: jwk, format: 'jwk' }), signature)).toBe(true);
  });

  itWithSshKeygen('is read by ssh-keygen, which finds the same public key', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'neuro-ssh-'));
    try {
      const { privateKey, publicKey } = generateOpenSshKeyPair('id@alice');
      const file = join(folder, 'id');
      await writeFile(file, privateKey, { mode: 0o600 });
      expect((await run('ssh-keygen', ['-y', '-f', file])).stdout).toBe(publicKey);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });
});
