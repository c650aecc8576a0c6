import { describe, expect, test } from 'vitest';
import { formatSubject, parseSubject, rbacSubjectOf, type SecretGrantSubject } from '../../src/api/index.ts';

const cases: readonly (readonly [string, SecretGrantSubject])[] = [
  ['bob', { kind: 'User', name: 'bob' }],
  ['bob@example.com', { kind: 'User', name: 'bob@example.com' }],
  ['oidc:bob', { kind: 'User', name: 'oidc:bob' }],
  ['user:group:x', { kind: 'User', name: 'group:x' }],
  ['group:ml', { kind: 'Group', name: 'ml' }],
  ['group:oidc:ml', { kind: 'Group', name: 'oidc:ml' }],
  ['serviceaccount:ci/build', { kind: 'ServiceAccount', name: 'build', namespace: 'ci' }],
  ['namespace:ci', { kind: 'Namespace', name: 'ci' }],
];

describe('a subject', () => {
  test.each(cases)('%j is read and written back', (text, subject) => {
    expect(parseSubject(text)).toEqual(subject);
    expect(formatSubject(subject)).toBe(text);
  });

  test('may be typed as the user that a service account is', () => {
    expect(parseSubject('system:serviceaccount:ci:build')).toEqual({
      kind: 'ServiceAccount',
      name: 'build',
      namespace: 'ci',
    });
  });

  test.each(['', 'user:', 'group:', 'group: ml', ' bob', 'bo\nb', 'x'.repeat(513)])('%j is no name', (text) => {
    expect(() => parseSubject(text)).toThrow(expect.objectContaining({ code: 'InvalidSubject' }));
  });

  test.each([
    'serviceaccount:build',
    'serviceaccount:/build',
    'serviceaccount:ci/',
    'serviceaccount:CI/b',
    'namespace:',
    'namespace:a.b',
  ])('%j names nothing that can exist', (text) => {
    expect(() => parseSubject(text)).toThrow(expect.objectContaining({ code: 'InvalidSubject' }));
  });

  test.each([
    ['bob', { apiGroup: 'rbac.authorization.k8s.io', kind: 'User', name: 'bob' }],
    ['group:ml', { apiGroup: 'rbac.authorization.k8s.io', kind: 'Group', name: 'ml' }],
    ['serviceaccount:ci/build', { kind: 'ServiceAccount', name: 'build', namespace: 'ci' }],
    ['namespace:ci', { apiGroup: 'rbac.authorization.k8s.io', kind: 'Group', name: 'system:serviceaccounts:ci' }],
  ])('%j is bound in RBAC', (text, expected) => {
    expect(rbacSubjectOf(parseSubject(text))).toEqual(expected);
  });
});
