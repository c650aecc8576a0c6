import { describe, expect, it, test } from 'vitest';
import { NamedKeys } from '../../../src/controllers/sealing-key/named-keys.ts';
import { secretType, type Secret } from '../../../src/controllers/resources.ts';
import { KubeClient } from '../../../src/kernel/index.ts';
import { nowMs } from '../../support/builders.ts';
import { InProcessTransport } from '../../support/in-process-transport.ts';
import { ModelApi } from '../../support/model-api.ts';
import { rsaSecret } from './sealing-key-world.ts';

const label = 'sealedsecrets.bitnami.com/sealed-secrets-key';
const namespace = 'kube-system';
const ours = await rsaSecret(0, nowMs);
/** As sealed-secrets keeps it. */
const keyOf = (name: string, labels: Record<string, string> = { [label]: 'active' }): Secret => ({
  type: 'kubernetes.io/tls',
  ...(ours.data === undefined ? {} : { data: ours.data }),
  metadata: { namespace, name, labels },
});

function world(...names: readonly string[]) {
  const model = new ModelApi();
  const transport = new InProcessTransport({ model });
  const told: string[] = [];
  const keys = new NamedKeys({
    client: new KubeClient({ transport }),
    refs: names.map((name) => ({ namespace, name })),
    onBadKey: (name, error) => told.push(`${name} ${(error as { code?: string }).code ?? ''}`),
  });
  const load = (): Promise<void> => keys.load(new AbortController().signal);
  return { model, keys, load, told, requests: transport.requests };
}

describe('key Secrets that the configuration names', () => {
  it('are read once', async () => {
    const { model, keys, load, told, requests } = world('one');
    model.put(secretType, { ...keyOf('one') });
    await load();
    await load();
    expect(keys.pairs).toHaveLength(1);
    expect(keys.areMissing).toBe(false);
    expect(requests).toHaveLength(1);
    expect(told).toEqual([]);
  });

  it('are looked up until they exist, and reported once', async () => {
    const { model, keys, load, told } = world('late');
    await load();
    await load();
    expect([keys.areMissing, keys.pairs.length]).toEqual([true, 0]);
    expect(told).toEqual(['kube-system/late InvalidKey']);
    model.put(secretType, { ...keyOf('late') });
    await load();
    expect([keys.areMissing, keys.pairs.length]).toEqual([false, 1]);
  });

  it('are reported again when they cannot be used for another reason', async () => {
    const { model, load, told } = world('late');
    await load();
    model.put(secretType, { ...keyOf('late', { [label]: 'compromised' }) });
    await load();
    await load();
    expect(told).toEqual(['kube-system/late InvalidKey', 'kube-system/late InvalidKey']);
  });

  it('are read again after an error that nobody expected, and the others are used', async () => {
    const { model, keys, load, told } = world('odd', 'good');
    // No API server returns a number here.
    model.put(secretType, { ...keyOf('odd'), data: { 'tls.key': 1 } });
    model.put(secretType, { ...keyOf('good') });
    await load();
    expect([keys.areMissing, keys.pairs.length]).toEqual([true, 1]);
    expect(told).toEqual(['kube-system/odd ERR_INVALID_ARG_TYPE']);
    model.put(secretType, { ...keyOf('odd') });
    await load();
    expect([keys.areMissing, keys.pairs.length]).toEqual([false, 2]);
  });

  test.each<[string, Secret]>([
    ['one that its owner took out of use', keyOf('bad', { [label]: 'compromised' })],
    ['one that is no key', { ...keyOf('bad'), data: { 'tls.key': Buffer.from('CANARY').toString('base64') } }],
    ['one of another type', { ...keyOf('bad'), type: 'Opaque' }],
  ])('%s is passed over and reported once, the others are used, and it is when it is mended', async (_case, secret) => {
    const { model, keys, load, told } = world('bad', 'good');
    model.put(secretType, { ...secret });
    model.put(secretType, { ...keyOf('good') });
    await load();
    await load();
    expect([keys.areMissing, keys.pairs.length]).toEqual([true, 1]);
    expect(told).toEqual(['kube-system/bad InvalidKey']);
    model.put(secretType, { ...keyOf('bad') });
    await load();
    expect([keys.areMissing, keys.pairs.length]).toEqual([false, 2]);
  });
});
