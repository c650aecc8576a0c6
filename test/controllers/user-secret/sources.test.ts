/** Where the value of a UserSecret comes from, in front of an API server without a network. */
import { describe, expect, it, test } from 'vitest';
import { ANNOTATION_LAST_APPLIED } from '../../../src/api/index.ts';
import { mostWatchesInNamespace } from '../../../src/controllers/named-config-maps.ts';
import { configMapType, secretType } from '../../../src/controllers/resources.ts';
import { freshWorlds } from '../../support/fresh-worlds.ts';
import { base64, namespace, UserSecretWorld } from './user-secret-world.ts';

let world: UserSecretWorld;

freshWorlds(
  () => new UserSecretWorld(),
  (made) => (world = made),
);

const hourMs = 3_600_000;

describe('the source', () => {
  it('value is kept as it is, with the condition Plaintext', async () => {
    await world.apply('db', { value: 'pä$\n' });
    expect(world.data('db')).toEqual({ db: 'pä$\n' });
    expect(world.status('db').conditions?.map(({ type, status }) => `${type}=${status}`)).toEqual([
      'Plaintext=True',
      'Ready=True',
    ]);
    expect(world.status('db')).toMatchObject({
      observedGeneration: 1,
      key: 'db',
      secretName: 'db',
      usedBy: 0,
      sharedWith: { count: 0 },
    });
    expect(world.eventsOf('db')).toEqual(['Warning PlaintextSource']);
    expect(world.writes).toEqual(['POST secrets', 'PATCH usersecrets/db/status']);
  });

  it.each([
    ['sealed', () => world.sealed('db', 'new')],
    ['generate', () => Promise.resolve({ generate: { type: 'Hex' } } as const)],
  ])(
    '%s has the condition Plaintext as long as the copy of kubectl holds a former plain value',
    async (_kind, spec) => {
      await world.newSealingKey();
      await world.apply('db', await spec());
      const copy = JSON.stringify({ kind: 'UserSecret', spec: { value: 'CANARY' } });
      await world.annotate('db', { [ANNOTATION_LAST_APPLIED]: copy });
      const condition = world.status('db').conditions?.find(({ type }) => type === 'Plaintext');
      expect(condition).toMatchObject({ status: 'True', reason: 'PlaintextCopy' });
      expect(condition?.message).toContain(
        `kubectl annotate usersecret db -n ${namespace} kubectl.kubernetes.io/last-applied-configuration-`,
      );
      expect(JSON.stringify([world.status('db'), world.events])).not.toContain('CANARY');
      expect(world.eventsOf('db').at(-1)).toBe('Warning PlaintextCopy');
      await world.annotate('db', { [ANNOTATION_LAST_APPLIED]: JSON.stringify({ spec: { sealed: { value: 'v1' } } }) });
      expect(world.status('db').conditions?.map(({ type }) => type)).toEqual(['Ready']);
    },
  );

  it('valueBase64 is kept byte for byte', async () => {
    const bytes = Buffer.from(Array.from({ length: 1024 }, (_, index) => index % 256));
    await world.apply('db', { valueBase64: base64(bytes) });
    expect(world.native('db')?.data).toEqual({ db: base64(bytes) });
  });

  test.each(['Password', 'Hex', 'Base64', 'UUID', 'Ed25519'] as const)('generate makes a %s', async (type) => {
    await world.apply('db', { generate: { type } });
    expect(Object.keys(world.data('db') ?? {})).toEqual(type === 'Ed25519' ? ['db', 'db.pub'] : ['db']);
    expect(world.reason('db')).toBe('True Synced');
  });

  it('sealed is opened, and the status names the key', async () => {
    const { keyId } = await world.newSealingKey();
    await world.apply('db', await world.sealed('db', 'sëcret'));
    expect(world.value('db')).toBe('sëcret');
    expect(world.status('db')).toMatchObject({ sealedWith: keyId });
    expect(world.status('db').conditions?.map(({ type }) => type)).toEqual(['Ready']);
  });

  it('is put under the key, secretName and type that are asked for', async () => {
    await world.apply('db', { key: 'ssh-privatekey', secretName: 'x', type: 'kubernetes.io/ssh-auth', value: 'k' });
    expect(world.native('db')).toBeUndefined();
    expect(world.native('x')).toMatchObject({
      type: 'kubernetes.io/ssh-auth',
      data: { 'ssh-privatekey': base64('k') },
    });
  });

  it('is what the value follows when it changes, also to another source', async () => {
    await world.apply('db', { value: 'one' });
    const { version } = world.status('db');
    await world.apply('db', { value: 'two' });
    expect(world.value('db')).toBe('two');
    expect(world.status('db').version).not.toBe(version);
    await world.apply('db', { generate: { type: 'UUID' } });
    expect(world.value('db')).toMatch(/^[0-9a-f-]{36}$/);
    await world.apply('db', { value: 'three' });
    expect(world.data('db')).toEqual({ db: 'three' });
  });

  it('that is empty is refused with a sentence, and nothing is made', async () => {
    await world.apply('db', { value: '' });
    expect(world.reason('db')).toBe('False ValueInvalid');
    expect(world.condition('db', 'Stalled')?.status).toBe('True');
    expect(world.native('db')).toBeUndefined();
    expect(world.eventsOf('db')).toEqual(['Warning PlaintextSource', 'Warning ValueInvalid']);
  });
});

