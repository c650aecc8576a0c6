/** A native Secret that has to be deleted and created again, and what happens to its value where that breaks off. */
import { describe, expect, it } from 'vitest';
import { secretType } from '../../../src/controllers/resources.ts';
import { KernelError, type TransportRequest } from '../../../src/kernel/index.ts';
import { freshWorlds } from '../../support/fresh-worlds.ts';
import type { Interception } from '../../support/in-process-transport.ts';
import { base64, UserSecretWorld } from './user-secret-world.ts';

let world: UserSecretWorld;

freshWorlds(
  () => new UserSecretWorld(),
  (made) => (world = made),
);

/** The requests of a replacement, in their order. */
const requests = ['dry run', 'keep', 'delete', 'create', 'drop'] as const;
type Request = (typeof requests)[number];

function requestOf({ method, path, query, body }: TransportRequest): Request | undefined {
  const { name = '' } = (body as { readonly metadata?: { readonly name?: string } } | undefined)?.metadata ?? {};
  if (method === 'POST' && path.endsWith('/secrets')) {
    if (name !== 'db') return 'keep';
    return query?.['dryRun'] === 'All' ? 'dry run' : 'create';
  }
  if (method !== 'DELETE' || !path.includes('/secrets/')) return undefined;
  return path.endsWith('/db') ? 'delete' : 'drop';
}

function at(request: Request, met: Interception): void {
  world.intercept = (each) => (requestOf(each) === request ? met : 'pass');
}

/** As `kill -9`, and another process after it. */
async function restart(): Promise<void> {
  await world.stop();
  world.intercept = () => 'pass';
  await world.start();
}

/** Their names, without those of former values. */
const secrets = () =>
  world.model.all(secretType).flatMap(({ type, metadata }) => (type === 'neu.ro/former-value' ? [] : [metadata.name]));
const keptName = () => secrets().find((name) => name !== 'db') ?? '';
const makeImmutable = () => world.patch(secretType, 'db', { immutable: true });
const adopt = { 'neu.ro/adopt': 'db' };
const generated = { generate: { type: 'Password' } } as const;

/** Now, and with no other condition before. */
function expectSynced(): void {
  expect(world.reason('db')).toBe('True Synced');
  expect(world.eventsOf('db')).not.toContain('Warning Contested');
}

async function expectWhole(value: string | undefined): Promise<void> {
  await world.later(120_000);
  expect(world.value('db')).toBe(value);
  expect(world.native('db')?.immutable).toBeUndefined();
  expect(world.reason('db')).toBe('True Synced');
  expect(secrets()).toEqual(['db']);
}

it('is kept beside, and what was kept goes', async () => {
  await world.apply('db', generated);
  const value = world.value('db');
  await makeImmutable();
  const seen = world.requests.flatMap((request) => requestOf(request) ?? []);
  expect(seen.slice(seen.indexOf('dry run'))).toEqual(requests);
  await expectWhole(value);
});

