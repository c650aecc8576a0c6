import {
  constants,
  createCipheriv,
  createDecipheriv,
  createPrivateKey,
  createPublicKey,
  privateDecrypt,
  publicEncrypt,
} from 'node:crypto';
import { beforeAll, describe, expect, it } from 'vitest';
import {
  generateRsaKeyPair,
  importRsaKeyPair,
  MAX_VALUE_BYTES,
  openKubeseal,
  sealKubeseal,
  type RsaKeyMaterial,
  type RsaKeyPair,
  type SealingContext,
  type SealingErrorCode,
  type SealingScope,
} from '../../src/sealing/index.ts';
import {
  bytes,
  codeOf,
  codesOf,
  CONTEXT,
  failureOf,
  flipEveryBit,
  seededBytes,
  seededRandom,
  text,
} from './support.ts';

const SECRET = 'correct horse battery staple';
const SCOPES: readonly SealingScope[] = ['strict', 'namespace-wide', 'cluster-wide'];
/** sealed-secrets' labels, stated once more. */
const LABELS: Readonly<Record<SealingScope, string>> = {
  strict: 'alice/db-password',
  'namespace-wide': 'alice',
  'cluster-wide': '',
};
let material: RsaKeyMaterial;
let pair: RsaKeyPair;
let newer: RsaKeyPair;
let larger: RsaKeyPair;

beforeAll(async () => {
  material = await generateRsaKeyPair(2048);
  pair = await importRsaKeyPair(material.privateKeyPem);
  newer = await importRsaKeyPair((await generateRsaKeyPair(2048)).privateKeyPem);
  larger = await importRsaKeyPair((await generateRsaKeyPair(3072)).privateKeyPem);
});

describe.each(SCOPES)('the scope %s', (scope) => {
  it.each([1, 2, 255, 65_536, MAX_VALUE_BYTES])('gives back %d random bytes', async (length) => {
    const value = seededBytes(seededRandom(length), length);
    const sealed = await sealKubeseal(pair, scope, CONTEXT, value);
    const opened = await openKubeseal([newer, larger, pair], scope, CONTEXT, sealed);
    expect(Buffer.compare(opened.plaintext, value)).toBe(0);
    expect(opened.keyId).toBe(pair.keyId);
  });

  it('opens what the format, stated by node:crypto, seals', async () => {
    const sealed = sealByNode(LABELS[scope], SECRET);
    expect(text((await openKubeseal([pair], scope, CONTEXT, sealed)).plaintext)).toBe(SECRET);
  });

  it('seals what the format, stated by node:crypto, opens', async () => {
    const sealed = await sealKubeseal(pair, scope, CONTEXT, bytes(SECRET));
    expect(openByNode(LABELS[scope], sealed)).toBe(SECRET);
  });

  it.each(SCOPES.filter((other) => other !== scope))('does not open in the scope %s', async (other) => {
    const sealed = await sealKubeseal(pair, scope, CONTEXT, bytes(SECRET));
    expect(await codeOf(() => openKubeseal([pair], other, CONTEXT, sealed))).toBe('NotForThisObject');
  });
});

describe('moving a sealed value', () => {
  const moves: readonly [string, SealingScope, Partial<SealingContext>, SealingErrorCode | 'opens'][] = [
    ['strict, to another name', 'strict', { name: 'other' }, 'NotForThisObject'],
    ['strict, to another namespace', 'strict', { namespace: 'bob' }, 'NotForThisObject'],
    ['strict, to another key, which the format does not bind', 'strict', { key: 'other' }, 'opens'],
    ['namespace-wide, to another name', 'namespace-wide', { name: 'other' }, 'opens'],
    ['namespace-wide, to another namespace', 'namespace-wide', { namespace: 'bob' }, 'NotForThisObject'],
    ['cluster-wide, to another namespace', 'cluster-wide', { namespace: 'bob', name: 'other' }, 'opens'],
    [
      'to a namespace that spells the strict label',
      'namespace-wide',
      { namespace: 'alice/db-password' },
      'InvalidContext',
    ],
    [
      'to no namespace, which would spell the cluster-wide label',
      'namespace-wide',
      { namespace: '' },
      'InvalidContext',
    ],
  ];
  it.each(moves)('%s', async (_, scope, part, outcome) => {
    const sealed = await sealKubeseal(pair, scope, CONTEXT, bytes(SECRET));
    const open = () => openKubeseal([pair], scope, { ...CONTEXT, ...part }, sealed);
    if (outcome === 'opens') expect(text((await open()).plaintext)).toBe(SECRET);
    else expect(await codeOf(open)).toBe(outcome);
  });
});

