import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { KernelError } from '../../../src/kernel/index.ts';
import { namespaceType, roleBindingType, roleType, userSecretType } from '../../../src/controllers/resources.ts';
import { until } from '../../support/until.ts';
import { GrantWorld } from './grant-world.ts';

let world: GrantWorld;

beforeEach(() => {
  world = new GrantWorld();
});
afterEach(() => world.stop());

const manage = { access: 'manage' } as const;
const byBob = { subject: { kind: 'User', name: 'carol' }, grantedBy: { kind: 'User', name: 'bob' } } as const;

describe('a grant', () => {
  test('binds its subject and its home, and says so', async () => {
    world.addSecret();
    world.addGrant();
    await world.start();
    expect(world.phase()).toBe('Active Active');
    expect(world.bound).toEqual(['bob', 'system:serviceaccounts:bob']);
    expect(world.events.map(({ text }) => text.reason)).toEqual(['Active']);
  });

  test('writes nothing when it is settled, also in a new process', async () => {
    world.addSecret();
    world.addGrant();
    await world.start();
    await world.stop();
    await world.start();
    expect(world.allWrites).toEqual([]);
  });

  test('waits for its secret, and starts with it', async () => {
    world.addGrant();
    await world.start();
    expect(world.phase()).toBe('Pending SecretNotFound');
    world.addSecret();
    await world.clock.advance(0);
    expect(world.phase()).toBe('Active Active');
  });

  test('ends at its time, to the millisecond', async () => {
    world.addSecret();
    world.addGrant({ expiresAt: world.in(5_000) });
    await world.start();
    await world.clock.advance(4_999);
    expect(world.bound).toContain('bob');
    await world.clock.advance(1);
    expect(world.bound).toEqual([]);
    expect(world.phase()).toBe('Expired Expired');
  });

  test('ends at its time where the Role of its person is refused', async () => {
    const refused = new KernelError('Forbidden', 'a policy does not allow it');
    world.intercept = ({ method, path, body }) =>
      method === 'POST' && path.endsWith('/roles') && JSON.stringify(body).includes('-person') ? refused : 'pass';
    world.addSecret();
    await world.start();
    world.addGrant({ ...manage, expiresAt: world.in(5_000) });
    await world.clock.advance(4_999);
    expect(world.bound).toContain('bob');
    expect(world.grant().status.conditions?.[0]?.reason).not.toBe('Active');
    await world.clock.advance(1);
    expect(world.bound).toEqual([]);
  });

  test('ends at its time where the Role of its person cannot be created', async () => {
    const broken = new KernelError('Server', 'the webhook does not answer');
    world.intercept = ({ method, path, body }) =>
      method === 'POST' && path.endsWith('/roles') && JSON.stringify(body).includes('-person') ? broken : 'pass';
    world.addSecret();
    await world.start();
    world.addGrant({ ...manage, expiresAt: world.in(30_000) });
    await world.clock.advance(29_999);
    expect(world.bound).toContain('bob');
    expect(world.grant().status.conditions?.[0]?.reason).toBe('ApiError');
    // Retries come at fractions of a millisecond, and so may the look that follows them.
    await world.clock.advance(5);
    expect(world.bound).toEqual([]);
  });

  test('that has ended stays so where the clock of this machine is behind that of the API server', async () => {
    world.addSecret();
    world.addGrant({ expiresAt: world.in(5_000) });
    await world.start();
    await world.clock.advance(5_000);
    await world.stop();
    world.clock.jump(-3_600_000);
    world.behindMs = 3_600_000;
    await world.start();
    expect(world.phase()).toBe('Expired Expired');
    expect(world.bound).toEqual([]);
  });

  test('ends at its time by the clock of the API server, where this machine is behind', async () => {
    world.addSecret();
    world.behindMs = 60_000;
    world.addGrant({ expiresAt: world.in(65_000) });
    await world.start();
    await world.clock.advance(4_999);
    expect(world.bound).toContain('bob');
    await world.clock.advance(1);
    expect(world.bound).toEqual([]);
    expect(world.phase()).toBe('Expired Expired');
  });

  test('whose time the clock jumps over ends at once', async () => {
    world.addSecret();
    world.addGrant({ expiresAt: world.in(1_800_000) });
    await world.start();
    expect(world.bound).toContain('bob');
    world.clock.jump(3_600_000);
    world.touchGrant();
    await world.clock.advance(0);
    expect(world.bound).toEqual([]);
    expect(world.phase()).toBe('Expired Expired');
  });

  test('that is deleted leaves no binding', async () => {
    world.addSecret();
    world.addGrant(manage);
    await world.start();
    world.removeGrant();
    await world.clock.advance(0);
    expect(world.roleBindings).toEqual([]);
  });

  test('that was deleted while no operator ran leaves no binding after the start', async () => {
    world.addSecret();
    world.addGrant();
    await world.start();
    await world.stop();
    world.removeGrant();
    await world.start();
    expect(world.roleBindings).toEqual([]);
  });

  test('one of a thousand over one secret, ends with that secret, as all others do', async () => {
    const names = Array.from({ length: 1_000 }, (_, index) => `user-${String(index)}`);
    world.addSecret();
    for (const name of names) world.addGrant({ subject: { kind: 'User', name } }, name);
    await world.start();
    const beganMs = world.clock.now();
    await until(() => world.bound.length === names.length, 'all are bound');
    world.model.remove(userSecretType, { namespace: 'alice', name: 'db-password' });
    await until(() => world.roleBindings.length === 0, 'none is bound');
    const waits = (): number => names.filter((name) => world.phase(name) === 'Pending SecretNotFound').length;
    await until(() => waits() === names.length, 'each says why');
    // No timer was needed.
    expect(world.clock.now()).toBe(beganMs);
  });

  test('follows the homes of its subject', async () => {
    world.addSecret();
    world.addGrant();
    await world.start();
    world.model.put(namespaceType, { metadata: { name: 'lab', annotations: { 'neu.ro/user': 'bob' } } });
    await world.clock.advance(0);
    expect(world.bound).toContain('system:serviceaccounts:lab');
  });

  test('restores what someone changed, ten times at once at most, and says so', async () => {
    world.addSecret();
    world.addGrant();
    await world.start();
    for (let time = 0; time < 12; time += 1) {
      const [binding] = world.roleBindings;
      if (binding === undefined) throw new Error('there is no binding');
      world.model.put(roleBindingType, { ...binding, subjects: [] });
      await world.clock.advance(0);
    }
    expect(world.phase()).toMatch(/Contested$/);
    await world.clock.advance(61_000);
    expect(world.phase()).toBe('Active Active');
    expect(world.bound).toContain('bob');
  });

  test('does not touch an object of its name that someone else made', async () => {
    world.addSecret();
    world.addGrant();
    const name = `neuro-grant-${world.grant().metadata.uid ?? ''}`;
    world.model.put(roleBindingType, { metadata: { namespace: 'alice', name }, roleRef: { name: 'x' }, subjects: [] });
    await world.start();
    expect(world.phase()).toBe('Pending Conflict');
    expect(world.bound).toEqual([]);
  });
});

