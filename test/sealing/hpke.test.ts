import { beforeAll, describe, expect, it } from 'vitest';
import { KEM_MLKEM768_X25519 } from 'hpke';
import {
  generateHpkeKeyPair,
  importHpkeKeyPair,
  MAX_VALUE_BYTES,
  openHpke,
  parseSealedHpke,
  SEALING_SUITES,
  sealHpke,
  type HpkeKeyPair,
  type SealingContext,
  type SealingErrorCode,
  type SealingSuite,
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
const pairs = new Map<SealingSuite, HpkeKeyPair>();
let stranger: HpkeKeyPair;

beforeAll(async () => {
  for (const suite of SEALING_SUITES) pairs.set(suite, await importHpkeKeyPair(await generateHpkeKeyPair(suite)));
  stranger = await importHpkeKeyPair(await generateHpkeKeyPair('x25519'));
});

function pairOf(suite: SealingSuite): HpkeKeyPair {
  const pair = pairs.get(suite);
  if (!pair) throw new Error(`no pair of ${suite}`);
  return pair;
}

describe.each(SEALING_SUITES)('the suite %s', (suite) => {
  it.each([1, 2, 3, 31, 1000, 4096, MAX_VALUE_BYTES])('gives back %d random bytes', async (length) => {
    const value = seededBytes(seededRandom(length), length);
    const sealed = await sealHpke(pairOf(suite), CONTEXT, value);
    const opened = await openHpke([stranger, pairOf(suite)], CONTEXT, sealed);
    expect(Buffer.compare(opened, value)).toBe(0);
  });

  it('writes one token that names version, suite and key, and never the same twice', async () => {
    const one = await sealHpke(pairOf(suite), CONTEXT, bytes(SECRET));
    const other = await sealHpke(pairOf(suite), CONTEXT, bytes(SECRET));
    expect(one).toMatch(new RegExp(`^v1\\.${suite}\\.${pairOf(suite).keyId}\\.[A-Za-z0-9_-]+\\.[A-Za-z0-9_-]+$`));
    expect(one).not.toBe(other);
    expect(parseSealedHpke(one)).toMatchObject({ suite, keyId: pairOf(suite).keyId });
  });

  const elsewhere: readonly [string, SealingContext][] = [
    ['another namespace', { ...CONTEXT, namespace: 'bob' }],
    ['another name', { ...CONTEXT, name: 'db-password2' }],
    ['another key', { ...CONTEXT, key: 'db_password' }],
    ['name and key with the border moved', { ...CONTEXT, name: 'db-passwordD', key: 'B_PASSWORD' }],
    ['namespace and name exchanged', { ...CONTEXT, namespace: CONTEXT.name, name: CONTEXT.namespace }],
  ];
  it.each(elsewhere)('does not open for %s', async (_, context) => {
    const sealed = await sealHpke(pairOf(suite), CONTEXT, bytes(SECRET));
    expect(await codeOf(() => openHpke([pairOf(suite)], context, sealed))).toBe('NotForThisObject');
  });

  it('opens at no length but the whole', async () => {
    const sealed = await sealHpke(pairOf(suite), CONTEXT, bytes('xyz'));
    for (let length = 0; length < sealed.length; length++) {
      await failureOf(() => openHpke([pairOf(suite)], CONTEXT, sealed.slice(0, length)));
    }
  });

  it('reports as much as it knows about a ciphertext that is cut off', async () => {
    const sealed = await sealHpke(pairOf(suite), CONTEXT, bytes('xyz'));
    const ciphertext = Buffer.from(sealed.slice(sealed.lastIndexOf('.') + 1), 'base64url');
    const codes: SealingErrorCode[] = [];
    for (let length = 0; length < ciphertext.length; length++) {
      const cut = sealed.slice(0, sealed.lastIndexOf('.') + 1) + ciphertext.subarray(0, length).toString('base64url');
      codes.push(await codeOf(() => openHpke([pairOf(suite)], CONTEXT, cut)));
    }
    const shorterThanTag = Array.from({ length: 16 }, (): SealingErrorCode => 'Malformed');
    expect(codes).toEqual([...shorterThanTag, 'Empty', 'NotForThisObject', 'NotForThisObject']);
  });
});

it('opens with no single bit of the text changed', async () => {
  const pair = pairOf('x25519');
  const sealed = await sealHpke(pair, CONTEXT, bytes('x'));
  const codes = await codesOf(flipEveryBit(sealed).map((changed) => () => openHpke([pair], CONTEXT, changed)));
  expect(codes).toEqual(['Malformed', 'NotForThisObject', 'UnknownKey', 'UnsupportedSuite', 'UnsupportedVersion']);
});

it('opens the hybrid suite with no bit of the text changed, of which every seventh is tried', async () => {
  const pair = pairOf('mlkem768-x25519');
  const sealed = await sealHpke(pair, CONTEXT, bytes('x'));
  const codes = await codesOf(
    flipEveryBit(sealed)
      .filter((_, at) => at % 7 === 0)
      .map((changed) => () => openHpke([pair], CONTEXT, changed)),
  );
  expect(codes).toContain('NotForThisObject');
});

it('does not open under the name of another suite or key, as these are authenticated', async () => {
  const sealed = await sealHpke(pairOf('x25519'), CONTEXT, bytes(SECRET));
  const renamed = sealed.replace(pairOf('x25519').keyId, stranger.keyId);
  expect(await codeOf(() => openHpke([stranger], CONTEXT, renamed))).toBe('NotForThisObject');
  expect(await codeOf(() => openHpke([pairOf('x25519')], CONTEXT, renamed))).toBe('UnknownKey');
});

describe('invalid sealed values', () => {
  const valid = `v1.x25519.0123456789abcdef.${'A'.repeat(43)}.${'A'.repeat(24)}`;
  const cases: readonly [string, string, SealingErrorCode][] = [
    ['an empty text', '', 'Malformed'],
    ['a plain password', 'hunter2-hunter2', 'Malformed'],
    ['another version', valid.replace('v1', 'v2'), 'UnsupportedVersion'],
    ['version 01', valid.replace('v1', 'v01'), 'Malformed'],
    ['an unknown suite', valid.replace('x25519', 'rot13'), 'UnsupportedSuite'],
    ['a suite that objects inherit', valid.replace('x25519', 'constructor'), 'UnsupportedSuite'],
    ['a key id in upper case', valid.replace('abcdef', 'ABCDEF'), 'Malformed'],
    ['a short key id', valid.replace('0123', '012'), 'Malformed'],
    ['a key that is not held', valid, 'UnknownKey'],
    ['a sixth part', `${valid}.A`, 'Malformed'],
    ['four parts', valid.slice(0, valid.lastIndexOf('.')), 'Malformed'],
    ['a line break at the end', `${valid}\n`, 'Malformed'],
    ['a space before', ` ${valid}`, 'Malformed'],
    ['padding', valid.replace(/A\.A+$/, `A.${'A'.repeat(23)}=`), 'Malformed'],
    ['the other base64 alphabet', valid.replace(/A$/, '+'), 'Malformed'],
    ['unused bits that are not zero', valid.replace('AA.A', 'AB.A'), 'Malformed'],
    ['an encapsulated key that is too short', valid.replace('A'.repeat(43), 'A'.repeat(42)), 'Malformed'],
    ['a ciphertext shorter than its tag', valid.slice(0, -4), 'Malformed'],
    ['a value of no bytes', valid.slice(0, -2), 'Empty'],
    ['a value over 1 MiB', valid + 'A'.repeat(1_398_108), 'TooLarge'],
    ['a text without end', 'v1.'.padEnd(5_000_000, '.'), 'TooLarge'],
  ];
  it.each(cases)('%s is refused', async (_, sealed, code) => {
    expect(await codeOf(() => openHpke([pairOf('x25519')], CONTEXT, sealed))).toBe(code);
  });

  it('is never quoted', async () => {
    const plain = [
      'hunter2',
      'v1.hunter2',
      'v1.hunter2.x.y.z',
      'v1.x25519.hunter2.y.z',
      'v1.x25519.0123456789abcdef.hunter2!.AAAA',
    ];
    for (const value of plain) {
      const failure = await failureOf(() => openHpke([], CONTEXT, value));
      expect(`${failure.message} ${String(failure.cause)}`).not.toContain('hunter2');
    }
  });

  it('with an encapsulated key of small order is refused like any other changed text', async () => {
    const pair = pairOf('x25519');
    const sealed = valid.replace('0123456789abcdef', pair.keyId);
    expect(await codeOf(() => openHpke([pair], CONTEXT, sealed))).toBe('NotForThisObject');
  });
});

describe('sealing', () => {
  const contexts: readonly [string, Partial<SealingContext>][] = [
    ['an empty namespace', { namespace: '' }],
    ['a name with a slash', { name: 'a/b' }],
    ['an empty key', { key: '' }],
    ['a key of 254 characters', { key: 'k'.repeat(254) }],
    ['half a surrogate pair', { name: 'a\ud800' }],
  ];
  it.each(contexts)('refuses %s', async (_, part) => {
    expect(await codeOf(() => sealHpke(pairOf('x25519'), { ...CONTEXT, ...part }, bytes('x')))).toBe('InvalidContext');
  });

  it('refuses a value of no bytes and one over 1 MiB', async () => {
    const seal = (length: number) => sealHpke(pairOf('x25519'), CONTEXT, new Uint8Array(length));
    expect(await codeOf(() => seal(0))).toBe('Empty');
    expect(await codeOf(() => seal(MAX_VALUE_BYTES + 1))).toBe('TooLarge');
  });

  it('refuses a public key that is not that of its id', async () => {
    const { suite, publicKey } = pairOf('x25519');
    const forged = { suite, publicKey, keyId: stranger.keyId };
    expect(await codeOf(() => sealHpke(forged, CONTEXT, bytes('x')))).toBe('InvalidKey');
  });

  it('takes another implementation of the KEM where the runtime has none', async () => {
    const pair = pairOf('mlkem768-x25519');
    const sealed = await sealHpke(pair, CONTEXT, bytes(SECRET), { kem: KEM_MLKEM768_X25519 });
    expect(text(await openHpke([pair], CONTEXT, sealed))).toBe(SECRET);
  });
});

it('names in its message what it tried, without the value', async () => {
  const sealed = await sealHpke(pairOf('x25519'), CONTEXT, bytes(SECRET));
  const failure = await failureOf(() => openHpke([pairOf('x25519')], { ...CONTEXT, namespace: 'bob' }, sealed));
  expect(failure.message).toContain('namespace "bob", name "db-password", key "DB_PASSWORD"');
  expect(failure.message).toContain(pairOf('x25519').keyId);
  expect(failure.message).not.toContain(SECRET);
});

it('opens exactly where it was sealed, for random contexts and values', async () => {
  const seed = Date.now();
  const random = seededRandom(seed);
  const name = () => 'abcdefghijklmnopqrstuvwxyz-.0123'.slice(random(8), 9 + random(8));
  const pair = pairOf('x25519');
  for (let round = 0; round < 200; round++) {
    const own = { namespace: name(), name: name(), key: name() };
    const other = { namespace: name(), name: name(), key: name() };
    const value = seededBytes(random, 1 + random(300));
    const sealed = await sealHpke(pair, own, value);
    const opened = await openHpke([pair], own, sealed);
    const isSame = JSON.stringify(own) === JSON.stringify(other);
    const elsewhere = isSame ? 'NotForThisObject' : await codeOf(() => openHpke([pair], other, sealed));
    expect({ seed, round, value: Buffer.compare(opened, value), elsewhere }).toEqual({
      seed,
      round,
      value: 0,
      elsewhere: 'NotForThisObject',
    });
  }
});
