/** What a SecretGrant lets others do on a real control plane, to the letter of RBAC, and that it ends when it ends. */
import { isDeepStrictEqual } from 'node:util';
import { afterAll, afterEach, beforeAll, describe, expect, it, test } from 'vitest';
import type { SecretGrantSpec } from '../../src/api/index.ts';
import { testCluster } from '../support/cluster.ts';
import { startOperator, type RunningOperator } from '../support/operator.ts';
import { jobIn, operatorWorld, orThrow, type FoundGrant, type OperatorWorld } from '../support/operator-world.ts';
import { accessCases, edits, useVerbs, writeVerbs } from './secret-grant-cases.ts';

let world: OperatorWorld;
let operator: RunningOperator;
/** Alice's namespace, with the secret `db`. */
let alice: string;
/** A user's name that no other test has; his home is `home`. */
let bob: string;
let home: string;
let count = 0;
const newName = (): string => `g-${String(++count)}`;

beforeAll(async () => {
  world = operatorWorld(await testCluster());
  operator = await startOperator(world.test);
  alice = await world.test.makeNamespace('alice');
  bob = `bob-${alice}`;
  home = await world.test.makeNamespace('bob', { 'neu.ro/user': bob, 'neu.ro/groups': `ml-${alice}, web-${alice}` });
  await world.secret(alice, 'db', { value: 'x' });
  await world.secret(alice, 'other', { value: 'x' });
});

afterAll(() => operator.stop());

/** A test that failed leaves no access to the next. */
afterEach(async () => {
  await world.test.request({ method: 'DELETE', path: world.path('secretgrants', alice) });
  await world.eventually(
    () =>
      world.test.request<{ items: unknown[] }>({
        method: 'GET',
        path: `${world.path('rolebindings', alice)}?labelSelector=neu.ro%2Fmanaged-by`,
      }),
    ({ items }) => items.length === 0,
    'no binding is left',
  );
});

const at = (ms: number): string => new Date(ms).toISOString();
const allVerbs = [...useVerbs, ...writeVerbs, 'share', 'create', 'list', 'watch', 'deletecollection'];

/** The verbs that someone holds on the UserSecret of that name. */
async function verbsOf(
  who: { readonly user: string; readonly groups?: readonly string[] },
  name = 'db',
  namespace = alice,
) {
  const answers = await Promise.all(allVerbs.map((verb) => world.mayI(who, verb, namespace, name)));
  return allVerbs.filter((_, index) => answers[index]);
}
const untilVerbs = (verbs: readonly string[], ...who: Parameters<typeof verbsOf>) =>
  world.eventually(
    () => verbsOf(...who),
    (seen) => isDeepStrictEqual(seen, verbs),
    `${who[0].user} holds ${verbs.join(', ') || 'nothing'}`,
  );
const bindingOf = (grant: FoundGrant): string => orThrow(grant.status?.roleBindingName);
const untilUnbound = (grant: FoundGrant) =>
  world.until(
    'rolebindings',
    orThrow(grant.metadata.namespace),
    bindingOf(grant),
    (found) => found === undefined,
    'unbound',
  );
const end = async (name: string, namespace = alice): Promise<void> => {
  const grant = orThrow(await world.get('secretgrants', namespace, name));
  await world.remove('secretgrants', namespace, name);
  await untilUnbound(grant);
};
const toBob = (more: Partial<SecretGrantSpec> = {}): SecretGrantSpec => ({
  secret: 'db',
  subject: { kind: 'User', name: bob },
  ...more,
});