describe('a grant by someone who shares by `manage`', () => {
  beforeEach(async () => {
    world.addSecret();
    world.addGrant(manage, 'to-bob');
    world.addGrant(byBob, 'to-carol');
    await world.start();
  });

  test('is in force', () => {
    expect(world.phase('to-carol')).toBe('Active Active');
    expect(world.bound).toContain('carol');
  });

  test('ends when the granter’s grant is deleted', async () => {
    world.removeGrant('to-bob');
    await world.clock.advance(0);
    expect(world.phase('to-carol')).toBe('Pending GranterLostAccess');
    expect(world.bound).toEqual([]);
  });

  test('ends also when it was deleted while no operator ran', async () => {
    await world.stop();
    world.removeGrant('to-bob');
    await world.start();
    expect(world.bound).toEqual([]);
  });

  test('comes back when the granter may share again', async () => {
    world.removeGrant('to-bob');
    await world.clock.advance(0);
    world.addGrant(manage, 'to-bob-again');
    await world.clock.advance(0);
    expect(world.phase('to-carol')).toBe('Active Active');
  });

  test('depends on other RBAC of the cluster too, and ends with it within a minute', async () => {
    world.review = ({ user, resourceAttributes }) => user === 'bob' && resourceAttributes['verb'] === 'share';
    world.removeGrant('to-bob');
    await world.clock.advance(0);
    expect(world.phase('to-carol')).toBe('Active Active');
    world.review = () => false;
    await world.clock.advance(60_000);
    expect(world.phase('to-carol')).toBe('Pending GranterLostAccess');
  });
});

