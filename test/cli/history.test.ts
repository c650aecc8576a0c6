/** Former values, as the operator leaves them: listed, read, put back, compared and purged. */
import { beforeEach, describe, expect, test } from 'vitest';
import { nativeSecrets, userSecrets, type NativeSecret } from '../../src/cli/connect/kinds.ts';
import { KernelError } from '../../src/kernel/index.ts';
import { publishSealingKey, takeUp } from './operate.ts';
import { createWorld, type World } from './typed.ts';

let world: World;
let mayReadSecrets: boolean;
let hasChanged: boolean;
let uidOfDb: string;
const now = (): Date => new Date('2026-11-25T10:00:00Z');
const base64 = (text: string): string => Buffer.from(text).toString('base64');

function former(name: string, value: string, uid = uidOfDb, type = 'neu.ro/former-value'): void {
  world.model.put(nativeSecrets, {
    metadata: {
      namespace: 'alice',
      name,
      labels: { 'neu.ro/history': 'true' },
      ownerReferences: [{ apiVersion: 'neu.ro/v1', kind: 'UserSecret', name: 'db', uid, controller: true }],
    },
    type,
    data: { db: base64(value) },
  });
}

/** The native Secret, with more keys. */
function rotated(more: Readonly<Record<string, string>>, uid = uidOfDb): void {
  const data = Object.fromEntries(Object.entries({ db: 'now', ...more }).map(([key, text]) => [key, base64(text)]));
  world.model.put(nativeSecrets, {
    metadata: {
      namespace: 'alice',
      name: 'db',
      ownerReferences: [{ apiVersion: 'neu.ro/v1', kind: 'UserSecret', name: 'db', uid, controller: true }],
    },
    data,
  });
}

function dataKeys(): readonly string[] {
  const native = world.model.get(nativeSecrets, { namespace: 'alice', name: 'db' }) as NativeSecret | undefined;
  return Object.keys(native?.data ?? {});
}

beforeEach(async () => {
  mayReadSecrets = true;
  hasChanged = false;
  world = createWorld({
    operate: takeUp,
    refuse: ({ method, path }) =>
      hasChanged && method === 'PATCH'
        ? new KernelError('Conflict', 'PATCH secrets: 409')
        : !mayReadSecrets && path.includes('/secrets')
          ? new KernelError('Forbidden', 'GET secrets: 403')
          : undefined,
  });
  await publishSealingKey(world.model);
  const { metadata } = world.model.put(userSecrets, {
    metadata: { namespace: 'alice', name: 'db' },
    spec: { generate: { type: 'Hex' } },
    status: {
      version: 'aaaa11112222',
      updatedAt: '2026-11-25T09:00:00Z',
      changedBy: { manager: 'neuro', user: 'alice' },
      history: [
        {
          version: 'bbbb11112222',
          secretName: 'db-former-b',
          since: '2026-11-20T10:00:00Z',
          until: '2026-11-25T09:00:00Z',
        },
        { version: 'bbbb33334444', secretName: 'db-former-c', until: '2026-11-20T10:00:00Z', manager: 'argocd' },
      ],
      conditions: [{ type: 'Ready', status: 'True', reason: 'Synced', message: '', lastTransitionTime: '' }],
    },
  });
  uidOfDb = metadata.uid ?? '';
  world.model.put(nativeSecrets, {
    metadata: {
      namespace: 'alice',
      name: 'db',
      ownerReferences: [{ apiVersion: 'neu.ro/v1', kind: 'UserSecret', name: 'db', uid: uidOfDb, controller: true }],
    },
    data: { db: base64('now') },
  });
  former('db-former-b', 'before');
  former('db-former-c', 'first');
});

