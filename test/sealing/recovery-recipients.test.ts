import { beforeAll, describe, expect, it } from 'vitest';
import {
  formatPublicKeys,
  generateHpkeKeyPair,
  recoveryRecipients,
  retiredRecipients,
  type PublishedKey,
} from '../../src/sealing/index.ts';
import { recoveryRecipients as ofBrowser } from '../../src/sealing/browser.ts';
import { codeOf } from './support.ts';

let keys: readonly PublishedKey[];
const data = (text: string): Readonly<Record<string, string>> => ({ 'recipients.json': text });

beforeAll(async () => {
  keys = await Promise.all(
    Array.from({ length: 5 }, async () => {
      const { suite, keyId, publicKey } = await generateHpkeKeyPair();
      return { suite, keyId, publicKey, createdAt: '2026-01-01T00:00:00Z', active: true };
    }),
  );
});

it('reads several keys of one suite, in their order, in Node and in the browser', async () => {
  const some = keys.slice(0, 3);
  expect(await recoveryRecipients(data(formatPublicKeys(some)))).toEqual(some);
  expect(await ofBrowser(data(formatPublicKeys(some)))).toEqual(some);
});

it('leaves out a key that is not active', async () => {
  const [one, two] = keys as readonly [PublishedKey, PublishedKey];
  const list = data(formatPublicKeys([{ ...one, active: false }, two]));
  expect(await recoveryRecipients(list)).toEqual([two]);
  expect(await retiredRecipients(list)).toEqual([{ ...one, active: false }]);
});

it.each([
  ['no ConfigMap', undefined],
  ['no such entry', { other: '[]' }],
  ['an empty list', data('[]')],
])('finds none in %s', async (_what, map) => {
  expect(await recoveryRecipients(map)).toEqual([]);
});

describe('one key that cannot be used is an error about all of them', () => {
  it.each<[string, () => string, string, RegExp]>([
    ['no JSON', () => '[{', 'InvalidKey', /is not JSON/],
    ['half an entry', () => '[{"suite":"x25519"}]', 'InvalidKey', /lacks the key id of entry 1/],
    ['a key twice', () => formatPublicKeys([keys[0], keys[0]] as PublishedKey[]), 'InvalidKey', /twice/],
    ['too many', () => formatPublicKeys(keys), 'InvalidKey', /5 keys, more than 4/],
    [
      'the id of another key',
      () => formatPublicKeys([{ ...keys[0], keyId: keys[1]?.keyId } as PublishedKey]),
      'InvalidKey',
      /key/,
    ],
    [
      'a suite of later',
      () => '[{"suite":"mlkem1024-p384"}]',
      'UnsupportedSuite',
      /entry 1 of the suite mlkem1024-p384/,
    ],
  ])('%s', async (_what, text, code, said) => {
    expect(await codeOf(() => recoveryRecipients(data(text())))).toBe(code);
    await expect(recoveryRecipients(data(text()))).rejects.toThrow(/recovery keys of this cluster cannot be used/);
    await expect(recoveryRecipients(data(text()))).rejects.toThrow(said);
  });
});