test('a chain of grants ends at the moment when its root does', async () => {
  world.addSecret();
  world.addGrant({ ...manage, expiresAt: world.in(10_000) }, 'to-bob');
  world.addGrant({ ...byBob, ...manage }, 'to-carol');
  world.addGrant({ subject: { kind: 'User', name: 'dave' }, grantedBy: { kind: 'User', name: 'carol' } }, 'to-dave');
  await world.start();
  await world.clock.advance(9_999);
  expect(world.bound).toEqual(expect.arrayContaining(['bob', 'carol', 'dave']));
  await world.clock.advance(1);
  expect(world.bound).toEqual([]);
});

describe('without the admission policies', () => {
  test('no grant becomes active, and one that is stays so', async () => {
    world.addSecret();
    world.addGrant({}, 'former');
    await world.start();
    world.setPolicies(false);
    world.addGrant({ subject: { kind: 'User', name: 'mallory' } }, 'later');
    await world.clock.advance(0);
    expect([world.phase('former'), world.phase('later')]).toEqual(['Active Active', 'Pending PoliciesMissing']);
    world.setPolicies(true);
    await world.clock.advance(0);
    expect(world.phase('later')).toBe('Active Active');
  });
});

describe('while the API server or a webhook fails', () => {
  const failing = new KernelError('Server', 'POST /x: 500 failed calling webhook "w.example.com"');
  const fail = (kind: string) => {
    world.intercept = ({ method, path }) => (method !== 'GET' && path.includes(kind) ? failing : 'pass');
  };

  test.each(['/roles', '/rolebindings'])(
    'for %s: the grant says so within seconds, and heals at once',
    async (kind) => {
      world.addSecret();
      world.addGrant();
      fail(kind);
      await world.start();
      await world.clock.advance(5_000);
      expect(world.phase()).toBe('Pending ApiError');
      expect(world.grant().status.conditions?.[0]?.message).toContain('w.example.com');
      expect(world.events.filter(({ text }) => text.reason === 'ApiError')).toHaveLength(1);
      world.intercept = () => 'pass';
      await world.clock.advance(30_000);
      expect(world.phase()).toBe('Active Active');
    },
  );

  test('access that has ended is removed within a second of when that is possible', async () => {
    world.addSecret();
    world.addGrant({ expiresAt: world.in(1_000) });
    await world.start();
    fail('/rolebindings');
    await world.clock.advance(600_000);
    expect(world.phase()).toBe('Active ApiError');
    world.intercept = () => 'pass';
    await world.clock.advance(1_000);
    expect(world.bound).toEqual([]);
    expect(world.phase()).toBe('Expired Expired');
  });

  test('access ends although no status can be written', async () => {
    world.addSecret();
    world.addGrant({ expiresAt: world.in(1_000) });
    await world.start();
    fail('/status');
    await world.clock.advance(60_000);
    expect(world.bound).toEqual([]);
    world.intercept = () => 'pass';
    await world.clock.advance(30_000);
    expect(world.phase()).toBe('Expired Expired');
  });
});

test('a right that came from a grant is over with it, though the API server’s view of RBAC lags behind', async () => {
  world.addSecret();
  world.addGrant(manage, 'to-bob');
  world.addGrant(byBob, 'to-carol');
  await world.start();
  // RBAC says yes while a binding of bob's is there, and for half a second more.
  let goneMs = Infinity;
  world.review = ({ user }) => {
    const isBound = world.roleBindings.some(({ subjects = [] }) => subjects.some(({ name }) => name === 'bob'));
    if (!isBound) goneMs = Math.min(goneMs, world.clock.now());
    return user === 'bob' && world.clock.now() < goneMs + 500;
  };
  world.removeGrant('to-bob');
  await world.clock.advance(2_000);
  expect(world.phase('to-carol')).toBe('Pending GranterLostAccess');
  expect(world.bound).toEqual([]);
});

