import { beforeAll, describe, expect, it } from 'vitest';
import {
  generateHpkeKeyPair,
  generateRsaKeyPair,
  importHpkeKeyPair,
  importRsaKeyPair,
  MAX_VALUE_BYTES,
  newSealingKeyring,
  sealHpke,
  sealKubeseal,
  type HpkeKeyPair,
  type RsaKeyPair,
  type SealedValue,
  type SealingKeyring,
} from '../../src/sealing/index.ts';
import { bytes, codeOf, codesOf, CONTEXT, flipEveryBit, seededBytes, seededRandom, text } from './support.ts';

const JANUARY = '2026-01-01T00:00:00Z';
const FEBRUARY = '2026-02-01T00:00:00Z';
let oldPair: HpkeKeyPair;
let newPair: HpkeKeyPair;
let oldRsa: RsaKeyPair;
let newRsa: RsaKeyPair;
let keyring: SealingKeyring;

beforeAll(async () => {
  oldPair = await importHpkeKeyPair(await generateHpkeKeyPair());
  newPair = await importHpkeKeyPair(await generateHpkeKeyPair());
  oldRsa = await importRsaKeyPair((await generateRsaKeyPair(2048)).privateKeyPem);
  newRsa = await importRsaKeyPair((await generateRsaKeyPair(2048)).privateKeyPem);
  keyring = newSealingKeyring({
    hpke: [
      { pair: oldPair, createdAt: JANUARY },
      { pair: newPair, createdAt: FEBRUARY },
    ],
    rsa: [
      { pair: oldRsa, createdAt: JANUARY },
      { pair: newRsa, createdAt: FEBRUARY },
    ],
  });
});

describe('opening says which pair it was, and whether that is old', () => {
  const cases: readonly [string, () => Promise<SealedValue>, () => string, boolean][] = [
    ['hpke, new', () => byHpke(newPair), () => newPair.keyId, false],
    ['hpke, old', () => byHpke(oldPair), () => oldPair.keyId, true],
    ['kubeseal, new', () => byRsa(newRsa), () => newRsa.keyId, false],
    ['kubeseal, old', () => byRsa(oldRsa), () => oldRsa.keyId, true],
  ];
  it.each(cases)('%s', async (_, seal, keyId, isOldKey) => {
    const opened = await keyring.open(await seal(), CONTEXT);
    expect({ ...opened, plaintext: text(opened.plaintext) }).toEqual({ plaintext: 'value', keyId: keyId(), isOldKey });
  });
});

it('opens with the pairs of another system, says that they are old, and never hands them out', async () => {
  const foreign = newSealingKeyring({ hpke: [], rsa: [], rsaForOpening: [oldRsa] });
  expect(foreign.activeRsaKeyId).toBeUndefined();
  const both = newSealingKeyring({ hpke: [], rsa: [{ pair: newRsa, createdAt: JANUARY }], rsaForOpening: [oldRsa] });
  expect(both.activeRsaKeyId).toBe(newRsa.keyId);
  expect(await both.open(await byRsa(oldRsa), CONTEXT)).toMatchObject({ keyId: oldRsa.keyId, isOldKey: true });
});

it('publishes the public halves, newest first, the newest of each suite active', async () => {
  const classical = await importHpkeKeyPair(await generateHpkeKeyPair('x25519'));
  const { publishedKeys, activeRsaKeyId } = newSealingKeyring({
    hpke: [
      { pair: oldPair, createdAt: '2026-01-01T02:00:00+02:00' },
      { pair: newPair, createdAt: FEBRUARY },
      { pair: classical, createdAt: '2025-12-01T00:00:00Z' },
    ],
    rsa: [],
  });
  expect(publishedKeys.map(({ keyId, active }) => [keyId, active])).toEqual([
    [newPair.keyId, true],
    [oldPair.keyId, false],
    [classical.keyId, true],
  ]);
  expect(activeRsaKeyId).toBeUndefined();
});