describe('which pair opens', () => {
  const takes = (tried: RsaKeyPair[], candidate: RsaKeyPair): RsaKeyPair => ({
    ...candidate,
    takePrivateKey: () => {
      tried.push(candidate);
      return candidate.takePrivateKey();
    },
  });

  it('tries pairs of the right size in the order given', async () => {
    const sealed = await sealKubeseal(pair, 'strict', CONTEXT, bytes(SECRET));
    const tried: RsaKeyPair[] = [];
    const held = [larger, newer, pair].map((candidate) => takes(tried, candidate));
    await openKubeseal(held, 'strict', CONTEXT, sealed);
    expect(tried).toEqual([newer, pair]);
  });

  it('tries the preferred pair first, and the others when it is the wrong one', async () => {
    const sealed = await sealKubeseal(pair, 'strict', CONTEXT, bytes(SECRET));
    const tried: RsaKeyPair[] = [];
    const held = [newer, pair].map((candidate) => takes(tried, candidate));
    await openKubeseal(held, 'strict', CONTEXT, sealed, { preferredKeyId: pair.keyId });
    expect(tried).toEqual([pair]);
    const opened = await openKubeseal(held, 'strict', CONTEXT, sealed, { preferredKeyId: newer.keyId });
    expect(opened.keyId).toBe(pair.keyId);
  });

  it('says that the key is unknown only where no pair has its size', async () => {
    const sealed = await sealKubeseal(larger, 'strict', CONTEXT, bytes(SECRET));
    expect(await codeOf(() => openKubeseal([pair, newer], 'strict', CONTEXT, sealed))).toBe('UnknownKey');
    expect(await codeOf(() => openKubeseal([], 'strict', CONTEXT, sealed))).toBe('UnknownKey');
    const ofSize = await sealKubeseal(pair, 'strict', CONTEXT, bytes(SECRET));
    expect(await codeOf(() => openKubeseal([newer], 'strict', CONTEXT, ofSize))).toBe('NotForThisObject');
  });
});

describe('invalid sealed values', () => {
  const withLength = (rsaBytes: number, rest: number) => {
    const value = Buffer.alloc(2 + rest);
    value.writeUInt16BE(rsaBytes);
    return value.toString('base64');
  };
  const cases: readonly [string, string, SealingErrorCode][] = [
    ['an empty text', '', 'Malformed'],
    ['one byte', 'AA==', 'Malformed'],
    ['a plain password', 'hunter2-hunter2', 'Malformed'],
    ['an RSA part of no bytes', withLength(0, 300), 'Malformed'],
    ['an RSA part of 65535 bytes', withLength(65_535, 70_000), 'Malformed'],
    ['an RSA part of an unheld size', withLength(512, 600), 'UnknownKey'],
    ['an RSA part one byte too short', withLength(255, 300), 'Malformed'],
    ['an RSA part one byte longer than the key', withLength(257, 300), 'UnknownKey'],
    ['an RSA part longer than the text', withLength(256, 200), 'Malformed'],
    ['no ciphertext', withLength(256, 256), 'Malformed'],
    ['a value of no bytes', withLength(256, 256 + 16), 'Empty'],
    ['a value over 1 MiB', withLength(256, 256 + 16 + MAX_VALUE_BYTES + 1), 'TooLarge'],
    ['a text without end', 'A'.repeat(4_000_000), 'TooLarge'],
    ['zeros of the right size', withLength(256, 256 + 16 + 5), 'NotForThisObject'],
  ];
  it.each(cases)('%s is refused', async (_, sealed, code) => {
    expect(await codeOf(() => openKubeseal([pair], 'strict', CONTEXT, sealed))).toBe(code);
  });

  it('in another spelling of the same base64 is refused', async () => {
    const sealed = await sealKubeseal(pair, 'strict', CONTEXT, bytes('x'));
    const spellings = [
      `${sealed}\n`,
      ` ${sealed}`,
      `${sealed.slice(0, 76)}\n${sealed.slice(76)}`,
      `${sealed}====`,
      sealed.replaceAll('=', ''),
      sealed.replace(/(.)(=+)$/, (_, last: string, padding: string) => next(last) + padding),
    ];
    expect(sealed.endsWith('=')).toBe(true);
    for (const spelling of spellings) {
      expect(await codeOf(() => openKubeseal([pair], 'strict', CONTEXT, spelling))).toBe('Malformed');
    }
  });

  it('is never quoted', async () => {
    const failure = await failureOf(() => openKubeseal([pair], 'strict', CONTEXT, 'hunter2!'));
    expect(failure.message).not.toContain('hunter2');
  });
});

