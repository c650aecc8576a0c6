/** What the operator does about its sealing keys, in front of an API server without a network. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { newKeySecret } from '../../../src/controllers/sealing-key/key-secrets.ts';
import { configMapType, secretType, type Secret } from '../../../src/controllers/resources.ts';
import { KernelError, type KubeObject } from '../../../src/kernel/index.ts';
import { until } from '../../support/until.ts';
import { namespace, rsaSecret, SealingKeyWorld } from './sealing-key-world.ts';

let world: SealingKeyWorld;
const hourMs = 3_600_000;

beforeEach(() => {
  world = new SealingKeyWorld();
});

afterEach(async () => {
  await world.stop();
});

const put = (secret: unknown): void => void world.model.put(secretType, secret as KubeObject & Record<string, unknown>);
const named = (kind: 'hpke' | 'rsa'): Secret[] =>
  world.secrets.filter(({ metadata }) => metadata.name.startsWith(`neuro-sealing-key-${kind}`));

describe('the first start', () => {
  it('makes a pair of each kind and publishes the public halves', async () => {
    await world.start();
    expect([named('hpke').length, named('rsa').length]).toEqual([1, 1]);
    expect(await world.publishedIds()).toHaveLength(1);
    expect(world.published?.data?.['cert.pem']).toBe(world.keys.certificatePem);
    expect(world.keys.keyring.activeRsaKeyId).toBeDefined();
    await world.keys.whenReady();
  });

  it('publishes the first kind before it makes the second', async () => {
    world.intercept = ({ method, path, body }) =>
      method === 'POST' && path.endsWith('/secrets') && (body as Secret).type === 'kubernetes.io/tls' ? 'hang' : 'pass';
    void world.start();
    await until(() => world.published !== undefined, 'published');
    expect(await world.publishedIds()).toHaveLength(1);
    expect(world.published?.data).not.toHaveProperty('cert.pem');
  });

  it('makes a pair even where publishing fails, and publishes once it can', async () => {
    world.intercept = ({ method, path }) =>
      method === 'POST' && path.endsWith('/configmaps') ? new KernelError('Server', 'POST /x: 500') : 'pass';
    await world.start();
    await world.later(10_000);
    expect(named('rsa')).toHaveLength(1);
    world.intercept = () => 'pass';
    await world.later(40_000);
    expect(world.published?.data).toHaveProperty(['cert.pem']);
  });
});

describe('a restart', () => {
  it('writes nothing', async () => {
    await world.start();
    await world.stop();
    await world.start();
    expect(world.allWrites).toEqual([]);
    expect(world.changes).toBe(1);
  });

  it('of a replica that stands by loads the pairs, and writes nothing', async () => {
    await world.start();
    await world.stop();
    const { certificatePem } = world.keys;
    await world.start({ leads: false });
    expect(world.keys.certificatePem).toBe(certificatePem);
    await world.keys.whenReady();
    world.model.remove(secretType, { namespace, name: named('rsa')[0]?.metadata.name ?? '' });
    await world.rest();
    expect(world.keys.certificatePem).toBeUndefined();
    expect(world.allWrites).toEqual([]);
  });
});

describe('a pair', () => {
  it('is followed by another in time, and keeps opening', async () => {
    await world.start({ renewEveryMs: hourMs });
    await world.later(hourMs - 1_000);
    expect([named('hpke').length, named('rsa').length]).toEqual([1, 1]);
    await world.later(1_000);
    expect([named('hpke').length, named('rsa').length]).toEqual([2, 2]);
    expect(await world.publishedIds()).toEqual([
      expect.stringMatching(/ active$/),
      expect.not.stringMatching(/ active$/),
    ]);
  });

  it('stays the one to seal for while the clock is set back, and none is added', async () => {
    await world.start({ renewEveryMs: 2 * hourMs });
    await world.later(2 * hourMs + 1_000);
    const before = await world.publishedIds();
    expect(before).toHaveLength(2);
    // The first pair is then from the past, and the second from the future.
    await setBack(hourMs);
    expect([named('hpke').length, named('rsa').length]).toEqual([2, 2]);
    expect(await world.publishedIds()).toEqual(before);
    await setBack(-hourMs);
    expect(await world.publishedIds()).toEqual(before);
    await world.later(2 * hourMs);
    expect(named('hpke')).toHaveLength(3);
  });

  it('is followed by one more where the clock of the API server is set back too, because nothing tells the right time', async () => {
    await world.start({ renewEveryMs: 2 * hourMs });
    await setBack(hourMs, { isEverywhere: true });
    expect([named('hpke').length, named('rsa').length]).toEqual([2, 2]);
  });

  /** As the operator does after a jump: it looks at all again. */
  async function setBack(byMs: number, { isEverywhere = false } = {}): Promise<void> {
    world.clock.jump(-byMs);
    if (!isEverywhere) world.behindMs += byMs;
    await world.stop();
    await world.start({ renewEveryMs: 2 * hourMs });
  }

  it('that is out of use is not published, and another is created', async () => {
    await world.start();
    const [former] = named('hpke');
    const labels = { ...former?.metadata.labels, 'neu.ro/sealing-key': 'compromised' };
    put({ ...former, metadata: { ...former?.metadata, labels } });
    await world.rest();
    expect(named('hpke')).toHaveLength(2);
    expect((await world.publishedIds()).join()).not.toContain(former?.metadata.name.split('-').at(-1) ?? '-');
  });

  it('that cannot be used is passed over, reported once, and another is made', async () => {
    const labels = { 'neu.ro/managed-by': 'neuro-operator', 'neu.ro/sealing-key': 'active' };
    const data = { 'hpke.json': Buffer.from('CANARY').toString('base64') };
    put({ metadata: { namespace, name: 'spoilt', labels }, type: 'Opaque', data });
    await world.start();
    await world.later(hourMs);
    expect(named('hpke')).toHaveLength(1);
    expect(world.badKeys.map((line) => line.split(':')[0])).toEqual(['spoilt']);
    expect(world.badKeys.join()).not.toContain('CANARY');
  });

  it('whose certificate is of another key is not handed out', async () => {
    const [one, other] = await Promise.all([rsaSecret(0, world.clock.now()), rsaSecret(1, world.clock.now() + 1_000)]);
    const data = { ...other.data, 'tls.crt': one.data?.['tls.crt'] ?? '' };
    put({ ...other, data });
    await world.start();
    expect(world.badKeys).toEqual([expect.stringContaining('is the certificate of another key than its tls.key')]);
    expect(named('rsa')).toHaveLength(2);
    expect(world.keys.keyring.activeRsaKeyId).not.toBe(other.metadata.name.split('-').at(-1));
  });

  it('that comes back opens again', async () => {
    await world.start();
    const [lost] = named('hpke');
    world.model.remove(secretType, { namespace, name: lost?.metadata.name ?? '' });
    await world.rest();
    const without = await world.publishedIds();
    expect(without).toHaveLength(1);
    put(lost);
    await world.rest();
    expect(await world.publishedIds()).toHaveLength(2);
  });
});