test('comes to rest where what the status says was made is hidden, and is removed', async () => {
  world.addSecret();
  world.addGrant({ expiresAt: world.in(3_000) });
  await world.start();
  const [binding] = world.roleBindings;
  if (binding === undefined) throw new Error('there is no binding');
  await world.stop();
  await world.clock.advance(3_000);
  world.model.put(roleBindingType, { ...binding, metadata: { ...binding.metadata, labels: {} } });
  await world.start();
  expect(world.errors).toEqual([]);
  expect(world.bound).toEqual([]);
});

describe('a finalizer on the binding of a grant', () => {
  const hold = (): void => {
    const [binding] = world.roleBindings;
    if (binding === undefined) throw new Error('there is no binding');
    world.model.put(roleBindingType, {
      ...binding,
      metadata: { ...binding.metadata, finalizers: ['mallory.example/hold'] },
    });
  };
  beforeEach(async () => {
    world.addSecret();
    world.addGrant();
    await world.start();
  });

  test('keeps it, and nobody in it, when the grant goes', async () => {
    hold();
    await world.clock.advance(0);
    world.removeGrant();
    await world.clock.advance(1_000);
    expect(world.roleBindings).toHaveLength(1);
    expect(world.bound).toEqual([]);
    expect(world.errors).toEqual([]);
  });

  test('that the operator has not seen yet does not keep the access either', async () => {
    // The finalizer comes with the answer to the delete.
    world.intercept = ({ method, path }) => {
      if (method === 'DELETE' && path.includes('/rolebindings/') && world.bound.length > 0) hold();
      return 'pass';
    };
    world.removeGrant();
    await world.clock.advance(1_000);
    expect(world.bound).toEqual([]);
    expect(world.errors).toEqual([]);
  });
});

describe('a Role and a RoleBinding without an owner reference', () => {
  /** As a restore from a backup brings them back: nothing collects them. */
  const restore = (name: string, label: string, uid = 'uid-former'): void => {
    const metadata = {
      namespace: 'alice',
      name,
      labels: { 'neu.ro/managed-by': 'neuro-operator', 'neu.ro/secret-grant': label },
      annotations: { 'neu.ro/owner-uid': uid },
    };
    const rules = [
      { apiGroups: ['neu.ro'], resources: ['usersecrets'], resourceNames: ['db-password'], verbs: ['use'] },
    ];
    world.model.put(roleType, { metadata, rules });
    const apiGroup = 'rbac.authorization.k8s.io';
    world.model.put(roleBindingType, {
      metadata,
      roleRef: { apiGroup, kind: 'Role', name },
      subjects: [{ apiGroup, kind: 'User', name: 'mallory' }],
    });
  };

  test.each([
    ['whose grant came back too', 'to-bob', true],
    ['whose grant did not come back', 'to-bob', false],
    ['whose grant had a long name', `${'n'.repeat(54)}-0123abcd`, false],
  ])('%s go, before the start and after it', async (_case, label, hasGrant) => {
    world.addSecret();
    if (hasGrant) world.addGrant();
    restore('neuro-grant-uid-former', label);
    await world.start();
    expect(world.bound).toEqual(hasGrant ? ['bob', 'system:serviceaccounts:bob'] : []);
    restore('neuro-grant-uid-former-person', label);
    await world.clock.advance(0);
    expect(world.bound).not.toContain('mallory');
    expect(world.roles).toHaveLength(hasGrant ? 1 : 0);
  });

  test.each(['to-bob', 'n'.repeat(100)])('of a grant that is there are mended: %s', async (name) => {
    world.addSecret();
    world.addGrant({}, name);
    await world.start();
    const [binding] = world.roleBindings;
    const { ownerReferences, ...metadata } = binding?.metadata ?? { name: '' };
    world.model.put(roleBindingType, { ...binding, metadata });
    await world.clock.advance(0);
    await world.stop();
    await world.start();
    expect(world.roleBindings.map(({ metadata: { ownerReferences: owners } }) => owners)).toEqual([ownerReferences]);
    expect(world.bound).toContain('bob');
  });

  test('of another name is left alone', async () => {
    restore('reader', 'to-bob');
    await world.start();
    expect(world.bound).toEqual(['mallory']);
  });
});