describe('an operator that ends', () => {
  it.each(requests.flatMap((request) => [[request, 'before'] as const, [request, 'after'] as const]))(
    'at the request %s, %s it is done, loses no generated value',
    async (request, when) => {
      await world.apply('db', generated);
      const value = world.value('db');
      let isDone = false;
      world.intercept = (each) => {
        if (isDone) return 'hang';
        if (requestOf(each) !== request) return 'pass';
        isDone = true;
        return when === 'before' ? 'hang' : 'lost';
      };
      await makeImmutable();
      expect(isDone).toBe(true);
      await restart();
      world.errors.length = 0;
      await expectWhole(value);
    },
  );

  it.each(requests)('at the request %s of an adoption, loses no value', async (request) => {
    await world.makeSecret('db', { db: 'adopted' }, { immutable: true, metadata: { name: 'db', annotations: adopt } });
    at(request, 'hang');
    await world.apply('db', generated);
    await restart();
    await expectWhole('adopted');
  });

  it('between the delete and the create loses no value whose source is gone', async () => {
    await world.makeSecret('source', { password: 'one' });
    await world.apply('db', { secretKeyRef: { name: 'source', key: 'password' } });
    at('create', 'hang');
    await makeImmutable();
    expect(world.native('db')).toBeUndefined();
    await world.remove(secretType, 'source');
    await restart();
    await world.later(120_000);
    expect(world.value('db')).toBe('one');
    expect(world.reason('db')).toBe('False SourceNotFound');
    expect(secrets()).toEqual(['db']);
  });

  it('keeps the former value and the time of the next rotation too', async () => {
    await world.apply('db', { generate: { type: 'Hex', rotateEvery: '1h' } });
    await world.later(3_600_000);
    const { data, metadata } = world.native('db') ?? {};
    expect(Object.keys(data ?? {})).toEqual(['db.previous', 'db']);
    at('create', 'hang');
    await makeImmutable();
    await restart();
    await world.later(1_000);
    expect(world.native('db')?.data).toEqual(data);
    expect(world.native('db')?.metadata.annotations).toEqual(metadata?.annotations);
  });

  it('between the two leaves a value that gives way to the source of now', async () => {
    await world.apply('db', { value: 'one' });
    at('create', 'hang');
    await makeImmutable();
    await world.stop();
    world.intercept = () => 'pass';
    await world.apply('db', { value: 'two' });
    await world.start();
    expectSynced();
    // The former value does not come back for a moment either.
    const created = world.requests.filter((request) => requestOf(request) === 'create').map(({ body }) => body);
    expect(created).toMatchObject([{ data: { db: base64('two') } }]);
    await expectWhole('two');
  });

  it('between the two leaves a value that stays where the source of now has none', async () => {
    await world.apply('db', { value: 'one' });
    at('create', 'hang');
    await makeImmutable();
    await world.stop();
    world.intercept = () => 'pass';
    await world.apply('db', { secretKeyRef: { name: 'missing', key: 'password' } });
    await world.start();
    expect([world.reason('db'), world.value('db')]).toEqual(['False SourceNotFound', 'one']);
    expect(secrets()).toEqual(['db']);
  });

  it('between the two leaves a value that gives way at once to the one that somebody asked for', async () => {
    await world.apply('db', generated);
    const value = world.value('db');
    at('create', 'hang');
    await makeImmutable();
    await world.stop();
    world.intercept = () => 'pass';
    await world.annotate('db', { 'neu.ro/rotate': 'now' });
    await world.start();
    expectSynced();
    expect(world.data('db')).toMatchObject({ 'db.previous': value });
    expect(world.value('db')).not.toBe(value);
  });

  it('between the two leaves a value that gives way at once to another one of the same source', async () => {
    await world.makeSecret('source', { password: 'one' });
    await world.apply('db', { secretKeyRef: { name: 'source', key: 'password' } });
    at('create', 'hang');
    await makeImmutable();
    await world.stop();
    world.intercept = () => 'pass';
    await world.makeSecret('source', { password: 'two' });
    await world.start();
    expectSynced();
    expect(world.value('db')).toBe('two');
  });
});

