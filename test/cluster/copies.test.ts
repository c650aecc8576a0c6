/** A copy of another namespace's secret on a real control plane: in any order, following, to its end. */
import { afterAll, beforeAll, describe, expect, it, test } from 'vitest';
import type { SecretGrantSpec, UserSecretSpec } from '../../src/api/index.ts';
import { testCluster } from '../support/cluster.ts';
import { startOperator, type RunningOperator } from '../support/operator.ts';
import { jobIn, operatorWorld, orThrow, type OperatorWorld } from '../support/operator-world.ts';

let world: OperatorWorld;
let operator: RunningOperator;
/** Shares; keeps copies; is another person's home. */
let platform: string;
let web: string;
let home: string;
let count = 0;

const newName = (): string => `c-${String(++count)}`;
const from = (name: string, namespace = platform): UserSecretSpec => ({ sharedFrom: { namespace, name } });
const toWeb = (secret: string, more: Partial<SecretGrantSpec> = {}): SecretGrantSpec => ({
  secret,
  subject: { kind: 'Namespace', name: web },
  access: 'copy',
  ...more,
});

beforeAll(async () => {
  world = operatorWorld(await testCluster());
  operator = await startOperator(world.test);
  platform = await world.test.makeNamespace('platform');
  web = await world.test.makeNamespace('web');
  home = await world.test.makeNamespace('home', { 'neu.ro/user': `bob-${platform}` });
});

afterAll(() => operator.stop());

const untilValue = (name: string, value: string, namespace = web) =>
  world.until(
    'secrets',
    namespace,
    name,
    (found) => found?.data?.[name] === Buffer.from(value).toString('base64'),
    `the copy ${name} is ${value}`,
  );
const untilGone = (name: string, namespace = web) =>
  world.until('secrets', namespace, name, (found) => found === undefined, `the copy ${name} is gone`);
const end = async (secret: string, grant: string): Promise<void> => {
  await world.remove('secretgrants', platform, grant);
  await untilGone(secret);
};

/** A secret, a grant and a copy, all of one name. */
async function made(spec: UserSecretSpec = { value: 'v1' }, more: Partial<SecretGrantSpec> = {}): Promise<string> {
  const name = newName();
  await world.secret(platform, name, spec);
  await world.grant(platform, name, toWeb(name, more));
  await world.secret(web, name, from(name));
  return name;
}

