/** A value that is composed of others, in front of an API server without a network; and the pure rules of it. */
import { afterEach, beforeEach, describe, expect, it, test } from 'vitest';
import type { UserSecretSpec } from '../../../src/api/index.ts';
import { secretType, userSecretType } from '../../../src/controllers/resources.ts';
import { compose } from '../../../src/controllers/user-secret/template.ts';
import { UserSecretWorld } from './user-secret-world.ts';

type Template = NonNullable<UserSecretSpec['template']>;
type Encode = NonNullable<Template['parts'][number]['encode']>;

const mebibyte = 1024 * 1024;

describe('the text', () => {
  const composed = (text: string, value: string | Uint8Array, encode?: Encode): string => {
    const template = { text, parts: [{ name: 'a', secret: 'x', ...(encode === undefined ? {} : { encode }) }] };
    const found = compose(template, new Map([['a', Buffer.from(value as string)]]));
    return found instanceof Uint8Array ? Buffer.from(found).toString() : found.reason;
  };

  test.each<[string, string, string]>([
    ['$(a)', 'v', 'v'],
    ['<$(a)|$(a)>', 'v', '<v|v>'],
    ['a', 'v', 'a'],
    ['$$(a)', 'v', '$(a)'],
    ['$$$(a)', 'v', '$v'],
    ['$$$$(a)', 'v', '$$(a)'],
    ['$a $ $5 ) ( $', 'v', '$a $ $5 ) ( $'],
    ['ä$(a)ö', 'ß', 'äßö'],
    // What a value holds is never read as a text.
    ['$(a)', '$(a)$$', '$(a)$$'],
    ['$(b)', 'v', 'Malformed'],
    ['$(constructor)', 'v', 'Malformed'],
    ['$(a', 'v', 'Malformed'],
    ['$()', 'v', 'Malformed'],
  ])('%j with %j is %j', (text, value, expected) => {
    expect(composed(text, value)).toBe(expected);
  });

  test.each<[Encode, string, string]>([
    ['Percent', 'aZ09-._~', 'aZ09-._~'],
    ['Percent', "p@ss:w/o?r#d%&+= '", 'p%40ss%3Aw%2Fo%3Fr%23d%25%26%2B%3D%20%27'],
    ['Percent', 'ä\n', '%C3%A4%0A'],
    ['Base64', 'a?>', 'YT8+'],
    ['JSON', 'a"b\\\n', '"a\\"b\\\\\\n"'],
  ])('%s of %j is %j', (encode, value, expected) => {
    expect(composed('<$(a)>', value, encode)).toBe(`<${expected}>`);
  });

  it('takes every byte as it is, or percent-encoded', () => {
    const bytes = Uint8Array.from({ length: 256 }, (_, index) => index);
    const of = (encode?: Encode): Uint8Array | object =>
      compose(
        { text: '$(a)', parts: [{ name: 'a', secret: 'x', ...(encode === undefined ? {} : { encode }) }] },
        new Map([['a', bytes]]),
      );
    expect(Buffer.from(of() as Uint8Array)).toEqual(Buffer.from(bytes));
    expect(Buffer.from(of('Percent') as Uint8Array).toString()).toHaveLength(256 * 3 - 2 * 66);
    expect(of('JSON')).toMatchObject({ reason: 'ValueInvalid' });
  });

  it('has 1 MiB at most, and names no value when it has more', () => {
    expect(composed('$(a)', 'v'.repeat(mebibyte))).toHaveLength(mebibyte);
    expect(composed('$(a)x', 'v'.repeat(mebibyte))).toBe('ValueInvalid');
    expect(composed('$(a)'.repeat(2_048), 'v'.repeat(mebibyte))).toBe('ValueInvalid');
  });
});