describe('who gets what', () => {
  test.each(accessCases)('%s', async (_case, specOf, whoOf, verbs) => {
    const people = { alice, bob, home };
    const [name, spec, who] = [newName(), specOf(people), whoOf(people)];
    await untilVerbs([], who);
    await world.grant(alice, name, { secret: 'db', ...spec });
    await untilVerbs(verbs, who);
    expect(await verbsOf(who, 'other')).toEqual([]);
    expect(await world.mayI(who, 'get', alice, 'db', 'secrets')).toBe(false);
    await end(name);
    await untilVerbs([], who);
  });

  it('a grant over all secrets reaches those to come, and no other namespace', async () => {
    const name = newName();
    await world.grant(alice, name, { subject: { kind: 'User', name: bob }, access: 'write' });
    await untilVerbs([...useVerbs, ...writeVerbs], { user: bob }, 'made-later');
    expect(await verbsOf({ user: bob }, 'db', 'default')).toEqual([]);
    await end(name);
  });

  it('kubectl auth can-i says the same before, during and after', async () => {
    const name = newName();
    const ask = async (): Promise<string> =>
      (
        await world.test.kubectl('admin', [
          'auth',
          'can-i',
          'use',
          'usersecrets/db',
          '-n',
          alice,
          '--as',
          `system:serviceaccount:${home}:default`,
          '--as-group',
          `system:serviceaccounts:${home}`,
        ])
      ).stdout.trim();
    const untilItSays = (wanted: string) => world.eventually(ask, (said) => said === wanted, `kubectl says ${wanted}`);
    await untilItSays('no');
    await world.grant(alice, name, toBob());
    await untilItSays('yes');
    await end(name);
    await untilItSays('no');
  });
});

describe('a grant ends', () => {
  /** To the millisecond in test/controllers/secret-grant, on a clock of its own. */
  it('by itself when it expires, not before, and says so', async () => {
    const name = newName();
    const expiresMs = Math.ceil(Date.now() / 1000) * 1000 + 3_000;
    const grant = await world.grant(alice, name, toBob({ access: 'manage', expiresAt: at(expiresMs) }));
    await world.untilMay(true, { user: bob }, 'use', alice, 'db');
    await untilUnbound(grant);
    await untilVerbs([], { user: bob });
    await world.untilReason('secretgrants', alice, name, 'True Expired');
    const over = orThrow(await world.get('secretgrants', alice, name));
    expect(over.status).not.toHaveProperty('roleName');
    expect(over.status?.phase).toBe('Expired');
    const [expired] = over.status?.conditions?.filter(({ type }) => type === 'Expired') ?? [];
    expect(Date.parse(orThrow(expired).lastTransitionTime)).toBeGreaterThanOrEqual(expiresMs);
  });

  it('sooner or later when the expiry is changed, and is in force again when it is put off', async () => {
    const name = newName();
    const grant = await world.grant(alice, name, toBob({ expiresAt: at(Date.now() + 3_600_000) }));
    await world.patch('secretgrants', alice, name, { spec: { expiresAt: at(Date.now() + 700) } });
    await untilUnbound(grant);
    await world.untilReason('secretgrants', alice, name, 'True Expired');
    await world.patch('secretgrants', alice, name, { spec: { expiresAt: at(Date.now() + 3_600_000) } });
    await world.untilReason('secretgrants', alice, name, 'True Active');
    await world.untilMay(true, { user: bob }, 'use', alice, 'db');
    await end(name);
  });

  it('before it begins when it is over already', async () => {
    const name = newName();
    const { status } = await world.grant(alice, name, toBob({ expiresAt: at(0) }), 'True Expired');
    expect(status).not.toHaveProperty('roleName');
    await world.remove('secretgrants', alice, name);
  });

  it('with its delete, for 50 of them at once', async () => {
    const names = Array.from({ length: 50 }, newName);
    const grants = await Promise.all(
      names.map((name) => {
        const subject = { kind: 'User' as const, name: `${bob}-${name}` };
        return world.grant(alice, name, { secret: 'db', subject, access: 'write' });
      }),
    );
    await Promise.all(grants.map(({ metadata }) => world.remove('secretgrants', alice, metadata.name)));
    for (const grant of grants) await untilUnbound(grant);
    const uids = new Set(grants.map(({ metadata }) => metadata.uid));
    await world.eventually(
      async () =>
        (await Promise.all([...uids].map((uid) => world.get('roles', alice, `neuro-grant-${uid}-person`)))).filter(
          (found) => found !== undefined,
        ),
      (found) => found.length === 0,
      'no Role is left',
    );
  });
});

