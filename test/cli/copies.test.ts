/** Copies on the command line: made, listed, replaced; and what each level of access is said to give. */
import { beforeEach, expect, test } from 'vitest';
import { objectNameForKey, type UserSecret } from '../../src/api/index.ts';
import { accessLevels, accessSentences } from '../../src/client/index.ts';
import { configMaps, secretGrants, userSecrets } from '../../src/cli/connect/kinds.ts';
import { publishSealingKey, takeUp } from './operate.ts';
import { createWorld, type World } from './typed.ts';

let world: World;

const secret = (name = 'db'): UserSecret =>
  world.model.get(userSecrets, { namespace: 'alice', name }) as unknown as UserSecret;

beforeEach(async () => {
  world = createWorld({ operate: takeUp });
  await publishSealingKey(world.model);
});

test('add --from keeps a copy, with labels and annotations for other tools', async () => {
  const words = ['secret', 'add', 'db', '--from', 'secret:/platform/db-password', '--description', 'of the shop'];
  const tools = ['--label', 'team=web', '--annotation', 'reloader.stakater.com/match=true', '--annotation', 'empty='];
  const { code, out, error } = await world.type([...words, ...tools]);
  expect({ code, out }).toEqual({
    code: 0,
    out: "Secret 'db' added: a copy of secret:/platform/db-password.\n",
  });
  expect(error).toContain('can read the copy');
  expect(secret().spec).toEqual({
    sharedFrom: { namespace: 'platform', name: 'db-password' },
    description: 'of the shop',
    secretMetadata: { labels: { team: 'web' }, annotations: { 'reloader.stakater.com/match': 'true', empty: '' } },
  });
});

test('add --from takes the name of the object from the list of what is shared', async () => {
  const entry = { uri: 'secret:/platform/DB', namespace: 'platform', name: 'the-object', key: 'DB', access: 'copy' };
  world.model.put(configMaps, {
    metadata: { namespace: 'alice', name: 'neuro-shared-with-me' },
    data: { one: JSON.stringify(entry) },
  });
  expect((await world.type(['secret', 'add', 'DB', '--from', 'secret:/platform/DB'])).code).toBe(0);
  expect(secret(objectNameForKey('DB')).spec).toEqual({
    key: 'DB',
    sharedFrom: { namespace: 'platform', name: 'the-object' },
  });
});

test('a value takes the place of a copy, and a copy that of a value, with a warning', async () => {
  await world.type(['secret', 'add', 'db', '--from', 'secret:/platform/db']);
  const { error } = await world.type(['secret', 'add', 'db', '-'], { input: 'x' });
  expect(error).toContain('was a copy of secret:/platform/db');
  expect(Object.keys(secret().spec)).toEqual(['sealed']);
  await world.type(['secret', 'add', 'db', '--from', 'secret:/platform/db']);
  expect(Object.keys(secret().spec)).toEqual(['sharedFrom']);
});

test('a copy that waits for its grant is no failure', async () => {
  world = createWorld({
    operate: (model) => {
      const condition = {
        type: 'Ready',
        status: 'False',
        reason: 'CopyUnavailable',
        message: 'there is none',
      } as const;
      for (const one of model.all(userSecrets) as unknown as readonly UserSecret[]) {
        const { generation = 0 } = one.metadata;
        if (one.status !== undefined) continue;
        const conditions = [{ ...condition, lastTransitionTime: '', observedGeneration: generation }];
        model.put(userSecrets, { ...one, status: { conditions } });
      }
    },
  });
  const { code, error } = await world.type(['secret', 'add', 'db', '--from', 'secret:/platform/db']);
  expect(code).toBe(0);
  expect(error).toContain('It waits (CopyUnavailable): there is none');
});

test.each([
  ['a value beside it', ['db', 'x', '--from', 'secret:/platform/db'], 2],
  ['a secret of the same namespace', ['db', '--from', 'secret:other'], 127],
  ['all secrets of a namespace', ['db', '--from', 'secret:/platform'], 127],
  ['a label without a value', ['db', '--from', 'secret:/platform/db', '--label', 'team'], 2],
])('add --from refuses %s', async (_what, words, code) => {
  expect((await world.type(['secret', 'add', ...words])).code).toBe(code);
  expect(world.model.all(userSecrets)).toEqual([]);
});

test('ls says what a secret is a copy of, and reseal leaves a copy as it is', async () => {
  await world.type(['secret', 'add', 'db', '--from', 'secret:/platform/db-password']);
  expect((await world.type(['secret', 'ls'])).out).toMatch(/^db\s.*copy of secret:\/platform\/db-password/m);
  const { out } = await world.type(['secret', 'ls', '-o', 'json']);
  expect(JSON.parse(out)).toMatchObject({
    items: [{ key: 'db', copyOf: 'secret:/platform/db-password' }],
  });
  const resealed = await world.type(['secret', 'reseal', 'db']);
  expect(resealed.code).not.toBe(0);
  expect(resealed.error).toContain('is a copy');
  const { out: manifest } = await world.type(['secret', 'manifest', 'db', '-o', 'json']);
  expect(JSON.parse(manifest)).toMatchObject({ items: [{ spec: { sharedFrom: { name: 'db-password' } } }] });
});

test('usage counts the copies of a secret, and names the namespaces that the status names', async () => {
  const status = { copies: { count: 7, namespaces: ['shop', 'web'] } };
  world.model.put(userSecrets, { metadata: { namespace: 'alice', name: 'db' }, spec: {}, status });
  expect((await world.type(['secret', 'usage', 'db'])).out).toMatch(/^copies\s+shop, web\s+7 in all$/m);
});

test.each(accessLevels)('share gives %s, and its help says what that allows', async (level) => {
  world.model.put(userSecrets, { metadata: { namespace: 'alice', name: 'db' }, spec: {} });
  expect((await world.type(['share', 'secret:db', 'namespace:web', level])).code).toBe(0);
  expect(world.model.all(secretGrants)).toMatchObject([{ spec: { access: level } }]);
  expect((await world.type(['help', 'share'])).out).toContain(accessSentences[level]);
});

test('revoke says what becomes of copies, where they were allowed', async () => {
  await world.type(['secret', 'add', 'db', '-'], { input: 'x' });
  for (const level of ['copy', 'read']) {
    await world.type(['share', 'secret:db', 'namespace:web', level]);
    const { code, error } = await world.type(['acl', 'revoke', 'secret:db', 'namespace:web']);
    expect(code).toBe(0);
    expect(/Copies .* are deleted, unless the secret says onRevoke: Continue/.test(error)).toBe(level === 'copy');
  }
});
