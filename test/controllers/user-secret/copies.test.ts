/** A copy of another namespace's secret, in front of an API server without a network. */
import { afterEach, beforeEach, describe, expect, it, test } from '@jest/globals';
import { secretType, userSecretType } from '../../../src/controllers/resources.ts';
import { KernelError, type TransportRequest } from '../../../src/kernel/index.ts';
import { settle } from '../../support/manual-clock.ts';
import { CopiesWorld, copy, db, ofDb, toWeb } from './copies-world.ts';

let world: CopiesWorld;

beforeEach(async () => {
  world = new CopiesWorld();
  await world.start();
});

afterEach(async () => {
  await world.stop();
  expect(world.errors).toEqual([]);
});

const minuteMs = 60_000;
const isRead = ({ method, path }: TransportRequest): boolean => method === 'GET' && path.endsWith('/secrets/db');
const unavailable =
  'there is no secret:/platform/db of which this namespace may keep a copy; the copy is made as soon as there is';
const inAnHour = (): string => new Date(world.clock.now() + 60 * minuteMs).toISOString().replace('.000', '');

const put = {
  secret: () => world.secret(db, { value: 'v1' }),
  grant: () => world.grant('to-web', toWeb),
  copy: () => world.secret(copy, ofDb),
} as const;
type Part = keyof typeof put;
const orders: readonly (readonly Part[])[] = [
  ['secret', 'grant', 'copy'],
  ['secret', 'copy', 'grant'],
  ['grant', 'secret', 'copy'],
  ['grant', 'copy', 'secret'],
  ['copy', 'secret', 'grant'],
  ['copy', 'grant', 'secret'],
];

async function all(): Promise<void> {
  for (const each of Object.values(put)) await each();
}

describe('a copy', () => {
  test.each(orders.map((order) => [order.join(', '), order] as const))('is there after %s', async (_name, order) => {
    for (const part of order) await put[part]();
    expect(world.value(copy)).toBe('v1');
    expect(world.reason(copy)).toBe('True Synced');
    expect(world.message(copy)).toContain('people who can read Secrets in this namespace can read it');
    // Its own version, which tells nothing about other secrets.
    expect(world.status(copy).version).not.toBe(world.status(db).version);
  });

  it('is recorded as a use of its source, with the time and the version that it got', async () => {
    await all();
    await world.later(5_000);
    const { version } = world.status(db);
    const { updatedAt: lastAt } = world.status(copy);
    expect(world.status(db).uses).toEqual([{ by: 'web', lastAt, lastCopy: 'db', version }]);
    await world.later(minuteMs);
    await world.secret(db, { value: 'v2' });
    await world.later(minuteMs);
    expect(world.status(db).uses).toEqual([
      { by: 'web', lastAt: world.status(copy).updatedAt, lastCopy: 'db', version: world.status(db).version },
    ]);
    const before = world.status(db);
    await world.restart();
    await world.later(2 * minuteMs);
    expect(world.status(db)).toEqual(before);
  });

  it('follows the value, and is written once for each', async () => {
    await all();
    for (const value of ['v2', 'v3']) {
      await world.secret(db, { value });
      expect(world.value(copy)).toBe(value);
    }
    // No former value is kept, which would outlast the access.
    expect(world.writesIn('web')).toHaveLength(3);
    expect(world.status(copy).history).toBeUndefined();
  });

  it('follows more changes in a minute than anything else may write', async () => {
    await all();
    for (let change = 0; change < 15; change += 1) await world.secret(db, { value: `v${change}` });
    expect(world.value(copy)).toBe('v14');
    expect(world.reason(copy)).toBe('True Synced');
  });

  it('is put back when somebody changes it', async () => {
    await all();
    await world.putNative(copy, { data: { db: 'eA==' } });
    expect(world.value(copy)).toBe('v1');
  });

  it('has the key, the name and the type that its own namespace chose', async () => {
    await put.secret();
    await put.grant();
    await world.secret(copy, { ...ofDb, key: 'DATABASE', secretName: 'pg' });
    expect(world.native(['web', 'pg'])?.data).toEqual({ DATABASE: Buffer.from('v1').toString('base64') });
  });

  it('goes in a person’s home by a grant to that person', async () => {
    await put.secret();
    await world.grant('to-bob', { ...toWeb, subject: { kind: 'User', name: 'bob' } });
    await world.secret(['bob', 'db'], ofDb);
    expect(world.value(['bob', 'db'])).toBe('v1');
    await put.copy();
    expect(world.reason(copy)).toBe('False CopyUnavailable');
  });

  it('costs no write after a restart', async () => {
    await all();
    await world.later(minuteMs);
    await world.restart();
    await world.later(minuteMs);
    expect(world.allWrites).toEqual([]);
  });

  it('is counted at its source, with the namespace, and not when it has no value', async () => {
    await all();
    await world.secret(['shop', 'db'], ofDb);
    await world.later(minuteMs);
    expect(world.status(db).copies).toEqual({ count: 1, namespaces: ['web'] });
    await world.removeGrant('to-web');
    await world.later(minuteMs);
    expect(world.status(db).copies).toBeUndefined();
  });

  it('is the same for all that is not there, and tells nothing', async () => {
    await world.secret(['web', 'absent'], { sharedFrom: { namespace: 'platform', name: 'db' } });
    const absent = world.status(['web', 'absent']).conditions;
    await put.secret();
    await world.grant('read-only', { ...toWeb, access: 'read' });
    await world.grant('ended', { ...toWeb, expiresAt: '2020-01-01T00:00:00Z' });
    await world.secret(['web', 'denied'], { sharedFrom: { namespace: 'platform', name: 'db' } });
    await world.later(minuteMs);
    expect(world.status(['web', 'denied']).conditions).toEqual(absent);
    expect(absent?.find(({ type }) => type === 'Ready')?.message).toBe(unavailable);
    // Before the answer nothing of the source is read.
    expect(world.requests.filter(({ path }) => path.includes('platform/secrets/'))).toEqual([]);
  });

  test.each(['read', 'write', 'manage'] as const)('takes more than access %s', async (access) => {
    await put.secret();
    await world.grant('to-bob', { secret: 'db', subject: { kind: 'User', name: 'bob' }, access });
    await world.secret(['bob', 'db'], ofDb);
    expect(world.reason(['bob', 'db'])).toBe('False CopyUnavailable');
    expect(world.native(['bob', 'db'])).toBeUndefined();
  });

  it('of a copy is refused, also when it is allowed', async () => {
    await all();
    world.otherRbac.add('web/db');
    await world.secret(['shop', 'db'], { sharedFrom: { namespace: 'web', name: 'db' } });
    expect(world.reason(['shop', 'db'])).toBe('False CopyOfCopy');
    expect(world.native(['shop', 'db'])).toBeUndefined();
  });

  it('cannot be granted on', async () => {
    await all();
    await world.grant('on', { secret: 'db', subject: { kind: 'User', name: 'bob' } }, 'web');
    expect(world.phase('on', 'web')).toBe('Pending SecretIsCopy');
    await world.secret(copy, { value: 'own' });
    expect(world.phase('on', 'web')).toBe('Active Active');
    await world.secret(copy, ofDb);
    expect(world.phase('on', 'web')).toBe('Pending SecretIsCopy');
  });
});