describe('a copy', () => {
  const parts = ['secret', 'grant', 'copy'] as const;
  const orders = parts.flatMap((a) =>
    parts.filter((b) => b !== a).map((b) => [a, b, ...parts.filter((c) => c !== a && c !== b)]),
  );
  test.each(orders.map((order) => [order.join(', '), order] as const))('is there after %s', async (_what, order) => {
    const name = newName();
    for (const part of order) {
      if (part === 'secret') await world.create('usersecrets', platform, { metadata: { name }, spec: { value: 'v1' } });
      else if (part === 'grant')
        await world.create('secretgrants', platform, { metadata: { name }, spec: toWeb(name) });
      else await world.create('usersecrets', web, { metadata: { name }, spec: from(name) });
    }
    await untilValue(name, 'v1');
    await world.untilReason('usersecrets', web, name, 'True Synced');
  });

  it('follows the value, and its Secret has the labels that its namespace asks for', async () => {
    const name = await made();
    const secretMetadata = { labels: { team: 'web' }, annotations: { 'reloader.stakater.com/match': 'true' } };
    await world.patch('usersecrets', web, name, { spec: { secretMetadata } });
    await world.until('secrets', web, name, (found) => found?.metadata.labels?.['team'] === 'web', 'labelled');
    for (const value of ['v2', 'v3']) {
      await world.patch('usersecrets', platform, name, { spec: { value } });
      const { metadata } = orThrow(await untilValue(name, value));
      expect(metadata.labels).toMatchObject(secretMetadata.labels);
      expect(metadata.annotations).toMatchObject(secretMetadata.annotations);
    }
    await world.patch('usersecrets', web, name, { spec: { secretMetadata: null } });
    const left = await world.until(
      'secrets',
      web,
      name,
      (found) => found?.metadata.labels?.['team'] === undefined,
      'bare',
    );
    expect(left?.metadata.annotations).not.toHaveProperty('reloader.stakater.com/match');
  });

  it('of a home follows a grant to its person', async () => {
    const name = newName();
    await world.secret(platform, name, { value: 'v1' });
    await world.grant(platform, name, { ...toWeb(name), subject: { kind: 'User', name: `bob-${platform}` } });
    await world.secret(home, name, from(name));
    await untilValue(name, 'v1', home);
    await world.secret(web, name, from(name), 'False CopyUnavailable');
  });

  it('is the same for what is absent, not granted, expired, and in no namespace', async () => {
    const [denied, expired] = [newName(), newName()];
    for (const name of [denied, expired]) await world.secret(platform, name, { value: 'x' });
    await world.grant(platform, expired, toWeb(expired, { expiresAt: '2020-01-01T00:00:00Z' }), 'True Expired');
    await world.grant(platform, denied, toWeb(denied, { access: 'read' }));
    const sources = [from(denied), from(expired), from('absent'), from('absent', 'no-such-namespace')];
    const messages: string[] = [];
    for (const [index, spec] of sources.entries()) {
      const { status } = await world.secret(web, `miss-${String(index)}`, spec, 'False CopyUnavailable');
      const { namespace = '', name = '' } = spec.sharedFrom ?? {};
      const ready = status?.conditions?.find(({ type }) => type === 'Ready');
      messages.push((ready?.message ?? '').replace(`secret:/${namespace}/${name}`, 'SECRET'));
    }
    expect(new Set(messages).size).toBe(1);
  });

  it('cannot be copied or shared, and jobs of others do not use it', async () => {
    const name = await made();
    await world.grant(web, name, { subject: { kind: 'Namespace', name: home }, access: 'copy' });
    await world.secret(home, `of-${name}`, from(name, web), 'False CopyOfCopy');
    await world.grant(
      web,
      `named-${name}`,
      { secret: name, subject: { kind: 'Namespace', name: home } },
      'False SecretIsCopy',
    );
    await world.remove('secretgrants', web, name);
  });

  it('is counted at its source', async () => {
    const name = await made();
    const counted = await world.until(
      'usersecrets',
      platform,
      name,
      (found) => found?.status?.copies !== undefined,
      'counted',
    );
    expect(counted?.status?.copies).toEqual({ count: 1, namespaces: [web] });
  });

  it('costs no write when the operator starts again', async () => {
    const name = await made();
    const before = orThrow(await world.get('secrets', web, name)).metadata.resourceVersion;
    const statusBefore = async () => orThrow(await world.get('usersecrets', web, name)).metadata.resourceVersion;
    const version = await statusBefore();
    await operator.stop();
    operator = await startOperator(world.test);
    // What comes after is seen to when all that was there is.
    await made();
    expect(orThrow(await world.get('secrets', web, name)).metadata.resourceVersion).toBe(before);
    expect(await statusBefore()).toBe(version);
  });
});

describe('the end of a copy', () => {
  it('comes when the grant goes, and the copy is back when it is', async () => {
    const name = await made();
    await end(name, name);
    await world.untilReason('usersecrets', web, name, 'False CopyUnavailable');
    await world.grant(platform, name, toWeb(name));
    await untilValue(name, 'v1');
  });

  it('comes at the second of the expiry', async () => {
    const endMs = Math.ceil(Date.now() / 1000) * 1000 + 6_000;
    const name = await made({ value: 'v1' }, { expiresAt: new Date(endMs).toISOString() });
    await untilGone(name, web);
    // Nobody may take it away early: the API server's own record says when that was.
    expect(Date.now()).toBeGreaterThanOrEqual(endMs);
  });

  it('comes when the grant gives less, and when the secret goes', async () => {
    const [less, gone] = [await made(), await made()];
    await world.patch('secretgrants', platform, less, { spec: { access: 'write' } });
    await untilGone(less);
    await world.remove('usersecrets', platform, gone);
    await untilGone(gone);
  });

  it('leaves the Secret where the owner wrote Continue, without updates', async () => {
    const name = await made({ value: 'v1', onRevoke: 'Continue' });
    await world.remove('secretgrants', platform, name);
    await world.untilReason('usersecrets', web, name, 'False CopyEnded');
    await world.patch('usersecrets', platform, name, { spec: { value: 'v2' } });
    await world.untilReason('usersecrets', platform, name, 'True Synced');
    expect((await world.valueOf(web, name))?.toString()).toBe('v1');
  });

  it('comes at the start of an operator that was down meanwhile', async () => {
    const name = await made();
    await operator.stop();
    await world.remove('secretgrants', platform, name);
    operator = await startOperator(world.test);
    await untilGone(name);
  });

  it('comes with the end of the granter’s right to copy', async () => {
    const name = newName();
    const bob = { kind: 'User', name: `bob-${platform}` } as const;
    await world.secret(platform, name, { value: 'v1' });
    await world.grant(platform, `${name}-manages`, { secret: name, subject: bob, access: 'manage' });
    await world.grant(platform, `${name}-copies`, { secret: name, subject: bob, access: 'copy' });
    await world.grant(platform, name, toWeb(name, { grantedBy: bob }));
    await world.secret(web, name, from(name));
    await end(name, `${name}-copies`);
    await world.untilReason('secretgrants', platform, name, 'False GranterLostAccess');
  });
});

