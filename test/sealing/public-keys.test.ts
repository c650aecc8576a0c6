import { beforeAll, describe, expect, it } from 'vitest';
import {
  chooseSealingKey,
  formatPublicKeys,
  generateHpkeKeyPair,
  parsePublicKeys,
  type PublishedKey,
} from '../../src/sealing/index.ts';
import { codeOf } from './support.ts';

let newer: PublishedKey;
let older: PublishedKey;
let classical: PublishedKey;

beforeAll(async () => {
  const publish = async (suite: 'mlkem768-x25519' | 'x25519', createdAt: string, active: boolean) => {
    const { keyId, publicKey } = await generateHpkeKeyPair(suite);
    return { suite, keyId, publicKey, createdAt, active };
  };
  newer = await publish('mlkem768-x25519', '2026-02-01T00:00:00Z', true);
  older = await publish('mlkem768-x25519', '2026-01-01T00:00:00.5Z', false);
  classical = await publish('x25519', '2026-01-01T00:00:00Z', true);
});

type Entry = Record<string, unknown>;

/** The document of all three keys, with its entries changed. */
function document(change: (entries: Entry[]) => unknown = (entries) => entries): string {
  return JSON.stringify(change(JSON.parse(formatPublicKeys([newer, older, classical])) as Entry[]));
}

function changeFirst(part: Entry): string {
  return document(([first, ...rest]) => [{ ...first, ...part }, ...rest]);
}

it('reads what it writes', async () => {
  expect(await parsePublicKeys(formatPublicKeys([newer, older, classical]))).toEqual([newer, older, classical]);
});

it('passes over suites and fields that it does not know', async () => {
  const future = { suite: 'mlkem1024-p384', keyId: 7, publicKey: {}, active: true };
  const text = document(([first, ...rest]) => [future, { ...first, note: 'later' }, ...rest]);
  expect(await parsePublicKeys(text)).toEqual([newer, older, classical]);
});

describe('a document is refused', () => {
  const cases: readonly [string, () => string][] = [
    ['that is no JSON', () => '[{'],
    ['that is no list', () => '{}'],
    ['with an entry that is no object', () => '[7]'],
    ['with an entry without a suite', () => changeFirst({ suite: undefined })],
    ['with the id of another key', () => changeFirst({ keyId: older.keyId })],
    ['with no id', () => changeFirst({ keyId: undefined })],
    ['with a key of another length', () => changeFirst({ publicKey: 'AAAA' })],
    ['with a key that is no base64url', () => changeFirst({ publicKey: '+/==' })],
    ['with a key that is no text', () => changeFirst({ publicKey: [1] })],
    ['with a time that is none', () => changeFirst({ createdAt: 'yesterday' })],
    ['that does not say what is active', () => changeFirst({ active: 'true' })],
    ['with one key twice', () => document(([first]) => [first, { ...first, active: false }])],
    [
      'with two active keys of a suite',
      () => document((entries) => entries.map((entry) => ({ ...entry, active: true }))),
    ],
    ['with too many keys', () => JSON.stringify(Array.from({ length: 1001 }, () => ({})))],
    ['without end', () => '['.repeat(3_000_000)],
  ];
  it.each(cases)('%s', async (_, text) => {
    expect(await codeOf(() => parsePublicKeys(text()))).toBe('InvalidKey');
  });
});

describe('choosing the key to seal with', () => {
  it('prefers the active post-quantum key', async () => {
    expect(await chooseSealingKey([older, classical, newer])).toBe(newer);
  });

  it('takes the other suite where that is all there is', async () => {
    expect(await chooseSealingKey([older, classical])).toBe(classical);
  });

  it('fails where no key is active', async () => {
    expect(await codeOf(() => chooseSealingKey([older]))).toBe('InvalidKey');
    expect(await codeOf(() => chooseSealingKey([]))).toBe('InvalidKey');
  });
});