describe('the end of a copy', () => {
  const ends: readonly [string, () => Promise<void>][] = [
    ['the grant is deleted', () => world.removeGrant('to-web')],
    ['the grant gives less', () => world.grant('to-web', { ...toWeb, access: 'read' })],
    ['the secret is deleted', () => world.removeSecret(db)],
    ['the secret becomes a copy itself', () => world.secret(db, { sharedFrom: { namespace: 'shop', name: 'x' } })],
  ];
  test.each(ends)('comes when %s', async (_name, end) => {
    await all();
    await end();
    await world.later(1_000);
    expect(world.native(copy)).toBeUndefined();
    expect(world.reason(copy)).toBe('False CopyUnavailable');
    expect(world.message(copy)).toBe(unavailable);
  });

  it('comes at the second of the expiry, though the binding cannot be removed', async () => {
    await put.secret();
    await world.grant('to-web', { ...toWeb, expiresAt: inAnHour() });
    await put.copy();
    world.intercept = ({ method, path }) =>
      method === 'DELETE' && path.includes('rolebindings') ? new KernelError('Server', 'no') : 'pass';
    await world.later(60 * minuteMs - 1_000);
    expect(world.value(copy)).toBe('v1');
    await world.later(1_000);
    expect(world.native(copy)).toBeUndefined();
    world.errors.length = 0;
  });

  it('does not come while another grant gives the copy', async () => {
    await all();
    await world.grant('also', toWeb);
    await world.removeGrant('to-web');
    await world.later(minuteMs);
    expect(world.value(copy)).toBe('v1');
    expect(world.writesIn('web')).toHaveLength(1);
  });

  it('comes within a minute where the access was by other RBAC, which nobody watches', async () => {
    await put.secret();
    world.otherRbac.add('platform/db');
    await put.copy();
    expect(world.value(copy)).toBe('v1');
    world.otherRbac.clear();
    await world.later(minuteMs);
    expect(world.native(copy)).toBeUndefined();
  });

  it('leaves the Secret without updates where the owner wrote Continue, also after a restart', async () => {
    await world.secret(db, { value: 'v1', onRevoke: 'Continue' });
    await put.grant();
    await put.copy();
    await world.removeGrant('to-web');
    await world.secret(db, { value: 'v2', onRevoke: 'Continue' });
    await world.restart();
    await world.later(minuteMs);
    expect(world.value(copy)).toBe('v1');
    expect(world.reason(copy)).toBe('False CopyEnded');
    await put.grant();
    expect(world.value(copy)).toBe('v2');
    expect(world.reason(copy)).toBe('True Synced');
  });

  it('is as the owner wants it at that time', async () => {
    await world.secret(db, { value: 'v1', onRevoke: 'Continue' });
    await put.grant();
    await put.copy();
    await world.secret(db, { value: 'v1', onRevoke: 'Terminate' });
    await world.removeGrant('to-web');
    expect(world.native(copy)).toBeUndefined();
  });

  it('comes when the UserSecret names something else, though that is not there', async () => {
    await all();
    await world.secret(copy, { secretKeyRef: { name: 'absent', key: 'k' } });
    expect(world.native(copy)).toBeUndefined();
    expect(world.reason(copy)).toBe('False SourceNotFound');
  });

  it('does not wait for a finalizer on the UserSecret', async () => {
    await all();
    const found = world.model.get(userSecretType, { namespace: 'web', name: 'db' });
    const metadata = { ...found?.metadata, name: 'db', deletionTimestamp: world.now, finalizers: ['example.com/keep'] };
    world.model.put(userSecretType, { ...found, metadata });
    await settle();
    expect(world.native(copy)).toBeUndefined();
  });

  it('takes also what came back from a backup', async () => {
    await all();
    const native = world.native(copy);
    await world.removeGrant('to-web');
    await world.removeSecret(copy);
    await put.copy();
    world.model.put(secretType, {
      ...native,
      metadata: { ...native?.metadata, namespace: 'web', name: 'db', ownerReferences: [] },
    });
    await settle();
    expect(world.native(copy)).toBeUndefined();
  });

  it('keeps a value of its own that was there before', async () => {
    await world.secret(copy, { generate: { type: 'Hex' } });
    const own = world.value(copy);
    await put.copy();
    expect(world.value(copy)).toBe(own);
    expect(world.reason(copy)).toBe('False CopyUnavailable');
  });
});