describe('the secret of a grant', () => {
  it('that is missing makes it wait, without a Role', async () => {
    const [name, later] = [newName(), newName()];
    const grant = await world.grant(
      alice,
      name,
      { secret: later, subject: { kind: 'User', name: bob } },
      'False SecretNotFound',
    );
    expect(grant.status).not.toHaveProperty('roleName');
    expect(await world.get('roles', alice, `neuro-grant-${grant.metadata.uid}`)).toBeUndefined();
    await world.secret(alice, later, { value: 'x' });
    await world.untilReason('secretgrants', alice, name, 'True Active');
    await world.untilMay(true, { user: bob }, 'use', alice, later);
    await end(name);
  });

  it('that is deleted takes the access, and making it again gives it back', async () => {
    const name = newName();
    const first = await world.secret(alice, 'again', { value: 'x' });
    const grant = await world.grant(alice, name, { secret: 'again', subject: { kind: 'User', name: bob } });
    expect(grant.status?.secretUid).toBe(first.metadata.uid);
    await world.remove('usersecrets', alice, 'again');
    await untilUnbound(grant);
    await world.untilMay(false, { user: bob }, 'use', alice, 'again');
    await world.untilReason('secretgrants', alice, name, 'False SecretNotFound');
    const second = await world.secret(alice, 'again', { value: 'y' });
    await world.untilReason('secretgrants', alice, name, 'True Active');
    const active = orThrow(await world.get('secretgrants', alice, name));
    expect(active.status?.secretUid).toBe(second.metadata.uid);
    await end(name);
  });
});

describe('the homes of a user', () => {
  it('are followed when the annotation is set, changed and taken off', async () => {
    const carol = `carol-${alice}`;
    const place = await world.test.makeNamespace('place');
    const annotate = (user: string | null) =>
      world.test.request({
        method: 'PATCH',
        path: `/api/v1/namespaces/${place}`,
        contentType: 'application/merge-patch+json',
        body: { metadata: { annotations: { 'neu.ro/user': user } } },
      });
    const name = newName();
    await world.grant(alice, name, { secret: 'db', subject: { kind: 'User', name: carol } });
    const mayJobs = (is: boolean) =>
      world.eventually(
        () => world.mayI(jobIn(place), 'use', alice, 'db'),
        (seen) => seen === is,
        `jobs may: ${String(is)}`,
      );
    await mayJobs(false);
    await annotate(carol);
    await mayJobs(true);
    await annotate('somebody-else');
    await mayJobs(false);
    await annotate(carol);
    await mayJobs(true);
    await annotate(null);
    await mayJobs(false);
    await end(name);
  });
});

describe('what the operator made is as it made it, within a second', () => {
  test.each(edits)('%s', async (_case, plural, edit) => {
    const name = newName();
    const grant = await world.grant(alice, name, toBob());
    const look = async (): Promise<string> => {
      const { metadata, ...rest } = orThrow(await world.get(plural, alice, bindingOf(grant)));
      return JSON.stringify([rest, metadata.labels, metadata.ownerReferences]);
    };
    const before = await look();
    await world.patch(plural, alice, bindingOf(grant), edit);
    await world.eventually(look, (seen) => seen === before, 'healed');
    await end(name);
  });

  it.each(['roles', 'rolebindings'] as const)('one of the %s that was deleted', async (plural) => {
    const name = newName();
    const grant = await world.grant(alice, name, toBob());
    await world.remove(plural, alice, bindingOf(grant));
    await world.until(plural, alice, bindingOf(grant), (found) => found !== undefined, 'made again');
    await end(name);
  });

  it('a RoleBinding that was made again for another Role', async () => {
    const name = newName();
    const grant = await world.grant(alice, name, toBob());
    const { metadata, subjects } = orThrow(await world.get('rolebindings', alice, bindingOf(grant)));
    const { labels, annotations, ownerReferences } = metadata;
    await world.remove('rolebindings', alice, bindingOf(grant));
    const roleRef = { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'view' };
    await world
      .create('rolebindings', alice, {
        metadata: { name: bindingOf(grant), labels, annotations, ownerReferences },
        roleRef,
        subjects,
      })
      .catch(() => undefined);
    await world.until(
      'rolebindings',
      alice,
      bindingOf(grant),
      (found) => JSON.stringify(found ?? {}).includes('"kind":"Role","name"'),
      'healed',
    );
    await end(name);
  });

  it('and one whose label was taken off does not outlive the expiry', async () => {
    const name = newName();
    const expiresMs = Date.now() + 2_000;
    const grant = await world.grant(alice, name, toBob({ expiresAt: at(expiresMs) }));
    // Again and again up to the end: after some repairs it is left alone, so that no healing comes between.
    const strip = setInterval(
      () =>
        void world
          .patch('rolebindings', alice, bindingOf(grant), { metadata: { labels: null } })
          .catch(() => undefined),
      100,
    );
    await world
      .eventually(
        () => world.mayI({ user: bob }, 'use', alice, 'db'),
        (seen) => !seen,
        'taken back',
      )
      .finally(() => clearInterval(strip));
    await world.remove('secretgrants', alice, name);
  });
});

