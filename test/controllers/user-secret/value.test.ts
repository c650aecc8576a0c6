import { describe, expect, it, test } from 'vitest';
import { LABEL_MANAGED_BY, MANAGED_BY } from '../../../src/api/index.ts';
import type { Secret } from '../../../src/controllers/resources.ts';
import { obtainValue, ValueError } from '../../../src/controllers/user-secret/value.ts';
import type { UserSecretView } from '../../../src/controllers/user-secret-view.ts';
import {
  generateHpkeKeyPair,
  generateRsaKeyPair,
  importHpkeKeyPair,
  importRsaKeyPair,
  newSealingKeyring,
  sealHpke,
  sealKubeseal,
  type HpkeKeyPair,
  type RsaKeyPair,
  type SealingKeyring,
} from '../../../src/sealing/index.ts';
import { userSecretView } from '../../support/builders.ts';

const canary = 'CANARY-77aa';
const pair = await importHpkeKeyPair(await generateHpkeKeyPair());
const old = await importHpkeKeyPair(await generateHpkeKeyPair());
const stranger = await importHpkeKeyPair(await generateHpkeKeyPair());
const newRsa = async (): Promise<RsaKeyPair> => importRsaKeyPair((await generateRsaKeyPair(2048)).privateKeyPem);
const keyring = newSealingKeyring({
  hpke: [
    { pair, createdAt: '2026-02-01T00:00:00Z' },
    { pair: old, createdAt: '2026-01-01T00:00:00Z' },
  ],
  rsa: [],
});

const pg: Secret = {
  metadata: { namespace: 'alice', name: 'pg', uid: 'uid-pg', resourceVersion: '1' },
  data: { password: Buffer.from(canary).toString('base64'), empty: '' },
};
const ours: Secret = { ...pg, metadata: { ...pg.metadata, name: 'ours', labels: { [LABEL_MANAGED_BY]: MANAGED_BY } } };

type Source = Parameters<typeof obtainValue>[1];

async function obtain(source: Source, userSecret: UserSecretView = userSecretView(), keys: SealingKeyring = keyring) {
  return obtainValue(
    userSecret,
    source,
    {
      keyring: keys,
      readSecret: ({ name }) => Promise.resolve([pg, ours].find(({ metadata }) => metadata.name === name)),
      readConfigMap: () => Promise.resolve(undefined),
      readParts: () => Promise.reject(new Error('there is no template')),
      readCopied: () => Promise.resolve(undefined),
    },
    new AbortController().signal,
  );
}

async function seal(
  context: Partial<Parameters<typeof sealHpke>[1]> = {},
  by: HpkeKeyPair = pair,
  text = canary,
): Promise<Source> {
  const value = await sealHpke(
    by,
    { namespace: 'alice', name: 'db-password', key: 'db-password', ...context },
    Buffer.from(text),
  );
  return { sealed: { value } };
}

const sealed = {
  right: await seal(),
  namespace: await seal({ namespace: 'bob' }),
  name: await seal({ name: 'other' }),
  key: await seal({ key: 'other' }),
  stranger: await seal({}, stranger),
};

