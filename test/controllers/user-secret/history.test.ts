import { afterEach, beforeEach, describe, expect, it, test } from 'vitest';
import { ANNOTATION_FORMER, MAX_FORMER_BYTES } from '../../../src/api/index.ts';
import { secretType, userSecretType } from '../../../src/controllers/resources.ts';
import { keptOf, type FormerValue } from '../../../src/controllers/user-secret/history.ts';
import type { UserSecretInput } from '../../../src/controllers/user-secret/input.ts';
import { planUserSecret } from '../../../src/controllers/user-secret/plan.ts';
import { KernelError } from '../../../src/kernel/index.ts';
import { generatedView, nativeOf, userSecretView } from '../../support/builders.ts';
import { deepFreeze } from '../../support/deep-freeze.ts';
import { inputOf, plain } from './plan-cases.ts';
import { base64, namespace, UserSecretWorld } from './user-secret-world.ts';

type Data = Readonly<Record<string, string>> | undefined;

const changed = userSecretView({ sourceHash: 'source-2' });
const inForceSince = (updatedAt: string) =>
  userSecretView({ sourceHash: 'source-2', status: { ...plain.status, version: 'version-1', updatedAt } });
const next = { sourceHash: 'source-2', version: 'version-2' };

function former(version: string, { record, ...rest }: Partial<FormerValue> = {}): FormerValue {
  return deepFreeze({
    name: `db-password-former-${version}`,
    uid: `uid-of-${version}`,
    resourceVersion: '5',
    ownerUid: plain.metadata.uid,
    hasOwner: true,
    createdAt: '2026-11-01T00:00:00Z',
    bytes: 10,
    ...rest,
    record: { userSecret: 'db-password', key: 'db-password', version, until: '2026-11-01T00:00:00Z', ...record },
  });
}
const until = (version: string, time: string, rest: Partial<FormerValue> = {}): FormerValue =>
  former(version, { ...rest, record: { ...former(version).record, until: time } });

function steps(input: Partial<UserSecretInput>): readonly string[] {
  const { userSecret = plain } = input;
  const plan = planUserSecret(deepFreeze({ ...inputOf(userSecret, nativeOf(plain)), ...input }));
  return (plan.steps ?? []).flatMap((step) =>
    step.do === 'keep'
      ? [`keep ${step.version}`]
      : step.do === 'tidy'
        ? step.changes.map((change) => `${change.do} ${change.former.record.version}`)
        : [step.do],
  );
}

describe('a value that another takes the place of', () => {
  test.each<[string, Partial<UserSecretInput>, readonly string[]]>([
    ['is not touched before the next one is known', { userSecret: changed }, ['obtain']],
    ['is kept first', { userSecret: changed, obtained: next }, ['keep version-1']],
    ['is replaced once it is kept', { userSecret: changed, obtained: next, kept: { version: 'version-1' } }, ['patch']],
    [
      'is replaced where it could not be kept',
      { userSecret: changed, obtained: next, kept: { version: 'version-1', refusal: 'quota' } },
      ['patch'],
    ],
    [
      'is not kept again after a crash in between',
      { userSecret: inForceSince('2026-10-31T00:00:00Z'), obtained: next, former: [former('version-1')] },
      ['patch'],
    ],
    [
      'is kept again where it came back since, and its Secret was not deleted',
      { userSecret: inForceSince('2026-11-02T00:00:00Z'), obtained: next, former: [former('version-1')] },
      ['keep version-1'],
    ],
    [
      'is kept although a former UserSecret of the name had that version',
      { userSecret: changed, obtained: next, former: [former('version-1', { ownerUid: 'uid-of-former' })] },
      ['keep version-1'],
    ],
    ['is not kept where nothing is', { userSecret: changed, obtained: next, keep: 0 }, ['patch']],
    [
      'is not kept where the next one is the same',
      { userSecret: changed, obtained: { ...next, version: 'version-1' } },
      ['patch'],
    ],
    [
      'is not kept where somebody else wrote it',
      {
        userSecret: changed,
        obtained: next,
        stored: nativeOf(plain, { versions: { 'db-password': 'version-x' } }),
      },
      ['patch'],
    ],
    [
      'is kept although somebody changed the note of its version',
      {
        userSecret: userSecretView({ sourceHash: 'source-2', status: { version: 'version-1' } }),
        obtained: next,
        stored: nativeOf(plain, { metadata: { annotations: { 'neu.ro/version': 'version-x' } } }),
      },
      ['keep version-1'],
    ],
    [
      'is kept when a generated one is rotated',
      {
        userSecret: generatedView({ metadata: { annotations: { 'neu.ro/rotate': 'now' } } }),
        stored: nativeOf(generatedView()),
        obtained: { sourceHash: 'source-1', version: 'version-2' },
      },
      ['keep version-1'],
    ],
  ])('%s', (_case, input, expected) => {
    expect(steps(input)).toEqual(expected);
  });
});