it('opens at no length but the whole', async () => {
  const sealed = Buffer.from(await sealKubeseal(pair, 'strict', CONTEXT, bytes('xyz')), 'base64');
  const whole = sealed.toString('base64');
  const cuts = [
    ...Array.from({ length: sealed.length }, (_, length) => sealed.subarray(0, length).toString('base64')),
    ...Array.from({ length: whole.length }, (_, length) => whole.slice(0, length)),
  ];
  const codes = await codesOf(cuts.map((cut) => () => openKubeseal([pair], 'strict', CONTEXT, cut)));
  expect(codes).toEqual(['Empty', 'Malformed', 'NotForThisObject']);
});

it('opens with no single bit of the text changed', async () => {
  const sealed = await sealKubeseal(pair, 'strict', CONTEXT, bytes('x'));
  const codes = await codesOf(
    flipEveryBit(sealed).map((changed) => () => openKubeseal([pair], 'strict', CONTEXT, changed)),
  );
  expect(codes).toEqual(['Empty', 'Malformed', 'NotForThisObject']);
});

it('refuses a scope that there is not, whatever the types say', async () => {
  const scope = 'everywhere' as SealingScope;
  expect(await codeOf(() => sealKubeseal(pair, scope, CONTEXT, bytes('x')))).toBe('InvalidContext');
});

function next(character: string): string {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
  return alphabet.charAt(alphabet.indexOf(character) + 1);
}

function sealByNode(label: string, value: string): string {
  const sessionKey = crypto.getRandomValues(new Uint8Array(32));
  const cipher = createCipheriv('aes-256-gcm', sessionKey, Buffer.alloc(12));
  const body = Buffer.concat([cipher.update(value, 'utf8'), cipher.final(), cipher.getAuthTag()]);
  const rsa = publicEncrypt({ key: createPublicKey(material.privateKeyPem), ...oaep(label) }, sessionKey);
  const header = Buffer.alloc(2);
  header.writeUInt16BE(rsa.length);
  return Buffer.concat([header, rsa, body]).toString('base64');
}

function openByNode(label: string, sealed: string): string {
  const all = Buffer.from(sealed, 'base64');
  const end = 2 + all.readUInt16BE();
  const sessionKey = privateDecrypt(
    { key: createPrivateKey(material.privateKeyPem), ...oaep(label) },
    all.subarray(2, end),
  );
  const decipher = createDecipheriv('aes-256-gcm', sessionKey, Buffer.alloc(12));
  decipher.setAuthTag(all.subarray(-16));
  return Buffer.concat([decipher.update(all.subarray(end, -16)), decipher.final()]).toString('utf8');
}

function oaep(label: string) {
  const padding = constants.RSA_PKCS1_OAEP_PADDING;
  return { padding, oaepHash: 'sha256', ...(label === '' ? {} : { oaepLabel: Buffer.from(label) }) };
}
