/** How a copy of another namespace's secret ends, in front of an API server without a network. */
import { describe, expect, it, test } from 'vitest';
import { secretType, userSecretType } from '../../../src/controllers/resources.ts';
import { KernelError } from '../../../src/kernel/index.ts';
import { settle } from '../../support/manual-clock.ts';
import { freshWorlds } from '../../support/fresh-worlds.ts';
import { CopiesWorld, copy, db, toWeb, unavailable } from './copies-world.ts';

const minuteMs = 60_000;

let world: CopiesWorld;

freshWorlds(
  () => new CopiesWorld(),
  (made) => (world = made),
);

describe('the end of a copy', () => {
  const ends: readonly [string, () => Promise<void>][] = [
    ['the grant is deleted', () => world.removeGrant('to-web')],
    ['the grant gives less', () => world.grant('to-web', { ...toWeb, access: 'read' })],
    ['the secret is deleted', () => world.removeSecret(db)],
    ['the secret becomes a copy itself', () => world.secret(db, { sharedFrom: { namespace: 'shop', name: 'x' } })],
  ];
  test.each(ends)('comes when %s', async (_name, end) => {
    await world.putAll();
    await end();
    await world.later(1_000);
    expect(world.native(copy)).toBeUndefined();
    expect(world.reason(copy)).toBe('False CopyUnavailable');
    expect(world.message(copy)).toBe(unavailable);
  });

  it('comes at the second of the expiry, though the binding cannot be removed', async () => {
    await world.put.secret();
    await world.grant('to-web', { ...toWeb, expiresAt: world.inAnHour() });
    await world.put.copy();
    world.intercept = ({ method, path }) =>
      method === 'DELETE' && path.includes('rolebindings') ? new KernelError('Server', 'no') : 'pass';
    await world.later(60 * minuteMs - 1_000);
    expect(world.value(copy)).toBe('v1');
    await world.later(1_000);
    expect(world.native(copy)).toBeUndefined();
    world.errors.length = 0;
  });

  it('does not come while another grant gives the copy', async () => {
    await world.putAll();
    await world.grant('also', toWeb);
    await world.removeGrant('to-web');
    await world.later(minuteMs);
    expect(world.value(copy)).toBe('v1');
    expect(world.writesIn('web')).toHaveLength(1);
  });

  it('comes within a minute where the access was by other RBAC, which nobody watches', async () => {
    await world.put.secret();
    world.otherRbac.add('platform/db');
    await world.put.copy();
    expect(world.value(copy)).toBe('v1');
    world.otherRbac.clear();
    await world.later(minuteMs);
    expect(world.native(copy)).toBeUndefined();
  });

  it('leaves the Secret without updates where the owner wrote Continue, also after a restart', async () => {
    await world.secret(db, { value: 'v1', onRevoke: 'Continue' });
    await world.put.grant();
    await world.put.copy();
    await world.removeGrant('to-web');
    await world.secret(db, { value: 'v2', onRevoke: 'Continue' });
    await world.restart();
    await world.later(minuteMs);
    expect(world.value(copy)).toBe('v1');
    expect(world.reason(copy)).toBe('False CopyEnded');
    await world.put.grant();
    expect(world.value(copy)).toBe('v2');
    expect(world.reason(copy)).toBe('True Synced');
  });

  it('is as the owner wants it at that time', async () => {
    await world.secret(db, { value: 'v1', onRevoke: 'Continue' });
    await world.put.grant();
    await world.put.copy();
    await world.secret(db, { value: 'v1', onRevoke: 'Terminate' });
    await world.removeGrant('to-web');
    expect(world.native(copy)).toBeUndefined();
  });

  it('comes when the UserSecret names something else, though that does not exist', async () => {
    await world.putAll();
    await world.secret(copy, { secretKeyRef: { name: 'absent', key: 'k' } });
    expect(world.native(copy)).toBeUndefined();
    expect(world.reason(copy)).toBe('False SourceNotFound');
  });

  it('does not wait for a finalizer on the UserSecret', async () => {
    await world.putAll();
    const found = world.model.get(userSecretType, { namespace: 'web', name: 'db' });
    const metadata = { ...found?.metadata, name: 'db', deletionTimestamp: world.now, finalizers: ['example.com/keep'] };
    world.model.put(userSecretType, { ...found, metadata });
    await settle();
    expect(world.native(copy)).toBeUndefined();
    expect(world.reason(copy)).toBe('False Deleting');
  });

  it('takes also what came back from a backup', async () => {
    await world.putAll();
    const native = world.native(copy);
    await world.removeGrant('to-web');
    await world.removeSecret(copy);
    await world.put.copy();
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
    await world.put.copy();
    expect(world.value(copy)).toBe(own);
    expect(world.reason(copy)).toBe('False CopyUnavailable');
  });
});

describe('a right to copy that is passed on', () => {
  const bob = { kind: 'User', name: 'bob' } as const;
  const on = { ...toWeb, grantedBy: bob };

  it('takes the right to share and the right to copy', async () => {
    await world.put.secret();
    await world.put.copy();
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
    await world.put.secret();
    await world.put.copy();
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
    await world.put.secret();
    await world.put.copy();
    await world.grant('bob-manages', { secret: 'db', subject: bob, access: 'manage' });
    await world.grant('bob-copies', { secret: 'db', subject: bob, access: 'copy', expiresAt: world.inAnHour() });
    await world.grant('on', on);
    await world.later(60 * minuteMs - 1_000);
    expect(world.value(copy)).toBe('v1');
    await world.later(1_000);
    expect(world.native(copy)).toBeUndefined();
  });

  it('is not carried by grants that carry each other', async () => {
    await world.put.secret();
    await world.grant('bob-manages', { secret: 'db', subject: bob, access: 'manage' });
    await world.grant('own', { secret: 'db', subject: bob, access: 'copy', grantedBy: bob });
    await world.later(minuteMs);
    expect(world.phase('own')).toBe('Pending GranterLostAccess');
  });
});