describe('history', () => {
  test('lists the versions, the newest first', async () => {
    expect(
      (await world.type(['secret', 'history', 'db'], { now })).out.split('\n').map((line) => line.split(/\s{2,}/)),
    ).toEqual([
      ['VERSION', 'SET', 'REPLACED', 'BY'],
      ['aaaa11112222', '60m', 'in force', 'alice'],
      ['bbbb11112222', '5d', '60m'],
      ['bbbb33334444', '', '5d', 'argocd'].filter((cell) => cell !== ''),
      [''],
    ]);
    const { out } = await world.type(['secret', 'history', 'db', '-o', 'json']);
    expect(JSON.stringify(JSON.parse(out))).toContain('"version":"bbbb33334444"');
  });

  test('says that there is none', async () => {
    await world.type(['secret', 'add', 'new', '-'], { input: 'x' });
    expect((await world.type(['secret', 'history', 'new'])).error).toBe("No former value of 'new' is kept.\n");
  });
});

describe('get --version', () => {
  test.each([
    ['a former value', 'bbbb11112222', { code: 0, out: 'before' }],
    ['by its first digits', 'bbbb3', { code: 0, out: 'first' }],
    ['the one in force', 'aaaa', { code: 0, out: 'now' }],
    ['not by digits that several have', 'bbbb', { code: 127, out: '' }],
    ['not by too few digits', 'aaa', { code: 72, out: '' }],
    ['none that is not kept', 'cccc11112222', { code: 72, out: '' }],
  ])('prints %s', async (_case, version, expected) => {
    const { code, out } = await world.type(['secret', 'get', 'db', '--version', version]);
    expect({ code, out }).toEqual(expected);
  });

  test.each([
    ['is of another UserSecret', () => former('db-former-b', 'x', 'uid-of-other')],
    ['is no former value', () => former('db-former-b', 'x', uidOfDb, 'Opaque')],
  ])('does not print what %s', async (_case, put) => {
    put();
    expect(await world.type(['secret', 'get', 'db', '--version', 'bbbb11112222'])).toMatchObject({ code: 72, out: '' });
  });

  test('says that only the owner reads it', async () => {
    mayReadSecrets = false;
    const { error } = await world.type(['secret', 'get', 'db', '--version', 'bbbb11112222']);
    expect(error).toContain('Only the owner reads the value');
  });
});

describe('rollback', () => {
  test('writes the former value sealed, and says that it is not generated any more', async () => {
    const { code, out, error } = await world.type(['secret', 'rollback', 'db', '--to', 'bbbb1']);
    expect({ code, out }).toEqual({ code: 0, out: "Secret 'db' is back at version bbbb11112222.\n" });
    expect(error).toContain('is not rotated any more');
    const spec = world.model.get(userSecrets, { namespace: 'alice', name: 'db' })?.['spec'];
    expect(spec).toEqual({ sealed: { value: expect.any(String) } });
    expect(JSON.stringify(spec)).not.toContain(base64('before'));
  });

  test('leaves the version in force as it is', async () => {
    const { out } = await world.type(['secret', 'rollback', 'db', '--to', 'aaaa']);
    expect(out).toBe("Version aaaa11112222 of 'db' is in force already.\n");
  });
});

describe('history diff', () => {
  test('compares by version and size, and never shows a value', async () => {
    const { code, out, error } = await world.type(['secret', 'history', 'diff', 'db', 'aaaa', 'bbbb3'], { now });
    expect(code).toBe(1);
    expect(out.split('\n').map((line) => line.split(/\s{2,}/).slice(0, 2))).toEqual([
      ['VERSION', 'BYTES'],
      ['aaaa11112222', '3'],
      ['bbbb33334444', '5'],
      [''],
    ]);
    expect(error).toBe('The values differ.\n');
    expect((await world.type(['secret', 'history', 'diff', 'db', 'aaaa', 'aaaa'])).code).toBe(0);
  });
});

