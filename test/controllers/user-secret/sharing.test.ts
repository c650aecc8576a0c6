import { beforeEach, describe, expect, test } from 'vitest';
import type { SecretGrantSpec } from '../../../src/api/index.ts';
import { Sharing } from '../../../src/controllers/user-secret/sharing.ts';
import type { SecretGrantView } from '../../../src/controllers/views.ts';
import { Store } from '../../../src/kernel/index.ts';
import { grantView } from '../../support/builders.ts';

describe('with whom a secret is shared', () => {
  let grants: Store<SecretGrantView>;
  let sharing: Sharing;
  let changes: string[];
  let version: number;

  beforeEach(() => {
    grants = new Store();
    sharing = new Sharing(grants);
    changes = [];
    version = 10;
    sharing.onChange((namespace, secret) => changes.push(`${namespace}/${secret ?? '*'}`));
  });

  function put(
    name: string,
    user: string,
    more: Partial<SecretGrantSpec> = {},
    phase: 'Active' | 'Expired' = 'Active',
  ) {
    version += 1;
    const metadata = { name, uid: `uid-${name}`, resourceVersion: String(version) };
    const view = grantView({ subject: { kind: 'User', name: user }, ...more }, { metadata, status: { phase } });
    grants.set(view);
    return view;
  }
  function putAll(name: string, user: string): void {
    const { secret: _secret, ...spec } = put(name, user, {}, 'Expired').spec;
    version += 1;
    const metadata = { name, uid: `uid-${name}`, resourceVersion: String(version) };
    grants.set({ ...grantView({}, { metadata, status: { phase: 'Active' } }), spec });
  }
  const of = (secret = 'db-password') => sharing.of('alice', secret);

  test('names each subject of an active grant once, sorted, and only the first five', () => {
    ['g', 'f', 'e', 'd', 'c', 'b', 'b'].forEach((user, index) => put(`g${String(index)}`, user));
    expect(of()).toEqual({ count: 6, subjects: ['b', 'c', 'd', 'e', 'f'] });
  });

  test('leaves out a grant that is not active, and one that goes', () => {
    put('a', 'bob', {}, 'Expired');
    expect(of()).toEqual({ count: 0 });
    put('a', 'bob');
    put('b', 'bob');
    expect(of()).toEqual({ count: 1, subjects: ['bob'] });
    grants.delete('alice/a');
    expect(of().count).toBe(1);
    grants.delete('alice/b');
    expect(of()).toEqual({ count: 0 });
  });

  test('counts grants over all secrets for each, and nobody twice', () => {
    putAll('all', 'bob');
    put('one', 'bob');
    put('two', 'carol');
    expect(of()).toEqual({ count: 2, subjects: ['bob', 'carol'] });
    expect(of('other')).toEqual({ count: 1, subjects: ['bob'] });
  });

  test('reports a change of subjects, and no other change of a grant', () => {
    put('a', 'bob');
    put('a', 'bob', { expiresAt: '2027-01-01T00:00:00Z' });
    expect(changes).toEqual(['alice/db-password']);
    put('a', 'bob', {}, 'Expired');
    expect(changes).toEqual(['alice/db-password', 'alice/db-password']);
  });
});
