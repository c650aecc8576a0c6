/** The chart's value `sealing.recoveryKeys`: what the command and the console read of it, and what the chart refuses. */
import { beforeAll, describe, expect, it } from 'vitest';
import {
  formatPublicKeys,
  generateHpkeKeyPair,
  recoveryRecipients,
  type SealingSuite,
} from '../../src/sealing/index.ts';
import { buildHelmLimitMs, chartFolder, helm, render } from '../support/helm.ts';

type Entry = Readonly<Record<string, unknown>> & { readonly keyId: string };

/** Entries as in the file that `neuro admin recovery-key create` writes. */
async function entry(suite: SealingSuite): Promise<Entry> {
  const material = await generateHpkeKeyPair(suite);
  const [only] = JSON.parse(
    formatPublicKeys([{ ...material, createdAt: '2026-01-01T00:00:00Z', active: true }]),
  ) as readonly Entry[];
  if (only === undefined) throw new Error('no entry');
  return only;
}

let [key, classical]: readonly [Entry, Entry] = [{ keyId: '' }, { keyId: '' }];

beforeAll(async () => {
  await helm(['version']);
  [key, classical] = [await entry('mlkem768-x25519'), await entry('x25519')];
}, buildHelmLimitMs);

it('is published as the command and the console read it', async () => {
  const read = async (recoveryKeys: readonly object[]): Promise<readonly string[]> => {
    const objects = await render({ sealing: { recoveryKeys } });
    const found = objects.find(({ metadata }) => metadata.name === 'neuro-sealing-recipients');
    expect(found?.kind).toBe('ConfigMap');
    return (await recoveryRecipients(found?.data)).map(({ keyId }) => keyId);
  };
  expect(await read([key, classical])).toEqual([key.keyId, classical.keyId]);
  expect(await read([key, { ...classical, active: false }])).toEqual([key.keyId]);
  expect(await read([])).toEqual([]);
});

describe('a recovery key is refused', () => {
  it.each<[string, () => readonly object[], RegExp]>([
    ['without the form of an id', () => [{ ...key, keyId: 'x' }], /recoveryKeys\/0\/keyId.*does not match pattern/],
    ['that is only an id', () => [{ keyId: key.keyId }], /recoveryKeys\/0.*missing properties/],
    ['with its private half', () => [{ ...key, privateKey: 'x' }], /'privateKey' not allowed/],
    ['with another suite', () => [{ ...key, suite: 'x25519' }], /does not have the length of the suite x25519/],
    ['with an unknown suite', () => [{ ...key, suite: 'rsa' }], /recoveryKeys\/0\/suite.*must be one of/],
    ['with the id of another key', () => [{ ...key, keyId: classical.keyId }], /is not the key id of that public key/],
    ['twice', () => [key, key], /lists [0-9a-f]{16} twice/],
    ['beyond the fourth', () => Array.from({ length: 5 }, () => key), /maxItems: got 5, want 4/],
  ])('%s', async (_what, recoveryKeys, said) => {
    const values = { sealing: { recoveryKeys: recoveryKeys() } };
    const { code, stderr } = await helm(['template', 'neuro-operator', chartFolder], values);
    expect(code).not.toBe(0);
    expect(stderr).toMatch(said);
  });
});