describe('a right to copy that is passed on', () => {
  const bob = { kind: 'User', name: 'bob' } as const;
  const on = { ...toWeb, grantedBy: bob };

  it('takes the right to share and the right to copy', async () => {
    await put.secret();
    await put.copy();
    await world.grant('bob-manages', { secret: 'db', subject: bob, access: 'manage' });
    await world.grant('on', on);
    expect(world.phase('on')).toBe('Pending GranterLostAccess');
    expect(world.native(copy)).toBeUndefined();
    await world.grant('bob-copies', { secret: 'db', subject: bob, access: 'copy' });
    await world.later(1_000);
    expect(world.phase('on')).toBe('Active Active');
    expect(world.value(copy)).toBe('v1');
  });

  test.each(['bob-manages', 'bob-copies'])('ends when the grant %s ends', async (name) => {
    await put.secret();
    await put.copy();
    await world.grant('bob-manages', { secret: 'db', subject: bob, access: 'manage' });
    await world.grant('bob-copies', { secret: 'db', subject: bob, access: 'copy' });
    await world.grant('on', on);
    await world.later(1_000);
    expect(world.value(copy)).toBe('v1');
    await world.removeGrant(name);
    await world.later(1_000);
    expect(world.phase('on')).toBe('Pending GranterLostAccess');
    expect(world.native(copy)).toBeUndefined();
  });

  it('ends at the second at which the right to copy of the granter expires', async () => {
    await put.secret();
    await put.copy();
    await world.grant('bob-manages', { secret: 'db', subject: bob, access: 'manage' });
    await world.grant('bob-copies', { secret: 'db', subject: bob, access: 'copy', expiresAt: inAnHour() });
    await world.grant('on', on);
    await world.later(60 * minuteMs - 1_000);
    expect(world.value(copy)).toBe('v1');
    await world.later(1_000);
    expect(world.native(copy)).toBeUndefined();
  });

  it('is not carried by grants that carry each other', async () => {
    await put.secret();
    await world.grant('bob-manages', { secret: 'db', subject: bob, access: 'manage' });
    await world.grant('own', { secret: 'db', subject: bob, access: 'copy', grantedBy: bob });
    await world.later(minuteMs);
    expect(world.phase('own')).toBe('Pending GranterLostAccess');
  });
});

