/** Sealing keys are believed from the namespace that the cluster names as the operator's, and from no other of the usual name. */
import { beforeEach, describe, expect, test } from 'vitest';
import { SEALING_KEYS_CONFIG_MAP } from '../../src/api/index.ts';
import { clusterRoleBindings, configMaps, userSecrets } from '../../src/cli/connect/kinds.ts';
import { KernelError } from '../../src/kernel/index.ts';
import { formatPublicKeys, generateHpkeKeyPair, importHpkeKeyPair, openHpke } from '../../src/sealing/index.ts';
import { takeUp } from './operate.ts';
import { createWorld, type World } from './typed.ts';

type Opener = Awaited<ReturnType<typeof importHpkeKeyPair>>;

let world: World;
let keys: { operator: Opener; mallory: Opener };
let mayReadBinding: boolean;

async function publish(namespace: string): Promise<Opener> {
  const pair = await generateHpkeKeyPair();
  const published = { ...pair, createdAt: '2026-01-01T00:00:00Z', active: true };
  world.model.put(configMaps, {
    metadata: { namespace, name: SEALING_KEYS_CONFIG_MAP },
    data: { 'keys.json': formatPublicKeys([published]) },
  });
  return importHpkeKeyPair(pair);
}

beforeEach(async () => {
  mayReadBinding = true;
  world = createWorld({
    operate: takeUp,
    refuse: ({ path }) =>
      !mayReadBinding && path.includes('/clusterrolebindings/')
        ? new KernelError('Forbidden', 'GET clusterrolebindings: 403 Forbidden')
        : undefined,
  });
  // The operator is elsewhere, and Mallory has made a namespace of the usual name.
  keys = { operator: await publish('platform'), mallory: await publish('neuro-system') };
  world.model.put(clusterRoleBindings, {
    metadata: { name: 'neuro-operator' },
    subjects: [{ kind: 'ServiceAccount', name: 'neuro-operator', namespace: 'platform' }],
  });
});

function opens(by: Opener): Promise<Uint8Array> {
  const [secret] = world.model.all(userSecrets) as unknown as readonly [
    { readonly spec: { sealed: { value: string } } },
  ];
  return openHpke([by], { namespace: 'alice', name: 'db', key: 'db' }, secret.spec.sealed.value);
}

describe('a namespace of the usual name that is not the operator’s', () => {
  test('has no key that a value is sealed with', async () => {
    expect((await world.type(['secret', 'add', 'db', '-'], { input: 'x' })).code).toBe(0);
    expect(Buffer.from(await opens(keys.operator)).toString()).toBe('x');
    await expect(opens(keys.mallory)).rejects.toThrow();
  });

  test.each([
    ['forbidden', () => (mayReadBinding = false)],
    ['not there', () => world.model.remove(clusterRoleBindings, { name: 'neuro-operator' })],
  ])('is not believed where what names the operator’s is %s', async (_, take) => {
    take();
    const { code, error } = await world.type(['secret', 'add', 'db', '-'], { input: 'x' });
    expect(code).toBe(72);
    expect(error).toContain('does not say in which namespace the operator runs');
    expect(world.model.all(userSecrets)).toEqual([]);
  });

  test('another one is believed where it is given', async () => {
    mayReadBinding = false;
    const typed = ['secret', 'add', 'db', '-', '--operator-namespace', 'platform'];
    expect((await world.type(typed, { input: 'x' })).code).toBe(0);
    expect(Buffer.from(await opens(keys.operator)).toString()).toBe('x');
  });
});