describe('published keys', () => {
  it('is restored when someone changes it, or takes the label off', async () => {
    await world.start();
    const before = world.published;
    for (const change of [{ data: { 'keys.json': '[]' } }, { metadata: { ...before?.metadata, labels: {} } }]) {
      world.model.put(configMapType, { ...before, ...change } as never);
      await world.rest();
      expect(world.published?.data).toEqual(before?.data);
      expect(world.published?.metadata.labels).toEqual(before?.metadata.labels);
    }
    world.model.remove(configMapType, { namespace, name: 'neuro-sealing-keys' });
    await world.rest();
    expect(world.published?.data).toEqual(before?.data);
  });
});

describe('a key Secret of sealed-secrets', () => {
  it('is looked for each minute until it is there, and opens then', async () => {
    const secret = await rsaSecret(0, world.clock.now());
    await world.start({ sealedSecretsKeys: [{ namespace: 'kube-system', name: 'late' }] });
    const { changes } = world;
    put({ ...secret, metadata: { namespace: 'kube-system', name: 'late' } });
    await world.later(60_000);
    await until(() => world.changes === changes + 1, 'the pair is loaded');
    expect(world.badKeys).toEqual([expect.stringContaining('kube-system/late')]);
  });
});

it('a key that cannot be read is tried again', async () => {
  const secret = await newKeySecret('hpke', namespace, world.clock.now());
  put(secret);
  let failures = 0;
  world.intercept = ({ method, path }) => {
    const isFailing = method === 'GET' && path.endsWith(secret.metadata.name) && (failures += 1) < 4;
    return isFailing ? new KernelError('Server', 'GET /x: 500') : 'pass';
  };
  const started = world.start();
  for (let round = 0; round < 20; round += 1) await world.clock.advance(1_000);
  await started;
  expect(await world.publishedIds()).toHaveLength(1);
  expect(named('hpke')).toHaveLength(1);
});
