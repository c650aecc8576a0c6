import { describe, expect, it, test } from 'vitest';
import type { SecretGrantSpec } from '../../src/api/index.ts';
import { bindingIndexes } from '../../src/controllers/binding-index.ts';
import { granterIndexes } from '../../src/controllers/granters.ts';
import { grantsBehind } from '../../src/controllers/grants-behind.ts';
import type { RoleBindingView } from '../../src/controllers/rbac-views.ts';
import { identityOfSubject } from '../../src/controllers/subjects.ts';
import type { NamespaceView, SecretGrantView } from '../../src/controllers/views.ts';
import type { Watched } from '../../src/controllers/watched.ts';
import { Store } from '../../src/kernel/index.ts';
import { grantView, nowMs } from '../support/builders.ts';

const past = new Date(nowMs - 1_000).toISOString();
const bob = { kind: 'Namespace', name: 'bob' } as const;
const user = (name: string) => ({ kind: 'User', name }) as const;

class World {
  readonly #grants = new Store<SecretGrantView>(granterIndexes);
  readonly #bindings = new Store<RoleBindingView>(bindingIndexes);
  #count = 0;
  /** Times that the grants of somebody were looked for. */
  searches = 0;

  grant(spec: Partial<SecretGrantSpec>, uid = `u${String((this.#count += 1))}`, name = uid): void {
    const { secret: _secret, ...base } = grantView().spec;
    const view = grantView({}, { metadata: { name, uid }, status: { phase: 'Active' } });
    this.#grants.set({ ...view, spec: { ...base, ...spec } });
  }

  /** To bob's namespace, and bound. */
  bound(spec: Partial<SecretGrantSpec>): void {
    const uid = `u${String((this.#count += 1))}`;
    this.grant({ subject: bob, access: 'read', ...spec }, uid);
    this.bind(uid);
  }

  bind(uid: string, grant = uid): void {
    this.#bindings.set({
      metadata: { ...grantView().metadata, name: `binding-${uid}`, uid: `binding-${uid}` },
      ownerUid: uid,
      isControlled: true,
      isHeld: false,
      hasTooManySubjects: false,
      grantKey: `alice/${grant}`,
      roleRef: { apiGroup: '', kind: 'Role', name: '' },
      subjects: [{ kind: 'Group', name: 'system:serviceaccounts:bob' }],
    });
  }

  behind(secret = 'a', access?: 'copy') {
    const grants = this.#grants;
    const counted = {
      get: (key: string) => grants.get(key),
      keysByIndex: (name: string, value: string) => grants.keysByIndex(name, value),
      firstByIndex: (name: string, value: string, most: number) => {
        this.searches += 1;
        return grants.firstByIndex(name, value, most);
      },
    };
    const watched = {
      secretGrants: { store: counted },
      roleBindings: { store: this.#bindings },
      namespaces: { store: new Store<NamespaceView>() },
    } as unknown as Watched;
    return grantsBehind(watched, identityOfSubject(bob), 'alice', { nowMs })(secret, access);
  }
}

describe('a grant in force', () => {
  it('counts, though another one that gave the same has expired', () => {
    const world = new World();
    world.bound({ secret: 'a', expiresAt: past });
    world.bound({ secret: 'a' });
    expect(world.behind()).toMatchObject({ inForce: { spec: { secret: 'a' } }, isStale: true });
    expect(world.behind('b')).toEqual({ isStale: false });
  });

  it('of another access gives no copy', () => {
    const world = new World();
    world.bound({ access: 'read' });
    expect(world.behind('a', 'copy')).toEqual({ isStale: false });
    world.bound({ access: 'copy' });
    expect(world.behind('a', 'copy').inForce?.spec.access).toBe('copy');
  });
});

test.each([['copy'], [undefined]] as const)(
  'a binding of a former grant of the name may be why, though the present one is about another secret (access: %s)',
  (access) => {
    const world = new World();
    world.grant({ secret: 'b', subject: bob, access: 'copy' }, 'present', 'to-bob');
    world.bind('former', 'to-bob');
    expect(world.behind('a', access)).toEqual({ isStale: true });
  },
);

describe('grants by managers', () => {
  it('that lost their right are over, and one in force is found among them', () => {
    const world = new World();
    world.grant({ subject: user('dave'), access: 'manage', expiresAt: past });
    world.bound({ grantedBy: user('dave') });
    expect(world.behind()).toEqual({ isStale: true });
    world.grant({ subject: user('erin'), access: 'manage' });
    world.bound({ grantedBy: user('erin') });
    expect(world.behind().inForce?.spec.grantedBy).toEqual(user('erin'));
  });

  it('who all lost their right cost no search for each', () => {
    const world = new World();
    for (let index = 0; index < 1_000; index += 1) {
      const manager = user(`m${String(index)}`);
      world.grant({ subject: manager, access: 'manage', expiresAt: past });
      world.bound({ grantedBy: manager });
    }
    expect(world.behind()).toEqual({ isStale: true });
    expect(world.searches).toBeLessThan(50);
    world.bound({});
    world.searches = 0;
    expect(world.behind().inForce?.spec.subject).toEqual(bob);
    expect(world.searches).toBe(0);
  });
});
