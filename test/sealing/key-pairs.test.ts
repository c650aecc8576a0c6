import { createPrivateKey, createPublicKey, generateKeyPairSync } from 'node:crypto';
import { beforeAll, describe, expect, it } from 'vitest';
import {
  formatHpkeKeyPair,
  generateHpkeKeyPair,
  generateRsaKeyPair,
  importHpkeKeyPair,
  importRsaKeyPair,
  openHpke,
  parseHpkeKeyPair,
  SEALING_SUITES,
  sealHpke,
  type RsaKeyMaterial,
} from '../../src/sealing/index.ts';
import { openingSuite } from '../../src/sealing/opening-suite.ts';
import { cipherSuite } from '../../src/sealing/suites.ts';
import { bytes, codeOf, CONTEXT, failureOf, text } from './support.ts';

describe.each(SEALING_SUITES)('an HPKE pair of %s', (suite) => {
  it('survives being written as text and read again', async () => {
    const material = await generateHpkeKeyPair(suite);
    const read = parseHpkeKeyPair(formatHpkeKeyPair(material));
    const sealed = await sealHpke(material, CONTEXT, bytes('value'));
    expect(text(await openHpke([await importHpkeKeyPair(read)], CONTEXT, sealed))).toBe('value');
  });

  it('is imported so that its private half cannot be exported', async () => {
    const pair = await importHpkeKeyPair(await generateHpkeKeyPair(suite));
    expect(pair.keys.privateKey.extractable).toBe(false);
    for (const cipher of [cipherSuite(suite), openingSuite(suite)])
      await expect(cipher.SerializePrivateKey(pair.keys.privateKey)).rejects.toThrow();
  });

  it('is refused when its halves are of two pairs', async () => {
    const material = await generateHpkeKeyPair(suite);
    const { privateKey } = await generateHpkeKeyPair(suite);
    expect(await codeOf(() => importHpkeKeyPair({ ...material, privateKey }))).toBe('InvalidKey');
  });

  it('is refused when its id is another', async () => {
    const material = await generateHpkeKeyPair(suite);
    expect(await codeOf(() => importHpkeKeyPair({ ...material, keyId: '0123456789abcdef' }))).toBe('InvalidKey');
  });

  it('is refused when a half has another length', async () => {
    const material = await generateHpkeKeyPair(suite);
    const privateKey = material.privateKey.subarray(1);
    const publicKey = material.publicKey.subarray(1);
    expect(await codeOf(() => importHpkeKeyPair({ ...material, privateKey }))).toBe('InvalidKey');
    expect(await codeOf(() => importHpkeKeyPair({ ...material, publicKey }))).toBe('InvalidKey');
  });
});

it('makes the post-quantum hybrid when no suite is named', async () => {
  expect((await generateHpkeKeyPair()).suite).toBe('mlkem768-x25519');
});

describe('a stored HPKE pair that is damaged', () => {
  const secret = 'c2VjcmV0LXNlZWQ';
  const whole = { suite: 'x25519', keyId: '0123456789abcdef', publicKey: 'AAAA', privateKey: secret };
  const cases: readonly [string, string][] = [
    ['no JSON', `{"privateKey":"${secret}`],
    ['a list', JSON.stringify([secret])],
    ['a text', JSON.stringify(secret)],
    ['null', 'null'],
    ['no suite', JSON.stringify({ ...whole, suite: undefined })],
    ['an unknown suite', JSON.stringify({ ...whole, suite: secret })],
    ['no private half', JSON.stringify({ ...whole, privateKey: undefined })],
    ['a half that is no base64url', JSON.stringify({ ...whole, privateKey: `${secret}!` })],
    ['a text without end', `"${secret.repeat(10_000)}"`],
  ];
  it.each(cases)('%s is refused without showing it', async (_, stored) => {
    const failure = await failureOf(() => parseHpkeKeyPair(stored));
    expect(failure.code).toBe('InvalidKey');
    expect(`${failure.message} ${String(failure.cause)}`).not.toContain(secret);
  });
});

describe('an RSA pair', () => {
  let material: RsaKeyMaterial;
  beforeAll(async () => {
    material = await generateRsaKeyPair(2048);
  });

  it('is written as PKCS#1, as sealed-secrets has it, and other programs read it', () => {
    expect(material.privateKeyPem).toMatch(/^-----BEGIN RSA PRIVATE KEY-----\n/);
    expect(createPrivateKey(material.privateKeyPem).asymmetricKeyDetails).toMatchObject({ modulusLength: 2048 });
  });

  it('is read in PKCS#8 too, and has the same id', async () => {
    const pkcs8 = createPrivateKey(material.privateKeyPem).export({ format: 'pem', type: 'pkcs8' }).toString();
    expect((await importRsaKeyPair(pkcs8)).keyId).toBe(material.keyId);
    expect((await importRsaKeyPair(material.privateKeyPem)).keyId).toBe(material.keyId);
  });

  it('has the first half of the SHA-256 of its public key as its id', async () => {
    const spki = createPublicKey(material.privateKeyPem).export({ format: 'der', type: 'spki' });
    const digest = Buffer.from(await crypto.subtle.digest('SHA-256', Uint8Array.from(spki))).toString('hex');
    expect(material.keyId).toBe(digest.slice(0, 16));
  });

  it('is imported so that its private half cannot be exported', async () => {
    const pair = await importRsaKeyPair(material.privateKeyPem);
    expect(pair.takePrivateKey()).toMatchObject({ extractable: false, usages: ['decrypt'] });
  });

  it('is refused outside of 2048 to 16384 bits', async () => {
    expect(await codeOf(() => generateRsaKeyPair(1024))).toBe('InvalidKey');
    expect(await codeOf(() => generateRsaKeyPair(2050))).toBe('InvalidKey');
    const small = generateKeyPairSync('rsa', { modulusLength: 1024 }).privateKey;
    expect(await codeOf(() => importRsaKeyPair(small.export({ format: 'pem', type: 'pkcs1' }).toString()))).toBe(
      'InvalidKey',
    );
  });

  it('is refused when it is of another kind', async () => {
    const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const pem = privateKey.export({ format: 'pem', type: 'pkcs8' }).toString();
    expect(await codeOf(() => importRsaKeyPair(pem))).toBe('InvalidKey');
  });

  it('is refused without a crash, and without showing it, wherever a byte is changed or the text is cut', async () => {
    const lines = material.privateKeyPem.split('\n');
    const body = Buffer.from(lines.slice(1, -2).join(''), 'base64');
    const wrap = (der: Buffer) => [lines[0], der.toString('base64'), lines.at(-2), ''].join('\n');
    for (let at = 0; at < body.length; at += 37) {
      const changed = Buffer.from(body);
      changed.writeUInt8(changed.readUInt8(at) ^ 0x55, at);
      for (const pem of [wrap(changed), wrap(body.subarray(0, at))]) {
        // Some numbers are not needed for decrypting; a pair that passes must work, so only the code is looked at.
        const outcome = await codeOf(() => importRsaKeyPair(pem)).catch(() => 'works');
        expect(['InvalidKey', 'works']).toContain(outcome);
      }
    }
  });

  it.each([
    '',
    'no pem',
    '-----BEGIN RSA PRIVATE KEY-----\nAAAA',
    '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----',
  ])('is refused when the text is %j', async (pem) => {
    expect(await codeOf(() => importRsaKeyPair(pem))).toBe('InvalidKey');
  });
});