describe('a value', () => {
  test.each<[string, Source, string]>([
    ['that is plain', { value: 'pä\u0000ß' }, 'pä\u0000ß'],
    ['in base64', { valueBase64: Buffer.from('binary').toString('base64') }, 'binary'],
    ['of another Secret', { secretKeyRef: { name: 'pg', key: 'password' } }, canary],
    ['that is sealed', sealed.right, canary],
  ])('%s is had', async (_case, source, expected) => {
    expect(Buffer.from((await obtain(source)).value.reveal()).toString()).toBe(expected);
  });

  it('in base64 is kept byte for byte', async () => {
    const bytes = Buffer.from(Array.from({ length: 256 }, (_, index) => index));
    const { value } = await obtain({ valueBase64: bytes.toString('base64') });
    expect(Buffer.compare(value.reveal(), bytes)).toBe(0);
  });

  test.each<[string, readonly (string | undefined)[]]>([
    ['first', [sealed.right.sealed?.value, sealed.stranger.sealed?.value]],
    ['last', [sealed.stranger.sealed?.value, 'v9.of-a-newer-client', sealed.right.sealed?.value]],
  ])('that is sealed for several clusters is had where it is our %s', async (_case, [value = '', ...values]) => {
    const source = { sealed: { value, values: values.map((text) => text ?? '') } };
    expect(Buffer.from((await obtain(source)).value.reveal()).toString()).toBe(canary);
  });

  describe('of kubeseal that is sealed for several clusters', () => {
    const context = { namespace: 'alice', name: 'db-password', key: 'db-password' };
    const by = (rsa: RsaKeyPair, name = context.name): Promise<string> =>
      sealKubeseal(rsa, 'strict', { ...context, name }, Buffer.from(canary));
    const withRsa = (rsa: RsaKeyPair): SealingKeyring =>
      newSealingKeyring({ hpke: [], rsa: [{ pair: rsa, createdAt: '2026-01-01T00:00:00Z' }] });
    const sealedBy = async (...texts: readonly Promise<string>[]): Promise<Source> => {
      const [value = '', ...values] = await Promise.all(texts);
      return { sealed: { format: 'kubeseal', value, values } };
    };

    it('opens in each of them', async () => {
      const [one, other] = await Promise.all([newRsa(), newRsa()]);
      const source = await sealedBy(by(one), by(other));
      for (const rsa of [one, other]) {
        const { value, sealedWith } = await obtain(source, userSecretView(), withRsa(rsa));
        expect(Buffer.from(value.reveal()).toString()).toBe(canary);
        expect(sealedWith).toEqual({ keyId: rsa.keyId, isOld: false });
      }
    });

    it('does not open where none of the texts is for this cluster and this object', async () => {
      const [one, other, third] = await Promise.all([newRsa(), newRsa(), newRsa()]);
      const source = await sealedBy(by(one), by(other), by(third, 'another'));
      await expect(obtain(source, userSecretView(), withRsa(third))).rejects.toMatchObject({ reason: 'CannotOpen' });
    });
  });

  it('names the key that it was sealed with, and whether that is an old one', async () => {
    expect((await obtain(await seal())).sealedWith).toEqual({ keyId: pair.keyId, isOld: false });
    expect((await obtain(await seal({}, old))).sealedWith).toEqual({ keyId: old.keyId, isOld: true });
  });
});

describe('a value that is not available has a reason, without the value', () => {
  const flipped = (source: Source): Source => {
    const text = source.sealed?.value ?? '';
    const at = text.length - 10;
    const other = text[at] === 'A' ? 'B' : 'A';
    return { sealed: { value: text.slice(0, at) + other + text.slice(at + 1) } };
  };
  test.each<[string, Source, string, boolean]>([
    ['no source', {}, 'Malformed', true],
    ['an empty value', { value: '' }, 'ValueInvalid', true],
    ['an empty value of another Secret', { secretKeyRef: { name: 'pg', key: 'empty' } }, 'ValueInvalid', true],
    ['a Secret that is not there', { secretKeyRef: { name: 'x', key: 'password' } }, 'SourceNotFound', false],
    ['a key that is not there', { secretKeyRef: { name: 'pg', key: 'x' } }, 'SourceNotFound', false],
    ['a Secret of the operator', { secretKeyRef: { name: 'ours', key: 'password' } }, 'SourceNotPermitted', true],
    ['sealed for another namespace', sealed.namespace, 'CannotOpen', true],
    ['sealed for another name', sealed.name, 'CannotOpen', true],
    ['sealed for another key', sealed.key, 'CannotOpen', true],
    ['a changed bit', flipped(sealed.right), 'CannotOpen', true],
    ['a key that we do not have', sealed.stranger, 'UnknownSealingKey', false],
    [
      'a value for other clusters alone',
      { sealed: { value: sealed.stranger.sealed?.value ?? '', values: [sealed.stranger.sealed?.value ?? ''] } },
      'UnknownSealingKey',
      false,
    ],
    [
      'one of ours that was sealed for another name, before one that would open',
      { sealed: { value: sealed.name.sealed?.value ?? '', values: [sealed.right.sealed?.value ?? ''] } },
      'CannotOpen',
      true,
    ],
    ['no sealed text', { sealed: { value: canary } }, 'Malformed', true],
    ['no sealed text of kubeseal', { sealed: { format: 'kubeseal', value: canary } }, 'Malformed', true],
    ['a scope that the format has not', { sealed: { value: canary, scope: 'cluster-wide' } }, 'Malformed', true],
  ])('%s', async (_case, source, reason, isStalled) => {
    const error = await obtain(source).catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(ValueError);
    expect(error).toMatchObject({ reason, isStalled });
    const text = JSON.stringify([String(error), (error as Error).stack, error]);
    expect(text).not.toContain(canary);
    expect(text).not.toContain(Buffer.from(canary).toString('base64'));
  });
});
