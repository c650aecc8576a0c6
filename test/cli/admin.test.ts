/** People and their homes, as administrators make them. */
import { expect, test } from '@jest/globals';
import { namespaces, secretGrants } from '../../src/cli/connect/kinds.ts';
import { createWorld } from './typed.ts';

const world = createWorld();
const annotationsOf = (name: string): unknown => world.model.get(namespaces, { name })?.metadata.annotations;

test('a home is of groups as directories name them', async () => {
  const group = 'CN=ml,OU=Teams,DC=corp';
  const add = ['admin', 'add-user', 'bob', '--group', group, '--group', 'web'];
  expect(await world.type(add)).toMatchObject({ code: 0, error: '' });
  expect(annotationsOf('bob')).toEqual({ 'neu.ro/user': 'bob', 'neu.ro/groups': JSON.stringify([group, 'web']) });
  const listed = JSON.parse((await world.type(['admin', 'ls-users', '-o', 'json'])).out) as { items: object[] };
  expect(listed.items).toMatchObject([{ user: 'bob', groups: [group, 'web'] }]);
  // Again, without a group: they stay as they are.
  expect((await world.type(['admin', 'add-user', 'bob'])).code).toBe(0);
  expect(annotationsOf('bob')).toMatchObject({ 'neu.ro/groups': JSON.stringify([group, 'web']) });
});

test('plain names stay in the plain form', async () => {
  await world.type(['admin', 'add-user', 'carol', '--group', 'web', '--group', 'ml', '--group', 'web']);
  expect(annotationsOf('carol')).toMatchObject({ 'neu.ro/groups': 'ml,web' });
});

test.each(['system:masters', '', ' '])('the group %j is refused', async (group) => {
  expect((await world.type(['admin', 'add-user', 'dave', '--group', group])).code).toBe(65);
  expect(annotationsOf('dave')).toBeUndefined();
});

test('what remains of a removed user is a command that can be pasted, whatever the name holds', async () => {
  const user = 'oidc:Eve Smith';
  const home = { name: 'eve', annotations: { 'neu.ro/user': user } };
  world.model.put(namespaces, { metadata: home });
  world.model.put(secretGrants, {
    metadata: { name: 'to-eve', namespace: 'alice' },
    spec: { subject: { kind: 'User', name: user } },
  });
  const { code, error } = await world.type(['admin', 'remove-user', user, '--force']);
  expect(code).toBe(0);
  expect(error).toContain("`neuro -n alice acl revoke secret: 'oidc:Eve Smith'`");
});