describe('bounds', () => {
  it('of a namespace: 250 copies, and then as many more as go', async () => {
    await put.secret();
    await put.grant();
    const names = Array.from({ length: 252 }, (_, index) => `c${String(index).padStart(3, '0')}`);
    for (const name of names) await world.secret(['web', name], ofDb);
    const held = names.filter((name) => world.native(['web', name]) !== undefined);
    expect(held).toHaveLength(250);
    expect(world.reason(['web', 'c251'])).toBe('False TooManyCopies');
    for (const name of ['c000', 'c001']) await world.removeSecret(['web', name]);
    await world.later(6 * minuteMs);
    expect(world.reason(['web', 'c251'])).toBe('True Synced');
  });

  it('copies that nobody grants are asked about less often where there are many', async () => {
    for (let index = 0; index < 200; index += 1) await world.secret(['web', `c${index}`], ofDb);
    await world.later(minuteMs);
    const before = world.reviews.length;
    await world.later(4 * minuteMs);
    expect(world.reviews.length - before).toBeLessThanOrEqual(2 * 200);
  });

  it('many at once get a new value before their statuses say so, by one read', async () => {
    await put.secret();
    await put.grant();
    for (let index = 0; index < 200; index += 1) await world.secret(['web', `c${index}`], ofDb);
    await world.later(minuteMs);
    const writesBefore = world.allWrites.length;
    const readsBefore = world.requests.filter(isRead).length;
    await world.secret(db, { value: 'v2' });
    await world.later(5_000);
    const writes = world.allWrites.slice(writesBefore).filter((write) => write.includes('namespaces/web/'));
    const isValue = (write: string): boolean => write.includes('/secrets/');
    expect(writes.filter(isValue)).toHaveLength(200);
    expect(writes.filter((write) => write.endsWith('/status'))).toHaveLength(200);
    // Those that are worked on while the last values wait have no other work before them.
    const untilLastValue = writes.slice(0, writes.findLastIndex(isValue));
    expect(untilLastValue.length).toBeLessThan(200 + 40);
    // The other one is for its history.
    expect(world.requests.filter(isRead).length - readsBefore).toBe(2);
  });

  it('many in one go are taken back when the grant goes', async () => {
    await put.secret();
    await put.grant();
    for (let index = 0; index < 200; index += 1) await world.secret(['web', `c${index}`], ofDb);
    await world.removeGrant('to-web');
    await world.later(1_000);
    expect(world.model.all(secretType).filter(({ metadata }) => metadata.namespace === 'web')).toEqual([]);
  });
});

describe('labels and annotations of the native Secret', () => {
  const secretMetadata = { labels: { team: 'web' }, annotations: { 'reloader.example.com/match': 'true' } };

  it('are those that the spec asks for, are put back, and go when they are not asked for any more', async () => {
    await put.secret();
    await put.grant();
    await world.secret(copy, { ...ofDb, secretMetadata });
    const { metadata } = world.native(copy) ?? {};
    expect(metadata?.labels).toMatchObject(secretMetadata.labels);
    expect(metadata?.annotations).toMatchObject(secretMetadata.annotations);
    await world.putNative(copy, { metadata: { name: 'db', labels: { ...metadata?.labels, team: 'other', own: 'x' } } });
    expect(world.native(copy)?.metadata.labels).toMatchObject({ team: 'web', own: 'x' });
    await world.secret(copy, { ...ofDb, secretMetadata: { labels: { tier: '1' } } });
    const { labels, annotations } = world.native(copy)?.metadata ?? {};
    expect(labels).toMatchObject({ tier: '1', own: 'x' });
    expect(labels).not.toHaveProperty('team');
    expect(Object.keys(annotations ?? {})).not.toContain('reloader.example.com/match');
    await world.secret(copy, ofDb);
    expect(world.native(copy)?.metadata.labels).not.toHaveProperty('tier');
    expect(world.native(copy)?.metadata.annotations).not.toHaveProperty('neu.ro/secret-metadata');
    expect(world.value(copy)).toBe('v1');
  });

  it('a record that somebody wrote takes off nothing of Kubernetes', async () => {
    await all();
    const { metadata } = world.native(copy) ?? {};
    const record = JSON.stringify({ labels: ['app.kubernetes.io/name', 'neu.ro/managed-by', 'own'], annotations: 'x' });
    await world.putNative(copy, {
      metadata: {
        name: 'db',
        labels: { ...metadata?.labels, 'app.kubernetes.io/name': 'x', own: 'y' },
        annotations: { ...metadata?.annotations, 'neu.ro/secret-metadata': record },
      },
    });
    expect(world.native(copy)?.metadata.labels).toMatchObject({
      'app.kubernetes.io/name': 'x',
      'neu.ro/managed-by': 'neuro-operator',
    });
    expect(world.reason(copy)).toBe('True Synced');
  });
});