describe('neuro-shared-with-me', () => {
  const entries = async (namespace: string) => {
    const found = await world.get('configmaps', namespace, 'neuro-shared-with-me');
    return found === undefined
      ? undefined
      : Object.values(found.data ?? {}).map((text) => JSON.parse(text) as Record<string, unknown>);
  };

  const untilListed = (namespace: string, count: number | undefined, what: string) =>
    world.eventually(
      () => entries(namespace),
      (seen) => seen?.length === count,
      what,
    );

  it('lists what is shared with the people and jobs of a namespace, and goes when nothing is', async () => {
    const dave = `dave-${alice}`;
    const place = await world.test.makeNamespace('dave', { 'neu.ro/user': dave });
    const [one, other] = [newName(), newName()];
    const expiresAt = at(Math.ceil(Date.now() / 1000) * 1000 + 3_600_000);
    await world.grant(alice, one, { secret: 'db', subject: { kind: 'User', name: dave }, access: 'write', expiresAt });
    const listed = await untilListed(place, 1, 'listed');
    expect(listed).toEqual([
      { uri: `secret:/${alice}/db`, namespace: alice, name: 'db', key: 'db', access: 'write', owner: alice, expiresAt },
    ]);
    await world.grant(alice, other, { secret: 'other', subject: { kind: 'Namespace', name: place } });
    await untilListed(place, 2, 'both listed');
    await end(one);
    await untilListed(place, 1, 'one left');
    await end(other);
    await untilListed(place, undefined, 'none left');
  });

  it('is healed, and never written over one that someone else made', async () => {
    const [mine, theirs] = [
      await world.test.makeNamespace('mine', { 'neu.ro/shared-with-me': 'true' }),
      await world.test.makeNamespace('theirs', { 'neu.ro/shared-with-me': 'true' }),
    ];
    await world.create('configmaps', theirs, { metadata: { name: 'neuro-shared-with-me' }, data: { a: 'b' } });
    const [one, other] = [newName(), newName()];
    await world.grant(alice, one, { secret: 'db', subject: { kind: 'Namespace', name: mine } });
    await world.grant(alice, other, { secret: 'db', subject: { kind: 'Namespace', name: theirs } });
    await untilListed(mine, 1, 'listed');
    await world.patch('configmaps', mine, 'neuro-shared-with-me', { data: { extra: '{}' } });
    await untilListed(mine, 1, 'healed');
    expect((await world.get('configmaps', theirs, 'neuro-shared-with-me'))?.data).toEqual({ a: 'b' });
    await Promise.all([end(one), end(other)]);
    expect((await world.get('configmaps', theirs, 'neuro-shared-with-me'))?.data).toEqual({ a: 'b' });
  });
});

it('a UserSecret says with whom it is shared', async () => {
  const name = newName();
  await world.grant(alice, name, { secret: 'other', subject: { kind: 'User', name: bob } });
  const untilSharedWith = (count: number) =>
    world.until('usersecrets', alice, 'other', (found) => found?.status?.sharedWith?.count === count, 'counted');
  await untilSharedWith(1);
  await end(name);
  await untilSharedWith(0);
});