describe('rights', () => {
  const verbs = ['use', 'copy', 'get', 'update', 'patch', 'delete', 'share'] as const;
  const ladder: readonly (readonly [NonNullable<SecretGrantSpec['access']>, readonly string[], readonly string[]])[] = [
    ['read', ['use'], ['use']],
    ['copy', ['use', 'copy'], ['use', 'copy']],
    ['write', ['use', 'get', 'update', 'patch', 'delete'], ['use']],
    ['manage', ['use', 'get', 'update', 'patch', 'delete', 'share'], ['use']],
  ];
  test.each(ladder)('of access %s are these, for a person and for the jobs of a home', async (access, person, jobs) => {
    const name = newName();
    const user = `bob-${platform}`;
    await world.secret(platform, name, { value: 'x' });
    await world.grant(platform, name, { secret: name, subject: { kind: 'User', name: user }, access });
    for (const [who, expected] of [
      [{ user }, person],
      [jobIn(home), jobs],
    ] as const) {
      await world.untilMay(true, who, expected.at(-1) ?? '', platform, name);
      const held = await Promise.all(verbs.map((verb) => world.mayI(who, verb, platform, name)));
      expect(verbs.filter((_, index) => held[index])).toEqual(expected);
    }
  });

  const asBob = (): readonly string[] => ['--as', `bob-${platform}`];
  const apply = (object: unknown, ...args: readonly string[]) =>
    world.test.kubectl('admin', ['apply', '-f', '-', ...args], JSON.stringify(object));

  it('a manager gives no copy without a right to copy, and gives it with one', async () => {
    const name = newName();
    const bob = { kind: 'User', name: `bob-${platform}` } as const;
    await world.secret(platform, name, { value: 'x' });
    await world.grant(platform, `${name}-manages`, { secret: name, subject: bob, access: 'manage' });
    await world.untilMay(true, { user: bob.name }, 'share', platform, name);
    const grant = (access: string) => ({
      apiVersion: 'neu.ro/v1',
      kind: 'SecretGrant',
      metadata: { namespace: platform, name: `${name}-on` },
      spec: toWeb(name, { grantedBy: bob, access: access as 'copy' }),
    });
    expect(await apply(grant('read'), ...asBob())).toMatchObject({ code: 0 });
    for (const access of ['copy']) {
      const { code, stderr } = await apply(grant(access), ...asBob());
      expect({ code, stderr }).toEqual({ code: 1, stderr: expect.stringMatching(/does not hold the verb copy on/) });
    }
    await world.grant(platform, `${name}-copies`, { secret: name, subject: bob, access: 'copy' });
    await world.untilMay(true, { user: bob.name }, 'copy', platform, name);
    expect(await apply(grant('copy'), ...asBob())).toMatchObject({ code: 0 });
  });

  it('someone with access write makes no copy and no label of someone else’s secret', async () => {
    const name = newName();
    const bob = `bob-${platform}`;
    await world.secret(web, name, { value: 'x' });
    await world.grant(web, name, { secret: name, subject: { kind: 'User', name: bob }, access: 'write' });
    await world.untilMay(true, { user: bob }, 'patch', web, name);
    const patch = (spec: unknown) =>
      world.test.kubectl('admin', [
        ...['patch', 'usersecret', name, '-n', web, '--type', 'merge', '-p', JSON.stringify({ spec })],
        ...asBob(),
      ]);
    expect((await patch({ value: null, sharedFrom: { namespace: platform, name: 'x' } })).stderr).toMatch(
      /can set spec\.sharedFrom: user/,
    );
    expect((await patch({ secretMetadata: { annotations: { 'mirror.example.com/to': 'all' } } })).stderr).toMatch(
      /can set spec\.secretMetadata: user/,
    );
    expect(await patch({ value: 'y' })).toMatchObject({ code: 0 });
  });
});