describe('a template', () => {
  let world: UserSecretWorld;
  const dsn: UserSecretSpec = {
    template: {
      text: 'postgres://$(user):$(password)@db/app',
      parts: [
        { name: 'user', secret: 'user' },
        { name: 'password', secret: 'password', encode: 'Percent' },
      ],
    },
  };
  const of = (...secrets: readonly string[]): UserSecretSpec => ({
    template: {
      text: secrets.map((secret) => `$(${secret})`).join('+'),
      parts: secrets.map((secret) => ({ name: secret, secret })),
    },
  });

  beforeEach(async () => {
    world = new UserSecretWorld();
    await world.start();
  });

  afterEach(async () => {
    await world.stop();
    expect(world.errors).toEqual([]);
  });

  const orders = [
    ['dsn', 'user', 'password'],
    ['dsn', 'password', 'user'],
    ['user', 'dsn', 'password'],
    ['user', 'password', 'dsn'],
    ['password', 'dsn', 'user'],
    ['password', 'user', 'dsn'],
  ];
  test.each(orders.map((order) => [order.join(', '), order] as const))('is ready after %s', async (_what, order) => {
    const specs: Readonly<Record<string, UserSecretSpec>> = { dsn, user: { value: 'app' }, password: { value: 'a/b' } };
    for (const [index, name] of order.entries()) {
      if (index > 0 && order.indexOf('dsn') < index) expect(world.reason('dsn')).toBe('False SourceNotFound');
      await world.apply(name, specs[name] ?? {});
    }
    expect(world.data('dsn')).toEqual({ dsn: 'postgres://app:a%2Fb@db/app' });
    expect(world.reason('dsn')).toBe('True Synced');
    expect(world.status('dsn').changedBy).toBeUndefined();
  });

  it('follows its parts, keeps former values, and comes to rest', async () => {
    await world.apply('user', { value: 'app' });
    await world.apply('password', { generate: { type: 'Hex' } });
    await world.apply('dsn', dsn);
    const first = world.value('dsn');
    await world.annotate('password', { 'neu.ro/rotate': '1' });
    expect(world.value('dsn')).toBe(`postgres://app:${world.value('password') ?? ''}@db/app`);
    expect(world.value('dsn')).not.toBe(first);
    expect(world.status('dsn').history).toHaveLength(1);
    await world.stop();
    await world.start();
    expect(world.writes).toEqual([]);
  });

  it('whose part goes keeps its value and says so, and continues when it is back', async () => {
    await world.apply('user', { value: 'app' });
    await world.apply('password', { value: 'one' });
    await world.apply('dsn', dsn);
    await world.remove(userSecretType, 'password');
    await world.remove(secretType, 'password');
    expect(world.reason('dsn')).toBe('False SourceNotFound');
    expect(world.condition('dsn', 'Reconciling')?.status).toBe('True');
    expect(world.value('dsn')).toBe('postgres://app:one@db/app');
    await world.apply('password', { value: 'two' });
    expect(world.value('dsn')).toBe('postgres://app:two@db/app');
    expect(world.reason('dsn')).toBe('True Synced');
  });

  it('that someone changes in place is restored', async () => {
    await world.apply('a', { value: 'x' });
    await world.apply('t', of('a'));
    await world.patch(secretType, 't', { data: { t: Buffer.from('forged').toString('base64') } });
    expect(world.value('t')).toBe('x');
  });

  it('can be a part of a template, and that one cannot', async () => {
    await world.apply('a', { value: 'x' });
    await world.apply('b', of('a'));
    await world.apply('c', of('b', 'a'));
    await world.apply('d', of('c'));
    expect(world.value('c')).toBe('x+x');
    expect(world.reason('d')).toBe('False SourceNotPermitted');
    expect(world.native('d')).toBeUndefined();
    await world.apply('a', { value: 'y' });
    expect(world.value('c')).toBe('y+y');
  });

  test.each([
    ['of one', ['a']],
    ['of two', ['a', 'b']],
    ['of three', ['a', 'b', 'c']],
  ])('in a circle %s never gets a value', async (_what, names) => {
    for (const [index, name] of names.entries()) await world.apply(name, of(names[(index + 1) % names.length] ?? ''));
    await world.later(600_000);
    for (const name of names) {
      expect(world.native(name)).toBeUndefined();
      expect(world.reason(name)).toMatch(/^False Source/);
    }
    expect(names.map((name) => world.reason(name))).toContain('False SourceNotPermitted');
  });

  it('that becomes a circle later comes to rest with its former value', async () => {
    await world.apply('a', { value: 'x' });
    await world.apply('b', of('a'));
    await world.apply('a', of('b'));
    expect(world.reason('a')).toBe('False SourceNotPermitted');
    expect(world.value('a')).toBe('x');
    expect(world.value('b')).toBe('x');
  });

  it('has no copy as a part, and no value of one that was a copy', async () => {
    world.granted.add('bob/shared');
    world.model.put(userSecretType, {
      metadata: { namespace: 'bob', name: 'shared', generation: 1, creationTimestamp: world.now },
      spec: { value: 'of bob' },
    });
    await world.rest();
    await world.apply('a', { sharedFrom: { namespace: 'bob', name: 'shared' } });
    expect(world.value('a')).toBe('of bob');
    await world.apply('t', of('a'));
    expect(world.reason('t')).toBe('False SourceNotPermitted');
    expect(world.native('t')).toBeUndefined();
    await world.apply('a', { value: 'own' });
    expect(world.value('t')).toBe('own');
  });

  it('of more than 1 MiB is refused without its text or a value in the status', async () => {
    await world.apply('a', { value: 'canary'.repeat(150_000) });
    await world.apply('b', { value: 'canary'.repeat(150_000) });
    await world.apply('t', of('a', 'b'));
    expect(world.reason('t')).toBe('False ValueInvalid');
    expect(JSON.stringify(world.userSecret('t').status)).not.toContain('canary');
    await world.apply('b', { value: 'small' });
    expect(world.reason('t')).toBe('True Synced');
  });

  it('is composed of what was read, where a part changes in between', async () => {
    await world.apply('a', { value: 'one' });
    await world.apply('b', { value: 'x' });
    let changes = 1;
    world.intercept = ({ method, path }) => {
      if (method === 'GET' && path.endsWith('/secrets/b') && changes > 0) {
        changes -= 1;
        const former = world.native('a');
        if (former !== undefined)
          world.model.put(userSecretType, {
            ...world.model.get(userSecretType, { namespace: 'alice', name: 'a' }),
            metadata: { ...world.userSecret('a').metadata, generation: 2 },
            spec: { value: 'two' },
          });
      }
      return 'pass';
    };
    await world.apply('t', of('a', 'b'));
    expect(changes).toBe(0);
    expect(world.value('t')).toBe('two+x');
  });
});