describe('former values', () => {
  const [one, two, three] = ['2026-11-01T00:00:00Z', '2026-11-02T00:00:00Z', '2026-11-03T00:00:00Z'];
  const all = [until('a', one), until('b', two), until('c', three)];

  test.each<[string, Partial<UserSecretInput>, readonly string[]]>([
    ['are left alone when they are right', { former: all }, []],
    ['go, the oldest first, when they are too many', { former: all, keep: 2 }, ['prune a']],
    ['all go when none are kept', { former: all, keep: 0 }, ['prune a', 'prune b', 'prune c']],
    ['go when they are in force again', { former: [until('version-1', one), ...all.slice(1)] }, ['prune version-1']],
    ['get their owner back', { former: [former('a', { hasOwner: false })] }, ['own a']],
    ['do not get it back again and again', { former: [former('a', { hasOwner: false })], repairWaitMs: 1 }, []],
    [
      'of a backup are taken over',
      { former: [former('a', { hasOwner: false, ownerUid: 'uid-of-former' })] },
      ['inherit a'],
    ],
    [
      'of a backup go when none are kept',
      { former: [former('a', { hasOwner: false, ownerUid: 'uid-of-former' })], keep: 0 },
      ['prune a'],
    ],
    [
      'of a former UserSecret are left to the garbage collector',
      { former: [former('a', { ownerUid: 'uid-of-former' })] },
      [],
    ],
    ['are tried once', { former: [former('a')], keep: 0, handled: ['db-password-former-a'] }, []],
  ])('%s', (_case, input, expected) => {
    expect(steps(input)).toEqual(expected);
  });

  it('have a limit of bytes, from the newest on', () => {
    const half = MAX_FORMER_BYTES / 2;
    const large = [until('a', one, { bytes: 1 }), until('b', two, { bytes: half }), until('c', three, { bytes: half })];
    const latestMs = Date.parse(three);
    const kept = keptOf(plain, large, { keep: 20, version: 'version-1', latestMs });
    expect(kept.map(({ record }) => record.version)).toEqual(['c', 'b']);
  });

  it('of a clock that was ahead have their place by when their Secrets were made', () => {
    const ahead = '2036-01-01T00:00:00Z';
    const some = [until('a', one), until('b', ahead, { createdAt: two }), until('c', three)];
    const unknown = until('d', ahead, { createdAt: ahead });
    const latestMs = Date.parse(three);
    const kept = keptOf(plain, [unknown, ...some], { keep: 20, version: 'version-1', latestMs });
    expect(kept.map(({ record }) => record.version)).toEqual(['c', 'b', 'a', 'd']);
  });
});