describe('keys that are names of something in every object', () => {
  const keys = ['__proto__', 'constructor', 'toString', 'hasOwnProperty'];

  test.each(keys)('%s is a key like another', async (key) => {
    await world.apply('db', { key, value: 'one' });
    expect(Object.entries(world.data('db') ?? {})).toEqual([[key, 'one']]);
    await world.apply('db', { key, value: 'two' });
    expect(Object.entries(world.data('db') ?? {})).toEqual([[key, 'two']]);
    expect(world.reason('db')).toBe('True Synced');
  });

  test.each(keys)('%s of a generated value is rotated', async (key) => {
    await world.apply('db', { key, generate: { type: 'Hex' } });
    const before = new Map(Object.entries(world.data('db') ?? {})).get(key);
    await world.annotate('db', { 'neu.ro/rotate': '1' });
    expect(world.value('db', `${key}.previous`)).toBe(before);
  });

  test.each(keys)('%s of a Secret that lacks it is missing', async (key) => {
    await world.makeSecret('source', { other: 'x' });
    await world.apply('db', { secretKeyRef: { name: 'source', key } });
    expect(world.reason('db')).toBe('False SourceNotFound');
  });
});

describe('a secretKeyRef', () => {
  const spec = { secretKeyRef: { name: 'source', key: 'password' } };

  it('waits for the Secret, then for the key, and follows it', async () => {
    await world.apply('db', spec);
    expect(world.reason('db')).toBe('False SourceNotFound');
    expect(world.condition('db', 'Reconciling')?.status).toBe('True');
    await world.makeSecret('source', { other: 'x' });
    expect(world.reason('db')).toBe('False SourceNotFound');
    expect(world.native('db')).toBeUndefined();
    await world.makeSecret('source', { password: 'one' });
    expect(world.reason('db')).toBe('True Synced');
    expect(world.value('db')).toBe('one');
    await world.makeSecret('source', { password: 'two' });
    expect(world.value('db')).toBe('two');
  });

  it('of a Secret that was there before says when it goes, and keeps the value', async () => {
    await world.makeSecret('source', { password: 'one' });
    await world.apply('db', spec);
    await world.remove(secretType, 'source');
    expect(world.reason('db')).toBe('False SourceNotFound');
    expect(world.value('db')).toBe('one');
  });

  it('to one of our own Secrets is refused', async () => {
    await world.apply('one', { value: 'x' });
    await world.apply('db', { secretKeyRef: { name: 'one', key: 'one' } });
    expect(world.reason('db')).toBe('False SourceNotPermitted');
    expect(world.native('db')).toBeUndefined();
  });

  it('to its own Secret is refused', async () => {
    await world.apply('db', { secretKeyRef: { name: 'db', key: 'db' } });
    expect(world.reason('db')).toBe('False SourceNotPermitted');
  });
});

