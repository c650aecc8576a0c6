/** A copy of another namespace's secret, in front of an API server without a network. */
import { describe, expect, it, test } from 'vitest';
import { secretType } from '../../../src/controllers/resources.ts';
import type { TransportRequest } from '../../../src/kernel/index.ts';
import { freshWorlds } from '../../support/fresh-worlds.ts';
import { CopiesWorld, copy, db, ofDb, toWeb, unavailable } from './copies-world.ts';

let world: CopiesWorld;

freshWorlds(
  () => new CopiesWorld(),
  (made) => (world = made),
);

const minuteMs = 60_000;
const isRead = ({ method, path }: TransportRequest): boolean => method === 'GET' && path.endsWith('/secrets/db');

type Part = keyof CopiesWorld['put'];
const orders: readonly (readonly Part[])[] = [
  ['secret', 'grant', 'copy'],
  ['secret', 'copy', 'grant'],
  ['grant', 'secret', 'copy'],
  ['grant', 'copy', 'secret'],
  ['copy', 'secret', 'grant'],
  ['copy', 'grant', 'secret'],
];

describe('a copy', () => {
  test.each(orders.map((order) => [order.join(', '), order] as const))('is there after %s', async (_name, order) => {
    for (const part of order) await world.put[part]();
    expect(world.value(copy)).toBe('v1');
    expect(world.reason(copy)).toBe('True Synced');
    expect(world.message(copy)).toContain('people who can read Secrets in this namespace can read it');
    // Its own version, which tells nothing about other secrets.
    expect(world.status(copy).version).not.toBe(world.status(db).version);
  });

  it('is recorded as a use of its source, with the time and the version that it got', async () => {
    await world.putAll();
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
    await world.putAll();
    for (const value of ['v2', 'v3']) {
      await world.secret(db, { value });
      expect(world.value(copy)).toBe(value);
    }
    // No former value is kept, which would outlast the access.
    expect(world.writesIn('web')).toHaveLength(3);
    expect(world.status(copy).history).toBeUndefined();
  });

  it('follows more changes in a minute than anything else may write', async () => {
    await world.putAll();
    for (let change = 0; change < 15; change += 1) await world.secret(db, { value: `v${change}` });
    expect(world.value(copy)).toBe('v14');
    expect(world.reason(copy)).toBe('True Synced');
  });

  it('is restored when someone changes it', async () => {
    await world.putAll();
    await world.putNative(copy, { data: { db: 'eA==' } });
    expect(world.value(copy)).toBe('v1');
  });

  it('of a secret of its own namespace is none, and says so without asking for access', async () => {
    await world.putAll();
    const asked = world.reviews.length;
    world.otherRbac.add('web/own');
    await world.secret(['web', 'own'], { value: 'v1' });
    await world.secret(['web', 'again'], { sharedFrom: { namespace: 'web', name: 'own' } });
    expect(world.reason(['web', 'again'])).toBe('False CopyUnavailable');
    expect(world.message(['web', 'again'])).toContain("names the namespace of this UserSecret itself, 'web'");
    await world.later(2 * minuteMs);
    expect(world.reviews).toHaveLength(asked);
    expect(world.value(['web', 'again'])).toBeUndefined();
    await world.secret(['web', 'again'], ofDb);
    expect(world.value(['web', 'again'])).toBe('v1');
  });

  it('has the key, the name and the type that its own namespace chose', async () => {
    await world.put.secret();
    await world.put.grant();
    await world.secret(copy, { ...ofDb, key: 'DATABASE', secretName: 'pg' });
    expect(world.native(['web', 'pg'])?.data).toEqual({ DATABASE: Buffer.from('v1').toString('base64') });
  });

  it('goes in a person’s home by a grant to that person', async () => {
    await world.put.secret();
    await world.grant('to-bob', { ...toWeb, subject: { kind: 'User', name: 'bob' } });
    await world.secret(['bob', 'db'], ofDb);
    expect(world.value(['bob', 'db'])).toBe('v1');
    await world.put.copy();
    expect(world.reason(copy)).toBe('False CopyUnavailable');
  });

  it('costs no write after a restart', async () => {
    await world.putAll();
    await world.later(minuteMs);
    await world.restart();
    await world.later(minuteMs);
    expect(world.allWrites).toEqual([]);
  });

  it('is counted at its source, with the namespace, and not when it has no value', async () => {
    await world.putAll();
    await world.secret(['shop', 'db'], ofDb);
    await world.later(minuteMs);
    expect(world.status(db).copies).toEqual({ count: 1, namespaces: ['web'] });
    await world.removeGrant('to-web');
    await world.later(minuteMs);
    expect(world.status(db).copies).toBeUndefined();
  });

  it('has the same status for everything that is absent or not granted', async () => {
    await world.secret(['web', 'absent'], { sharedFrom: { namespace: 'platform', name: 'db' } });
    const absent = world.status(['web', 'absent']).conditions;
    await world.put.secret();
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
    await world.put.secret();
    await world.grant('to-bob', { secret: 'db', subject: { kind: 'User', name: 'bob' }, access });
    await world.secret(['bob', 'db'], ofDb);
    expect(world.reason(['bob', 'db'])).toBe('False CopyUnavailable');
    expect(world.native(['bob', 'db'])).toBeUndefined();
  });

  it('of a copy is refused, also when it is allowed', async () => {
    await world.putAll();
    world.otherRbac.add('web/db');
    await world.secret(['shop', 'db'], { sharedFrom: { namespace: 'web', name: 'db' } });
    expect(world.reason(['shop', 'db'])).toBe('False CopyOfCopy');
    expect(world.native(['shop', 'db'])).toBeUndefined();
  });

  it('cannot be granted on', async () => {
    await world.putAll();
    await world.grant('on', { secret: 'db', subject: { kind: 'User', name: 'bob' } }, 'web');
    expect(world.phase('on', 'web')).toBe('Pending SecretIsCopy');
    await world.secret(copy, { value: 'own' });
    expect(world.phase('on', 'web')).toBe('Active Active');
    await world.secret(copy, ofDb);
    expect(world.phase('on', 'web')).toBe('Pending SecretIsCopy');
  });
});

describe('bounds', () => {
  it('of a namespace: 250 copies, and then as many more as go', async () => {
    await world.put.secret();
    await world.put.grant();
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
    await world.put.secret();
    await world.put.grant();
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

  it('many in one go are removed when the grant goes', async () => {
    await world.put.secret();
    await world.put.grant();
    for (let index = 0; index < 200; index += 1) await world.secret(['web', `c${index}`], ofDb);
    await world.removeGrant('to-web');
    await world.later(1_000);
    expect(world.model.all(secretType).filter(({ metadata }) => metadata.namespace === 'web')).toEqual([]);
  });
});

describe('labels and annotations of the native Secret', () => {
  const secretMetadata = { labels: { team: 'web' }, annotations: { 'reloader.example.com/match': 'true' } };

  it('are those that the spec asks for, are restored, and go when they are not asked for any more', async () => {
    await world.put.secret();
    await world.put.grant();
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

  it('a record that someone wrote removes nothing of Kubernetes', async () => {
    await world.putAll();
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