test('a grant to a group with more homes than a store keeps subjects is settled, and follows the group', async () => {
  for (let index = 0; index < 800; index += 1) {
    const metadata = { name: `home-of-person-${String(index)}`, annotations: { 'neu.ro/groups': 'everybody' } };
    world.model.put(namespaceType, { metadata });
  }
  world.addSecret();
  world.addGrant({ subject: { kind: 'Group', name: 'everybody' } });
  await world.start();
  expect(world.phase()).toBe('Active Active');
  expect(world.bound).toHaveLength(801);
  await world.stop();
  await world.start();
  expect(world.allWrites).toEqual([]);
  world.model.put(namespaceType, { metadata: { name: 'home-of-person-7' } });
  await world.clock.advance(0);
  expect(world.bound).toHaveLength(800);
  expect(world.phase()).toBe('Active Active');
});

test('a grant to a group is looked at when a home comes or goes, not with each change of the Namespace', async () => {
  const put = (labels: Record<string, string>, groups: string): unknown =>
    world.model.put(namespaceType, { metadata: { name: 'home', labels, annotations: { 'neu.ro/groups': groups } } });
  put({}, 'everybody');
  world.addSecret();
  world.addGrant({ subject: { kind: 'Group', name: 'everybody' } });
  await world.start();
  const looks = world.lines.length;
  put({ 'pod-security.kubernetes.io/enforce': 'restricted' }, 'everybody,others');
  await world.clock.advance(0);
  expect(world.lines).toHaveLength(looks);
  put({}, 'others');
  await world.clock.advance(0);
  expect(world.lines.length).toBeGreaterThan(looks);
  expect(world.bound).toEqual(['everybody']);
});

describe('grants to a group with many homes, which are all written with each change of one,', () => {
  const grants = 10;
  /** Of some half of the bindings. */
  const bytesPerMinute = 64 * 1024;
  const group = { subject: { kind: 'Group', name: 'everybody' } } as const;
  const put = (home: string, annotations = { 'neu.ro/groups': 'everybody' }): unknown =>
    world.model.put(namespaceType, { metadata: { name: home, annotations } });
  const phases = (): readonly string[] => Array.from({ length: grants }, (_, at) => world.phase(`to-${String(at)}`));
  const bindingsOf = (home: string): number =>
    world.roleBindings.filter(({ subjects = [] }) => subjects.some(({ name }) => name.endsWith(`:${home}`))).length;

  test('are written as fast as their namespace may have it; what waits says so, and an end does not wait', async () => {
    const longName = 'of-a-person-with-a-name-as-long-as-can-be';
    world.bytesPerMinute = bytesPerMinute;
    for (let at = 0; at < 100; at += 1) put(`home-${String(at)}-${longName}`);
    world.addSecret();
    for (let at = 0; at < grants; at += 1) world.addGrant(group, `to-${String(at)}`);
    await world.start();
    expect(new Set(phases())).toEqual(new Set(['Active Active', 'Pending TooManyWrites']));
    expect(JSON.stringify(world.roleBindings).length).toBeLessThan(1.2 * bytesPerMinute);

    await world.clock.advance(3 * 60_000);
    expect(new Set(phases())).toEqual(new Set(['Active Active']));

    put('home-of-carol');
    await world.clock.advance(0);
    expect(bindingsOf('home-of-carol')).toBeGreaterThan(0);
    expect(bindingsOf('home-of-carol')).toBeLessThan(grants);

    put(`home-7-${longName}`, { 'neu.ro/groups': 'nobody' });
    await world.clock.advance(0);
    expect(bindingsOf(`home-7-${longName}`)).toBe(0);

    await world.clock.advance(3 * 60_000);
    expect(bindingsOf('home-of-carol')).toBe(grants);
    expect(new Set(phases())).toEqual(new Set(['Active Active']));
  });
});