describe('history purge', () => {
  test('deletes the former values of that secret, and reports what is left', async () => {
    former('db-former-unknown', 'x');
    former('other-former', 'x', 'uid-of-other');
    const { code, out, error } = await world.type(['secret', 'history', 'purge', 'db']);
    expect({ code, out }).toEqual({ code: 0, out: "3 former values of 'db' deleted.\n" });
    expect(error).toContain('backups of the cluster keep all');
    expect(world.model.all(nativeSecrets).map(({ metadata }) => metadata.name)).toEqual(['db', 'other-former']);
  });

  test.each([
    ['that the history has too', 'before', 2],
    ['that the history does not have', 'an older one', 3],
  ])('removes what a rotation left beside the value: one %s', async (_, previous, count) => {
    rotated({ 'db.previous': previous, 'db.pub.previous': 'its public half' });
    const { code, out } = await world.type(['secret', 'history', 'purge', 'db']);
    expect({ code, out }).toEqual({ code: 0, out: `${String(count)} former values of 'db' deleted.\n` });
    expect(world.model.get(nativeSecrets, { namespace: 'alice', name: 'db' })).toMatchObject({
      data: { db: base64('now') },
    });
    expect(dataKeys()).toEqual(['db']);
  });

  test('removes it where no history is kept, and asks first', async () => {
    for (const name of ['db-former-b', 'db-former-c']) world.model.remove(nativeSecrets, { namespace: 'alice', name });
    rotated({ 'db.previous': 'before' });
    const purge = ['secret', 'history', 'purge', 'db'];
    expect((await world.type(purge, { isTerminal: true, answers: ['n'] })).code).not.toBe(0);
    expect(dataKeys()).toEqual(['db', 'db.previous']);
    expect((await world.type(purge)).out).toBe("1 former value of 'db' deleted.\n");
    expect(dataKeys()).toEqual(['db']);
  });

  test('takes nothing from a Secret that is not of this secret', async () => {
    rotated({ 'db.previous': 'theirs' }, 'uid-of-other');
    await world.type(['secret', 'history', 'purge', 'db']);
    expect(dataKeys()).toEqual(['db', 'db.previous']);
  });

  test('deletes nothing where the Secret has changed meanwhile', async () => {
    rotated({ 'db.previous': 'before' });
    hasChanged = true;
    const names = (): readonly string[] => world.model.all(nativeSecrets).map(({ metadata }) => metadata.name);
    const before = names();
    expect(before).toContain('db-former-b');
    expect((await world.type(['secret', 'history', 'purge', 'db'])).code).not.toBe(0);
    expect(names()).toEqual(before);
  });

  test('asks at a terminal', async () => {
    const { code } = await world.type(['secret', 'history', 'purge', 'db'], { isTerminal: true, answers: ['n'] });
    expect(code).not.toBe(0);
    expect(world.model.all(nativeSecrets)).toHaveLength(3);
  });
});

test('an import of Secrets leaves former values out', async () => {
  const secret = {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name: 'x' },
    type: 'neu.ro/former-value',
    data: { a: 'eA==' },
  };
  const { out, error } = await world.type(['secret', 'import', '-', '--format', 'objects'], {
    input: JSON.stringify(secret),
  });
  expect(out + error).toContain('it is a former value that the operator keeps');
  expect(world.model.get(userSecrets, { namespace: 'alice', name: 'a' })).toBeUndefined();
});

describe('log', () => {
  test('has changes and uses, and says what the caller may not see', async () => {
    world = createWorld({
      operate: takeUp,
      refuse: ({ path }) =>
        path.endsWith('/events') ? new KernelError('Forbidden', 'GET events: 403 Forbidden') : undefined,
    });
    world.model.put(userSecrets, {
      metadata: { namespace: 'alice', name: 'db', creationTimestamp: '2026-11-01T00:00:00Z' },
      spec: { value: 'x' },
      status: {
        uses: [{ by: 'bob/robot', lastAt: '2026-11-21T00:00:00Z', lastJob: 'nightly', version: 'v' }],
        conditions: [{ type: 'Ready', status: 'True', reason: 'Synced', message: '', lastTransitionTime: '' }],
      },
    });
    const { code, out, error } = await world.type(['secret', 'log', 'db'], { now });
    expect(code).toBe(0);
    expect(out.split('\n').map((line) => line.split(/\s{2,}/))).toEqual([
      ['TIME', 'WHAT', 'WHO', 'VERSION'],
      ['2026-11-21T00:00:00Z', 'used by job nightly', 'bob/robot', 'v'],
      ['2026-11-01T00:00:00Z', 'the UserSecret was created'],
      [''],
    ]);
    expect(error).toBe("You may not list events of the namespace 'alice', so they are left out.\n");
  });
});