describe('an API server', () => {
  const down = new KernelError('Server', 'POST /x: 500 InternalError');
  const full = new KernelError('Forbidden', 'POST /x: 403 Forbidden exceeded quota: small');
  const forbidden = new KernelError('Forbidden', 'DELETE /x: 403 Forbidden a policy of the cluster');
  const invalid = new KernelError('Invalid', 'POST /x: 422 Invalid data[.dockerconfigjson]');

  it.each<[string, Request, KernelError, string]>([
    ['would not take the new Secret', 'dry run', invalid, 'False Refused'],
    ['does not answer whether it would', 'dry run', down, 'False ApiError'],
    ['has no room for what is kept', 'keep', full, 'False QuotaExhausted'],
  ])('that %s costs nothing that is there', async (_what, request, error, reason) => {
    await world.apply('db', { value: 'one' });
    at(request, error);
    await makeImmutable();
    await world.later(5_000);
    expect(world.reason('db')).toBe(reason);
    expect(world.native('db')?.immutable).toBe(true);
    expect(world.value('db')).toBe('one');
    expect(secrets()).toEqual(['db']);
    world.intercept = () => 'pass';
    world.errors.length = 0;
    await world.later(3_600_000);
    await world.annotate('db', { touched: 'yes' });
    await expectWhole('one');
  });

  it.each([
    ['fails', down],
    ['has no room any more', full],
  ])('that %s after the delete costs no value, and the Secret follows', async (_what, error) => {
    await world.apply('db', generated);
    const value = world.value('db');
    at('create', error);
    await makeImmutable();
    await world.later(5_000);
    expect(world.native('db')).toBeUndefined();
    world.intercept = () => 'pass';
    world.errors.length = 0;
    await expectWhole(value);
  });

  it('whose quota counts the delete a moment later gets the Secret within seconds, and is not asked so often for long', async () => {
    await world.apply('db', generated);
    const value = world.value('db');
    at('create', full);
    await makeImmutable();
    world.intercept = () => 'pass';
    await world.later(1_000);
    expect([world.reason('db'), world.value('db')]).toEqual(['True Synced', value]);
    at('create', full);
    await makeImmutable();
    await world.patch(secretType, keptName(), { metadata: { creationTimestamp: world.now } });
    await world.later(16_000);
    const tries = () => world.requests.filter((request) => requestOf(request) === 'create').length;
    const before = tries();
    await world.later(59_000);
    expect(tries()).toBe(before);
    world.intercept = () => 'pass';
    await expectWhole(value);
  });

  it('whose quota has room for exactly one more finds that taken by what the process before has kept, and goes on', async () => {
    await world.apply('db', generated);
    const value = world.value('db');
    at('delete', 'hang');
    await makeImmutable();
    await world.stop();
    world.intercept = ({ method, path }) =>
      method === 'POST' && path.endsWith('/secrets') && world.model.all(secretType).length >= 2 ? full : 'pass';
    await world.start();
    expectSynced();
    await expectWhole(value);
  });

  it('that does not let the native Secret go keeps what is kept, however often it is asked', async () => {
    await world.apply('db', generated);
    const value = world.value('db');
    at('delete', forbidden);
    await makeImmutable();
    const kept = world.model.get(secretType, { namespace: 'alice', name: keptName() })?.metadata.uid;
    await world.later(300_000);
    expect(world.reason('db')).toBe('False Refused');
    expect(world.requests.filter((request) => requestOf(request) === 'delete').length).toBeGreaterThan(3);
    expect(world.model.get(secretType, { namespace: 'alice', name: keptName() })?.metadata.uid).toBe(kept);
    world.intercept = () => 'pass';
    await expectWhole(value);
  });

  it('that does not let the native Secret go has the value of now kept, not the one of the try before', async () => {
    await world.apply('db', { value: 'one' });
    at('delete', forbidden);
    await makeImmutable();
    await world.apply('db', { value: 'two' });
    expect([world.value('db'), world.value(keptName(), 'db')]).toEqual(['one', 'two']);
  });

  it('that forbids deleting the kept Secret is reported once, and the kept value is never used later', async () => {
    await world.apply('db', generated);
    const value = world.value('db');
    at('drop', forbidden);
    await makeImmutable();
    await world.annotate('db', { 'neu.ro/rotate': 'now' });
    expect(world.eventsOf('db').filter((event) => event === 'Warning Refused')).toHaveLength(1);
    expect(world.events.find(({ text }) => text.reason === 'Refused')?.text.note).toContain(keptName());
    const rotated = world.value('db');
    await world.remove(secretType, 'db');
    expect(world.reason('db')).toBe('True Synced');
    expect([value, rotated]).not.toContain(world.value('db'));
  });

  it('that forbids deleting and changing the kept Secret is reported once, and the kept value is never used later', async () => {
    await world.apply('db', generated);
    const value = world.value('db');
    world.intercept = (request) =>
      requestOf(request) === 'drop' || (request.method === 'PATCH' && /\/secrets\/db-replacement/.test(request.path))
        ? forbidden
        : 'pass';
    await makeImmutable();
    expect(world.model.get(secretType, { namespace: 'alice', name: keptName() })).toMatchObject({
      metadata: { annotations: { 'neu.ro/next-proof': expect.any(String) as string } },
    });
    await world.annotate('db', { 'neu.ro/rotate': 'now' });
    expect(world.eventsOf('db').filter((event) => event === 'Warning Refused')).toHaveLength(1);
    const rotated = world.value('db');
    await world.remove(secretType, 'db');
    expect(world.reason('db')).toBe('True Synced');
    expect([value, rotated]).not.toContain(world.value('db'));
    // The next one needs the place of what was kept.
    await makeImmutable();
    expect(world.reason('db')).toBe('False Refused');
    expect(world.condition('db')?.message).toContain(keptName());
    expect(world.native('db')).toBeDefined();
    world.intercept = () => 'pass';
    await expectWhole(world.value('db'));
  });

  it('that does not let it go holds up the next replacement until it does, and the status names it', async () => {
    await world.apply('db', { value: 'one' });
    at('drop', forbidden);
    await makeImmutable();
    const kept = keptName();
    await world.apply('db', { value: 'two' });
    await makeImmutable();
    expect([world.reason('db'), world.value('db')]).toEqual(['False Refused', 'two']);
    expect(world.condition('db')?.message).toContain(kept);
    world.intercept = () => 'pass';
    await expectWhole('two');
  });
});