describe('a sealed value', () => {
  it('says when its key is not the current one any more', async () => {
    await world.newSealingKey();
    await world.apply('db', await world.sealed('db', 'x'));
    await world.newSealingKey();
    expect(world.status('db').conditions?.map(({ type }) => type)).toEqual(['Ready', 'SealingKeyOutdated']);
    expect(world.opened).toBe(1);
    await world.apply('db', await world.sealed('db', 'x'));
    expect(world.status('db').conditions?.map(({ type }) => type)).toEqual(['Ready']);
  });

  it('that no key opens waits for the key, without trying each minute', async () => {
    const lost = await world.newSealingKey();
    const spec = await world.sealed('db', 'rescued');
    await world.loseSealingKey(lost);
    await world.newSealingKey();
    await world.apply('db', spec);
    expect(world.reason('db')).toBe('False UnknownSealingKey');
    expect(world.native('db')).toBeUndefined();
    await world.findSealingKey(lost);
    expect(world.reason('db')).toBe('True Synced');
    expect(world.value('db')).toBe('rescued');
  });

  it('for another object is not opened, and stalls', async () => {
    await world.newSealingKey();
    await world.apply('db', await world.sealed('other', 'x'));
    expect(world.reason('db')).toBe('False CannotOpen');
    expect(world.condition('db', 'Stalled')?.status).toBe('True');
    const { opened } = world;
    await world.later(hourMs);
    expect(world.opened).toBe(opened);
  });

  it('that cannot be opened any more leaves the former value', async () => {
    await world.newSealingKey();
    await world.apply('db', await world.sealed('db', 'one'));
    await world.apply('db', { sealed: { value: 'neuro:v1:nonsense' } });
    expect(world.reason('db')).toBe('False Malformed');
    expect(world.value('db')).toBe('one');
  });
});

describe('a configMapKeyRef', () => {
  const spec = { configMapKeyRef: { name: 'settings', key: 'host' } };
  const make = async (name: string, data: object): Promise<void> => {
    world.model.put(configMapType, { metadata: { namespace: 'alice', name }, ...data });
    await world.rest();
  };
  const watches = (): readonly string[] =>
    world.requests.flatMap(({ path, query }) =>
      path.endsWith('/namespaces/alice/configmaps') && String(query?.['watch']) === 'true'
        ? [String(query?.['fieldSelector'])]
        : [],
    );

  it('waits for the ConfigMap, then for the key, and follows it', async () => {
    await world.apply('db', spec);
    expect(world.reason('db')).toBe('False SourceNotFound');
    await make('settings', { data: { other: 'x' } });
    expect(world.reason('db')).toBe('False SourceNotFound');
    await make('settings', { data: { host: 'one' } });
    expect(world.value('db')).toBe('one');
    await make('settings', { data: { host: 'two' } });
    expect(world.value('db')).toBe('two');
    await world.remove(configMapType, 'settings');
    expect(world.reason('db')).toBe('False SourceNotFound');
    expect(world.value('db')).toBe('two');
  });

  it('takes binary data byte for byte', async () => {
    await make('settings', { binaryData: { host: 'AAH/' } });
    await world.apply('db', spec);
    expect(world.native('db')?.data).toEqual({ db: 'AAH/' });
  });

  test.each(['__proto__', 'constructor'])('of a ConfigMap that lacks %s is missing', async (key) => {
    await make('settings', { data: { host: 'x' } });
    await world.apply('db', { configMapKeyRef: { name: 'settings', key } });
    expect(world.reason('db')).toBe('False SourceNotFound');
  });

  it('is watched by its name, up to the limit of a namespace; others are read every minute', async () => {
    const names = Array.from({ length: mostWatchesInNamespace + 1 }, (_, index) => `m${String(index)}`);
    for (const name of names) {
      await make(name, { data: { host: 'one' } });
      await world.apply(name, { configMapKeyRef: { name, key: 'host' } });
    }
    const [first = '', ...others] = names;
    const last = others.at(-1) ?? '';
    expect(new Set(watches())).toEqual(new Set(names.slice(0, -1).map((name) => `metadata.name=${name}`)));
    for (const name of names) await make(name, { data: { host: 'two' } });
    expect(names.map((name) => world.value(name))).toEqual([...names.slice(0, -1).map(() => 'two'), 'one']);
    // One that is not wanted any more makes room.
    await world.apply(first, { value: 'x' });
    await world.later(61_000);
    expect(world.value(last)).toBe('two');
    expect(watches()).toContain(`metadata.name=${last}`);
  });
});

test('templates in a circle of three say so, whichever comes last', async () => {
  const of = (secret: string): { readonly template: object } => ({
    template: { text: '$(a)', parts: [{ name: 'a', secret }] },
  });
  await world.apply('one', of('two') as never);
  await world.apply('two', of('three') as never);
  expect(world.reason('one')).toBe('False SourceNotFound');
  await world.apply('three', of('one') as never);
  expect(['one', 'two', 'three'].map((name) => world.reason(name))).toEqual(
    Array.from({ length: 3 }, () => 'False SourceNotPermitted'),
  );
});
