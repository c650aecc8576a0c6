import { describe, expect, it, test } from 'vitest';
import { SealingError } from '../../../src/sealing/index.ts';
import { importPair, newKeySecret, viewSealingKey } from '../../../src/controllers/sealing-key/key-secrets.ts';
import type { Secret } from '../../../src/controllers/resources.ts';
import { nowMs } from '../../support/builders.ts';

const secrets = {
  hpke: await newKeySecret('hpke', 'neuro-system', nowMs),
  rsa: await newKeySecret('rsa', 'neuro-system', nowMs),
};

describe.each(['hpke', 'rsa'] as const)('a new key Secret of kind %s', (kind) => {
  it('holds a pair that can be used, of its own name', async () => {
    const imported = await importPair(secrets[kind]);
    expect(imported.kind).toBe(kind);
    expect(secrets[kind].metadata.name).toBe(`neuro-sealing-key-${kind}-${imported.pair.keyId}`);
  });

  it('is active, and of the moment that its annotation says', () => {
    expect(viewSealingKey(secrets[kind])).toMatchObject({ use: kind, createdMs: nowMs, isActive: true });
  });
});

describe('a key Secret', () => {
  const { metadata } = secrets.hpke;
  const changed = (change: Partial<Secret['metadata']>): Secret => ({
    ...secrets.hpke,
    metadata: { ...metadata, ...change },
  });

  it('that is labelled as compromised is out of use', () => {
    expect(viewSealingKey(changed({ labels: { 'neu.ro/sealing-key': 'compromised' } })).isActive).toBe(false);
  });

  it('without the annotation is of the time that the API server says, as one of sealed-secrets is', () => {
    const view = viewSealingKey(changed({ annotations: {}, creationTimestamp: '2026-01-01T00:00:00Z' }));
    expect(view.createdMs).toBe(Date.UTC(2026, 0, 1));
  });

  test.each<[string, Secret]>([
    ['without data', { ...secrets.hpke, data: {} }],
    ['with data that is no key', { ...secrets.hpke, data: { 'hpke.json': Buffer.from('CANARY').toString('base64') } }],
    ['of TLS without a key', { ...secrets.rsa, data: { 'tls.crt': '' } }],
    [
      'of TLS with something else for a key',
      { ...secrets.rsa, data: { 'tls.key': Buffer.from('CANARY').toString('base64') } },
    ],
  ])('%s is refused, and the error quotes nothing of it', async (_case, secret) => {
    const error = await importPair(secret).catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(SealingError);
    expect(error).toMatchObject({ code: 'InvalidKey' });
    expect(String(error)).not.toContain('CANARY');
  });
});