describe('the history in front of an API server', () => {
  let world: UserSecretWorld;

  beforeEach(async () => {
    world = new UserSecretWorld();
    await world.start();
  });
  afterEach(async () => {
    await world.stop();
    expect(world.errors).toEqual([]);
  });

  const formerSecrets = () =>
    world.model
      .all(secretType)
      .filter(({ metadata }) => metadata.labels?.['neu.ro/history'] === 'true')
      .sort((a, b) => (a.metadata.name < b.metadata.name ? -1 : 1));
  const formerValues = (): readonly string[] =>
    formerSecrets()
      .map(({ data }) => Buffer.from((data as Data)?.['db'] ?? '', 'base64').toString())
      .sort();
  const history = (): readonly string[] =>
    (world.status('db').history ?? []).map(({ secretName }) => {
      const secret = world.model.get(secretType, { namespace, name: secretName });
      return Buffer.from((secret?.['data'] as Data)?.['db'] ?? '', 'base64').toString();
    });
  const set = async (...values: readonly string[]): Promise<void> => {
    for (const value of values) {
      await world.later(1_000);
      await world.apply('db', { value });
    }
  };

  it('has the newest three, immutable, owned, and listed without a value', async () => {
    await set('one', 'two', 'three', 'four', 'five');
    expect(history()).toEqual(['four', 'three', 'two']);
    expect(formerValues()).toEqual(['four', 'three', 'two'].sort());
    for (const { immutable, type, metadata } of formerSecrets()) {
      expect({ immutable, type }).toEqual({ immutable: true, type: 'neu.ro/former-value' });
      expect(metadata.ownerReferences?.map(({ uid }) => uid)).toEqual([world.userSecret('db').metadata.uid]);
    }
    expect(JSON.stringify(world.status('db'))).not.toMatch(/four|three|Zm91cg|dGhyZWU/);
  });

  it('costs one write where a value takes the place of another, and none where none does', async () => {
    await set('one');
    expect(world.writes).toEqual(['POST secrets', 'PATCH usersecrets/db/status']);
    await set('two');
    expect(world.writes.slice(2)).toEqual(['POST secrets', 'PATCH secrets/db', 'PATCH usersecrets/db/status']);
    await world.apply('db', { valueBase64: base64('two') });
    expect(world.writes.slice(5)).toEqual(['PATCH secrets/db', 'PATCH usersecrets/db/status']);
  });

  it('says when each value was in force, and who wrote it', async () => {
    const managedFields = [{ manager: 'argocd', time: world.now, fieldsV1: { 'f:spec': { 'f:value': {} } } }];
    await world.apply('db', { value: 'one' }, { managedFields });
    const since = world.status('db').updatedAt;
    expect(world.status('db').changedBy).toEqual({ manager: 'argocd' });
    await world.later(1_000);
    const by = [{ manager: 'neuro', time: world.now, fieldsV1: { 'f:spec': { 'f:value': {} } } }];
    await world.apply('db', { value: 'two' }, { managedFields: by });
    expect(world.status('db').changedBy).toEqual({ manager: 'neuro' });
    expect(world.status('db').history).toEqual([
      expect.objectContaining({ since, manager: 'argocd', until: expect.stringContaining(world.now.slice(0, -1)) }),
    ]);
  });

  it('writes nothing after a restart', async () => {
    await set('one', 'two', 'three');
    await world.stop();
    await world.start();
    expect(world.writes).toEqual([]);
    expect(history()).toEqual(['two', 'one']);
  });

  it.each([
    ['before it is recorded', 'PATCH', '/secrets/db'],
    ['before the status is written', 'PATCH', '/status'],
  ])('keeps a value once after a crash %s', async (_case, method, end) => {
    await set('one');
    world.intercept = (request) =>
      request.method === method && request.path.endsWith(end) ? new KernelError('Network', 'gone') : 'pass';
    await set('two');
    await world.stop();
    world.errors.length = 0;
    world.intercept = () => 'pass';
    await world.start();
    expect(world.value('db')).toBe('two');
    expect(history()).toEqual(['one']);
    expect(formerSecrets()).toHaveLength(1);
  });

  it('has a value that is in force again only once it is a former one again', async () => {
    await set('one', 'two', 'one');
    expect(history()).toEqual(['two']);
    await set('three');
    expect(history()).toEqual(['one', 'two']);
  });

  it('has a value that came back with the newest, also where its Secret was not deleted meanwhile', async () => {
    await set('one', 'two');
    // As where the operator ends right after it has written a value.
    world.intercept = ({ method, path }) =>
      method === 'DELETE' && path.includes('/secrets/') ? new KernelError('Forbidden', 'no') : 'pass';
    await set('one');
    expect(formerValues()).toEqual(['one', 'two']);
    await set('three');
    world.intercept = () => 'pass';
    await set('four', 'five');
    expect(history()).toEqual(['four', 'three', 'one']);
    expect(formerValues()).toEqual(['four', 'three', 'one'].sort());
  });

  it('keeps the newest after a clock that was ahead was put right', async () => {
    const yearMs = 365 * 24 * 3_600_000;
    world.clock.jump(yearMs);
    await set('one', 'two', 'three', 'four');
    world.clock.jump(-yearMs);
    await set('five', 'six');
    expect(history().slice(0, 2)).toEqual(['five', 'four']);
    await set('four', 'seven');
    expect(history().slice(0, 3)).toEqual(['four', 'six', 'five']);
  });

  it('keeps the newest while the clock of this machine is behind', async () => {
    await set('one', 'two', 'three', 'four');
    world.clock.jump(-3_600_000);
    world.behindMs = 3_600_000;
    await set('five', 'six');
    expect(history()).toEqual(['five', 'four', 'three']);
  });

  it('hinders no new value where a policy keeps former ones as they are', async () => {
    await set('one', 'two');
    world.intercept = ({ method, path }) =>
      (method === 'DELETE' || method === 'PATCH') && path.includes('/secrets/db-former-')
        ? new KernelError('Forbidden', 'no')
        : 'pass';
    await set('one', 'three');
    expect(world.data('db')).toEqual({ db: 'three' });
  });

  it('keeps generated values and public keys, and not the value before', async () => {
    await world.apply('db', { generate: { type: 'Ed25519' } });
    const first = world.data('db');
    await world.annotate('db', { 'neu.ro/rotate': '1' });
    await world.annotate('db', { 'neu.ro/rotate': '2' });
    expect(formerSecrets()).toHaveLength(2);
    for (const { data } of formerSecrets()) expect(Object.keys(data ?? {})).toEqual(['db', 'db.pub']);
    expect(formerValues()).toContain(first?.['db']);
    expect(world.status('db').changedBy).toEqual({ manager: 'neuro-operator-usersecret' });
  });

  it('is purged for good', async () => {
    await set('one', 'two', 'three');
    for (const { metadata } of formerSecrets()) await world.remove(secretType, metadata.name);
    expect(world.status('db').history).toBeUndefined();
    await world.stop();
    await world.start();
    expect(formerSecrets()).toEqual([]);
    await set('four');
    expect(history()).toEqual(['three']);
  });

  it('goes when spec.history.keep is 0, and with the UserSecret, also with the policy Orphan', async () => {
    await set('one', 'two');
    await world.apply('db', { value: 'two', history: { keep: 0 } });
    expect(formerSecrets()).toEqual([]);
    await world.apply('db', { value: 'two', deletionPolicy: 'Orphan' });
    await world.apply('db', { value: 'three', deletionPolicy: 'Orphan' });
    expect(history()).toEqual(['two']);
    await world.remove(userSecretType, 'db');
    await world.collectGarbage();
    expect(world.value('db')).toBe('three');
    expect(formerSecrets()).toEqual([]);
  });

  it('of a secret that was removed is not that of one made again under the name', async () => {
    await set('one', 'two');
    await world.remove(userSecretType, 'db');
    await set('two');
    await world.collectGarbage();
    expect(world.reason('db')).toBe('True Synced');
    expect(world.status('db').history).toBeUndefined();
    expect(formerSecrets()).toEqual([]);
  });

  it('comes back with its UserSecret from a backup without owner references, and goes with it', async () => {
    await set('one', 'two', 'three');
    const before = world.status('db').history;
    const kept = [...formerSecrets(), world.native('db')];
    const { spec } = world.userSecret('db');
    await world.remove(userSecretType, 'db');
    await world.collectGarbage();
    for (const secret of kept) {
      const { uid: _uid, resourceVersion: _version, ...metadata } = secret?.metadata ?? { name: 'db' };
      world.model.put(secretType, { ...secret, metadata: { ...metadata, ownerReferences: [] } });
    }
    const { metadata } = await world.apply('db', spec);
    expect(history()).toEqual(['two', 'one']);
    expect(world.status('db').history?.map(({ until }) => until)).toEqual(before?.map(({ until }) => until));
    expect(formerSecrets().map((secret) => secret.metadata.ownerReferences?.[0]?.uid)).toEqual([
      metadata.uid,
      metadata.uid,
    ]);
  });

  it('is not changed by Secrets that someone else makes', async () => {
    await set('one', 'two');
    const [genuine] = formerSecrets();
    const { name = '', labels, annotations, ownerReferences } = genuine?.metadata ?? {};
    const forge = (forgedName: string, value: string, forged: Readonly<Record<string, string>> = {}) =>
      world.makeSecret(
        forgedName,
        { db: value },
        {
          immutable: true,
          metadata: { name: forgedName, labels, annotations: { ...annotations, ...forged }, ownerReferences } as never,
        },
      );
    const record = annotations?.[ANNOTATION_FORMER] ?? '';
    await forge('copy', 'one');
    await forge('other-value', 'x');
    await forge('other-record', 'one', { [ANNOTATION_FORMER]: record.replace('"until"', '"user":"bob","until"') });
    expect(history()).toEqual(['one']);
    // None of them is deleted either, although none would fit.
    await world.apply('db', { value: 'two', history: { keep: 0 } });
    expect(world.status('db').history).toBeUndefined();
    expect(formerSecrets().map(({ metadata }) => metadata.name)).toEqual(['copy', 'other-record', 'other-value']);
    expect(world.model.get(secretType, { namespace, name })).toBeUndefined();
  });

  it('does not count where someone changed who set a value', async () => {
    await set('one', 'two');
    const [genuine] = formerSecrets();
    const text = (genuine?.metadata.annotations?.[ANNOTATION_FORMER] ?? '').replace('"until"', '"user":"bob","until"');
    await world.patch(secretType, genuine?.metadata.name ?? '', {
      metadata: { annotations: { [ANNOTATION_FORMER]: text } },
    });
    expect(world.status('db').history).toBeUndefined();
  });

  it('does not hold up a change that cannot be kept, and says so', async () => {
    await set('one');
    world.intercept = (request) =>
      request.method === 'POST' && JSON.stringify(request.body ?? '').includes('former-value')
        ? new KernelError('Forbidden', 'exceeded quota: secrets')
        : 'pass';
    await set('two');
    expect(world.value('db')).toBe('two');
    expect(world.reason('db')).toBe('True Synced');
    expect(world.eventsOf('db')).toContain('Warning HistoryNotKept');
  });
});
