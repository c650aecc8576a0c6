/** `--rotate-by`, `neuro secret rotate-by` and `neuro secret tag`: what people note about a secret. */
import { beforeEach, describe, expect, test } from 'vitest';
import { ANNOTATION_ROTATE_BY } from '../../src/api/index.ts';
import { userSecrets } from '../../src/cli/connect/kinds.ts';
import { publishSealingKey, takeUp } from './operate.ts';
import { createWorld, type World } from './typed.ts';

let world: World;

beforeEach(async () => {
  world = createWorld({ operate: takeUp });
  await publishSealingKey(world.model);
});

const secret = async (...words: readonly string[]) => world.type(['secret', ...words]);
const metadataOf = (name: string) =>
  world.model.all(userSecrets).find(({ metadata }) => metadata.name === name)?.metadata;
const dateOf = (name: string) => metadataOf(name)?.annotations?.[ANNOTATION_ROTATE_BY];
const keysOf = ({ out }: { readonly out: string }) =>
  (JSON.parse(out) as { items: { key: string }[] }).items.map(({ key }) => key);

describe('rotate by', () => {
  test('is set with the value, stays with the next one, and goes with never', async () => {
    expect(await secret('add', 'db', 'x', '--rotate-by', '2031-01-31')).toMatchObject({ code: 0 });
    expect(dateOf('db')).toBe('2031-01-31');
    const next = await secret('add', 'db', 'y');
    expect(next.error).toContain('The date to rotate by is still 2031-01-31');
    expect(dateOf('db')).toBe('2031-01-31');
    expect((await secret('rotate-by', 'db')).out).toBe('2031-01-31\n');
    expect((await secret('rotate-by', 'db', 'never')).out).toContain('no date');
    expect(dateOf('db')).toBeUndefined();
    await secret('add', 'db', 'z', '--rotate-by', '2031-02-28');
    await secret('add', 'db', 'z', '--rotate-by', 'never');
    expect(dateOf('db')).toBeUndefined();
  });

  test('takes a number of days, and refuses what is no date before it asks for a value', async () => {
    await secret('add', 'db', 'x');
    expect((await secret('rotate-by', 'db', '90d')).code).toBe(0);
    expect(dateOf('db')).toMatch(/^\d{4}-\d\d-\d\d$/);
    for (const wrong of ['2031-02-30', 'soon', '31.1.2031', '']) {
      expect(await secret('rotate-by', 'db', wrong)).toMatchObject({ code: 2 });
      expect(await secret('add', 'other', 'x', '--rotate-by', wrong)).toMatchObject({ code: 2 });
    }
    expect(metadataOf('other')).toBeUndefined();
  });

  test('is not a day that has passed, and may be today', async () => {
    await secret('add', 'db', 'x');
    const now = () => new Date('2026-11-25T10:00:00Z');
    const refused = await world.type(['secret', 'rotate-by', 'db', '2026-11-24'], { now });
    expect(refused).toMatchObject({ code: 2 });
    expect(refused.error).toContain("'2026-11-24' has passed");
    expect(dateOf('db')).toBeUndefined();
    expect(await world.type(['secret', 'rotate-by', 'db', '2026-11-25'], { now })).toMatchObject({ code: 0 });
    expect(dateOf('db')).toBe('2026-11-25');
  });

  test('belongs to a value that someone gives', async () => {
    const { code, error } = await secret('add', 'copy', '--from', 'secret:/bob/x', '--rotate-by', '90d');
    expect(code).toBe(2);
    expect(error).toContain('--rotate-by');
    expect((await secret('add', 'dsn', '--from-config-map', 'a/b', '--rotate-by', '90d')).code).toBe(2);
  });

  test('is listed, chosen by, and reminded of', async () => {
    await world.type(['secret', 'add', 'late', 'x', '--rotate-by', '2020-01-01'], {
      now: () => new Date('2020-01-01T23:59:59Z'),
    });
    await secret('add', 'far', 'x', '--rotate-by', '2099-01-01');
    await secret('add', 'free', 'x');
    expect(keysOf(await secret('ls', '--rotate-soon', '-o', 'json'))).toEqual(['late']);
    expect((await secret('ls', '--rotate-soon')).out).toContain('2020-01-01');
    expect((await secret('ls')).error).toContain('1 secret is to be rotated soon');
    expect((await secret('ls', '-o', 'wide')).out).toContain('2099-01-01');
    await secret('rotate-by', 'late', 'never');
    expect((await secret('ls')).error).not.toContain('rotated');
  });
});

describe('tags', () => {
  test('are set, removed and printed; labels of tools stay', async () => {
    await secret('add', 'db', 'x');
    const tool = { 'app.kubernetes.io/part-of': 'shop' };
    const [object] = world.model.all(userSecrets);
    if (object === undefined) throw new Error('no secret');
    world.model.put(userSecrets, { ...object, metadata: { ...object.metadata, labels: tool } });
    expect((await secret('tag', 'db', 'team=reports', 'urgent')).out).toBe("Tags of 'db': team=reports, urgent.\n");
    expect((await secret('tag', 'db', 'urgent-')).code).toBe(0);
    expect(metadataOf('db')?.labels).toEqual({ ...tool, team: 'reports' });
    expect((await secret('tag', 'db')).out).toBe('team=reports\n');
  });

  test.each([
    ['app.kubernetes.io/name=x'],
    ['=x'],
    ['-'],
    ['a b'],
    ['team=a b'],
    ['a', 'a-'],
    ['x'.repeat(64)],
    ['__proto__=-'],
  ])('refuses %s', async (...words) => {
    await secret('add', 'db', 'x');
    expect((await secret('tag', 'db', ...words)).code).toBe(2);
    expect(metadataOf('db')?.labels).toBeUndefined();
  });

  test('choose what is listed: by name, by value, several together', async () => {
    for (const key of ['a', 'b', 'c']) await secret('add', key, 'x');
    await secret('tag', 'a', 'team=reports', 'urgent');
    await secret('tag', 'b', 'team=web');
    const listed = async (...tags: readonly string[]) =>
      keysOf(await secret('ls', ...tags.flatMap((tag) => ['--tag', tag]), '-o', 'json'));
    expect(await listed('team')).toEqual(['a', 'b']);
    expect(await listed('team=reports')).toEqual(['a']);
    expect(await listed('team', 'urgent')).toEqual(['a']);
    expect(await listed('toString')).toEqual([]);
    expect((await secret('ls', '--tag', 'none')).error).toContain("None of the secrets of 'alice' (3) matches");
    expect((await secret('ls', '--tag', 'a', '--shared-with-me')).code).toBe(2);
  });
});

test('the list says how many secrets are not usable, and where the reason is', async () => {
  const ready = (name: string, status: 'True' | 'False') =>
    world.model.put(userSecrets, {
      metadata: { namespace: 'alice', name },
      spec: { value: 'x' },
      status: {
        conditions: [{ type: 'Ready', status, reason: 'SourceNotFound', message: 'm', lastTransitionTime: '' }],
      },
    });
  ready('good', 'True');
  expect((await secret('ls')).error).not.toContain('usable');
  ready('bad', 'False');
  expect((await secret('ls')).error).toContain('1 secret is not usable: `neuro secret ls -o wide` shows why.');
  const wide = await secret('ls', '-o', 'wide');
  expect([wide.out.includes('SourceNotFound'), wide.error.includes('usable')]).toEqual([true, false]);
});
