/** `neuro share` keeps what nobody changes, and says on whose right a grant stands. */
import { expect, test } from 'vitest';
import type { SecretGrant } from '../../src/api/index.ts';
import { grantName } from '../../src/client/index.ts';
import { namespaces, secretGrants, serviceAccounts, userSecrets } from '../../src/cli/connect/kinds.ts';
import { KernelError } from '../../src/kernel/index.ts';
import { createWorld, type World, type WorldOptions } from './typed.ts';

const isOwner: WorldOptions = { allow: () => true };
const mayOnlyShare: WorldOptions = { allow: ({ resource }) => resource !== 'rolebindings' };
const bob = { kind: 'User', name: 'bob' } as const;

function worldWithSecret(options: WorldOptions): World {
  const world = createWorld(options);
  world.model.put(userSecrets, { metadata: { namespace: 'alice', name: 'db' }, spec: {} });
  return world;
}

function withGrant(world: World, part: Partial<SecretGrant['spec']>): void {
  world.model.put(secretGrants, {
    metadata: { namespace: 'alice', name: grantName({ secret: 'db' }, bob), generation: 1 },
    spec: { secret: 'db', subject: bob, ...part },
    status: { observedGeneration: 1, phase: 'Active', namespaces: ['bob'] },
  });
}

const grantOf = (world: World): SecretGrant => world.model.all(secretGrants)[0] as unknown as SecretGrant;
const end = '2027-01-31T18:00:00Z';

test('a new level keeps the expiry and the description, and says so', async () => {
  const world = worldWithSecret(isOwner);
  withGrant(world, { expiresAt: end, description: 'nightly report' });
  const { code, out } = await world.type(['share', 'secret:db', 'bob', 'write']);
  expect(code).toBe(0);
  expect(grantOf(world).spec).toMatchObject({ access: 'write', expiresAt: end, description: 'nightly report' });
  expect(out).toContain(`bob was granted write on secret:db until ${end} (was read).`);
  expect(out).toContain('The end is kept');
  expect(out).toContain('The description is kept: nightly report');
});

test.each<[string, readonly string[], object]>([
  ['another end', ['--expires', '2027-02-01'], { expiresAt: '2027-02-01T23:59:59Z', description: 'nightly report' }],
  ['no end', ['--expires', 'never'], { expiresAt: undefined, description: 'nightly report' }],
  ['another description', ['--description', 'x'], { expiresAt: end, description: 'x' }],
  ['no description', ['--description', ''], { expiresAt: end, description: undefined }],
])('%s is taken when it is given', async (_case, flags, expected) => {
  const world = worldWithSecret(isOwner);
  withGrant(world, { expiresAt: end, description: 'nightly report' });
  expect(await world.type(['share', 'secret:db', 'bob', 'read', ...flags])).toMatchObject({ code: 0 });
  const { expiresAt, description } = grantOf(world).spec;
  expect({ expiresAt, description }).toEqual(expected);
});

test('an end that has passed is not kept', async () => {
  const world = worldWithSecret(isOwner);
  withGrant(world, { expiresAt: '2026-11-25T09:00:00Z' });
  const { error } = await world.type(['share', 'secret:db', 'bob']);
  expect(grantOf(world).spec.expiresAt).toBeUndefined();
  expect(error).toContain('has passed and is not kept');
});

test.each<[string, WorldOptions, object | undefined]>([
  ['of the owner names nobody', isOwner, undefined],
  ['of someone who may only share names them', mayOnlyShare, { kind: 'User', name: 'alice' }],
])('a grant %s', async (_case, options, grantedBy) => {
  const world = worldWithSecret(options);
  await world.type(['share', 'secret:db', 'bob']);
  expect(grantOf(world).spec.grantedBy).toEqual(grantedBy);
});

test('the list names the user whose right a grant depends on', async () => {
  const world = worldWithSecret(isOwner);
  withGrant(world, { grantedBy: { kind: 'User', name: 'carol' } });
  const { out } = await world.type(['acl', 'list', '--shared']);
  expect(out).toMatch(/secret:\/\/dev\/alice\/db\s+read\s+bob\s+by carol/);
  const plain = worldWithSecret(isOwner);
  withGrant(plain, {});
  expect((await plain.type(['acl', 'list', '--shared'])).out).not.toContain('by ');
});

test.each([
  ['sa:ci/build', true],
  ['Group:ml', true],
  ['x:', true],
  ['bob', false],
  ['oidc:bob', false],
  ['https://issuer.example#bob', false],
  ['group:ml', false],
])('a share with %j warns that the name may be mistyped: %j', async (subject, isDoubted) => {
  const world = worldWithSecret(isOwner);
  const sentence = 'is taken as the name of a user';
  const grant = await world.type(['share', 'secret:db', subject]);
  expect(grant.error.split(sentence).length - 1).toBe(isDoubted ? 1 : 0);
  const run = await world.type(['run', '--no-wait-start', '--share', subject, 'busybox:1']);
  expect(run.error.split(sentence).length - 1).toBe(isDoubted ? 1 : 0);
});

test.each<[string, string, Readonly<Record<string, string>>, number]>([
  ['the owner that the namespace names', 'bob', { 'neu.ro/user': 'bob' }, 1],
  ['the user, in a namespace that names nobody', 'alice', {}, 1],
  ['the user, in the namespace of another', 'alice', { 'neu.ro/user': 'bob' }, 0],
  ['somebody else', 'carol', { 'neu.ro/user': 'bob' }, 0],
  ['the namespace itself', 'namespace:alice', {}, 1],
  ['a service account of it', 'serviceaccount:alice/build', {}, 1],
  ['a group', 'group:alice', {}, 0],
])('a share with %s warns that nothing changes: %j %j %i', async (_who, subject, annotations, warnings) => {
  const world = worldWithSecret(isOwner);
  world.model.put(namespaces, { metadata: { name: 'alice', annotations } });
  const { error } = await world.type(['share', 'secret:db', subject]);
  expect(error.split('needs no grant').length - 1).toBe(warnings);
  expect(grantOf(world).spec.access).toBe('read');
});

test.each<[string, string]>([
  ['namespace:nowhere', "The namespace 'nowhere' does not exist"],
  ['serviceaccount:nowhere/build', "The namespace 'nowhere' does not exist"],
  ['serviceaccount:ci/bild', "The namespace 'ci' has no service account 'bild'"],
])('a share with %s warns that there is none', async (subject, sentence) => {
  const world = worldWithSecret(isOwner);
  world.model.put(namespaces, { metadata: { name: 'ci' } });
  world.model.put(serviceAccounts, { metadata: { namespace: 'ci', name: 'build' } });
  for (const words of [
    ['share', 'secret:db'],
    ['run', '--no-wait-start', '--share'],
  ]) {
    const tail = words[0] === 'run' ? ['busybox:1'] : [];
    expect((await world.type([...words, subject, ...tail])).error).toContain(sentence);
    for (const right of ['namespace:ci', 'serviceaccount:ci/build'])
      expect((await world.type([...words, right, ...tail])).error).not.toMatch(/does not exist|has no service/);
  }
});

test('who may not look at a namespace is told nothing about it', async () => {
  const world = worldWithSecret({
    ...isOwner,
    refuse: ({ path }) => (/namespaces\/nowhere$/.test(path) ? new KernelError('Forbidden', 'no') : undefined),
  });
  const { error } = await world.type(['share', 'secret:db', 'namespace:nowhere']);
  expect(error).toContain("You don't have permission to see whether the namespace 'nowhere' exists");
  expect(error).not.toContain('WARNING');
});
