/** Rights to single objects, as the rules of a namespace list them. */
import { expect, test } from 'vitest';
import { mayBeAllowedByName, type ResourceRule } from '../../../../src/console/web/cluster/named-rights.ts';

const rule: ResourceRule = {
  verbs: ['patch'],
  apiGroups: ['neu.ro'],
  resources: ['usersecrets'],
  resourceNames: ['db'],
};
const asked = { verb: 'patch', resource: 'usersecrets', name: 'db' };

test.each<[string, boolean, Partial<ResourceRule>]>([
  ['names it', true, {}],
  ['has all verbs', true, { verbs: ['*'] }],
  ['has all groups and resources', true, { apiGroups: ['*'], resources: ['*'] }],
  ['names another object', false, { resourceNames: ['api'] }],
  // The question about all objects has said no already.
  ['names none', false, { resourceNames: [] }],
  ['has another verb', false, { verbs: ['get'] }],
  ['is of another group', false, { apiGroups: [''] }],
  ['is about another resource', false, { resources: ['secretgrants'] }],
  ['is about no resource', false, { resources: [], apiGroups: [] }],
])('a rule that %s: %s', (_case, expected, change) => {
  const resourceRules = [
    { ...rule, verbs: ['get'] },
    { ...rule, ...change },
  ];
  expect(mayBeAllowedByName({ resourceRules }, asked)).toBe(expected);
});

test('without rules, nothing is allowed; where they are not known, or not all, the API server decides', () => {
  expect(mayBeAllowedByName({}, asked)).toBe(false);
  expect(mayBeAllowedByName(undefined, asked)).toBe(true);
  expect(mayBeAllowedByName({ resourceRules: [], incomplete: true }, asked)).toBe(true);
});