it('agrees on the active pair whatever the order, when two are of one moment', () => {
  const dated = [oldPair, newPair].map((pair) => ({ pair, createdAt: JANUARY }));
  const one = newSealingKeyring({ hpke: dated, rsa: [] }).publishedKeys;
  const other = newSealingKeyring({ hpke: dated.toReversed(), rsa: [] }).publishedKeys;
  expect(one).toEqual(other);
});

it('takes the kubeseal scope from the sealed value, strict when it names none', async () => {
  const sealed = await byRsa(newRsa);
  expect(await codeOf(() => keyring.open({ ...sealed, scope: 'cluster-wide' }, CONTEXT))).toBe('NotForThisObject');
});

it('a pair of a time that is ahead is not the active one while there is another', () => {
  const ahead = { createdAt: '2099-01-01T00:00:00Z', isOfWrongClock: true };
  const hpke = [
    { pair: newPair, ...ahead },
    { pair: oldPair, createdAt: JANUARY },
  ];
  const rsa = [{ pair: newRsa, ...ahead }];
  const { publishedKeys, activeRsaKeyId } = newSealingKeyring({ hpke, rsa });
  expect(publishedKeys.map(({ keyId, active }) => [keyId, active])).toEqual([
    [oldPair.keyId, true],
    [newPair.keyId, false],
  ]);
  expect(activeRsaKeyId).toBe(newRsa.keyId);
});

it.each([1, 15, 16, 17, 4096, MAX_VALUE_BYTES])('opens %d bytes of hpke', async (length) => {
  const value = seededBytes(seededRandom(length), length);
  const sealed = await sealHpke(newPair, CONTEXT, value);
  const { plaintext } = await keyring.open({ format: 'hpke', value: sealed }, CONTEXT);
  expect(Buffer.compare(plaintext, value)).toBe(0);
});

it('opens no hpke text for another object, and none of which a bit of the ciphertext or its tag was changed', async () => {
  const sealed = await byHpke(newPair);
  const head = sealed.value.slice(0, sealed.value.lastIndexOf('.') + 1);
  const changed = flipEveryBit(sealed.value.slice(head.length)).map((tail) => `${head}${tail}`);
  const runs = changed.map((value) => () => keyring.open({ format: 'hpke', value }, CONTEXT));
  const codes = await codesOf([...runs, () => keyring.open(sealed, { ...CONTEXT, name: 'other' })]);
  // Some changes make a character that base64 does not have.
  expect(new Set(codes)).toEqual(new Set(['NotForThisObject', 'Malformed']));
});

it('refuses a wider scope for hpke, which has none', async () => {
  const sealed = await byHpke(newPair);
  expect(await codeOf(() => keyring.open({ ...sealed, scope: 'cluster-wide' }, CONTEXT))).toBe('InvalidContext');
  expect(text((await keyring.open({ ...sealed, scope: 'strict' }, CONTEXT)).plaintext)).toBe('value');
});

it('opens nothing when it is empty, and says so', async () => {
  const empty = newSealingKeyring({ hpke: [], rsa: [] });
  expect(await codeOf(async () => empty.open(await byHpke(newPair), CONTEXT))).toBe('UnknownKey');
  expect(await codeOf(async () => empty.open(await byRsa(newRsa), CONTEXT))).toBe('UnknownKey');
});

it('does not take one format for the other', async () => {
  const { value: hpkeText } = await byHpke(newPair);
  const { value: rsaText } = await byRsa(newRsa);
  expect(await codeOf(() => keyring.open({ format: 'kubeseal', value: hpkeText }, CONTEXT))).toBe('Malformed');
  expect(await codeOf(() => keyring.open({ format: 'hpke', value: rsaText }, CONTEXT))).toBe('Malformed');
});

async function byHpke(pair: HpkeKeyPair): Promise<SealedValue> {
  return { format: 'hpke', value: await sealHpke(pair, CONTEXT, bytes('value')) };
}

async function byRsa(pair: RsaKeyPair): Promise<SealedValue> {
  return { format: 'kubeseal', value: await sealKubeseal(pair, 'strict', CONTEXT, bytes('value')) };
}