it('is kept with the labels and annotations that the native Secret is to have', async () => {
  const secretMetadata = { labels: { team: 'red' }, annotations: { 'example.com/owner': 'alice' } };
  await world.apply('db', { value: 'one', secretMetadata });
  await makeImmutable();
  const kept = world.requests.findLast((request) => requestOf(request) === 'keep')?.body;
  expect(kept).toMatchObject({
    metadata: {
      labels: { ...secretMetadata.labels, 'neu.ro/managed-by': 'neuro-operator' },
      annotations: secretMetadata.annotations,
    },
  });
});

it('does not lose what is kept to a store that is behind', async () => {
  await world.apply('db', generated);
  const value = world.value('db');
  at('create', 'hang');
  await makeImmutable();
  await world.stop();
  const kept = keptName();
  // The list of the next process is of the moment before the delete.
  const native = world.requests.findLast((request) => requestOf(request) === 'create')?.body as object;
  world.model.put(secretType, native as Parameters<typeof world.model.put>[1]);
  world.intercept = (request) => {
    // The first look at the API server itself finds that another process has deleted it.
    if (request.method === 'GET' && request.path.endsWith('/secrets/db')) {
      world.model.remove(secretType, { namespace: 'alice', name: 'db' });
      world.intercept = () => 'pass';
    }
    return 'pass';
  };
  await world.start();
  expect(kept).not.toBe('');
  world.errors.length = 0;
  await expectWhole(value);
});

it('keeps nothing of a Secret that somebody made under that name, and says so', async () => {
  await world.apply('db', generated);
  await makeImmutable();
  const kept = world.requests.findLast((request) => requestOf(request) === 'keep')?.body as {
    readonly metadata: { readonly name: string };
  };
  await world.makeSecret(kept.metadata.name, { db: 'forged' });
  await makeImmutable();
  await world.later(5_000);
  expect(world.condition('db')?.message).toContain(`the Secret '${kept.metadata.name}' exists`);
  expect(world.native('db')?.immutable).toBe(true);
  world.errors.length = 0;
  await world.remove(secretType, kept.metadata.name);
  await world.later(120_000);
  expect(world.value('db')).not.toBe('forged');
  expect(world.reason('db')).toBe('True Synced');
});
