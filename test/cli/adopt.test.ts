/** `neuro secret adopt`: secrets that follow the keys of a native Secret. */
import { beforeEach, describe, expect, test } from 'vitest';
import { nativeSecrets, userSecrets } from '../../src/cli/connect/kinds.ts';
import { takeUp } from './operate.ts';
import { createWorld, type World } from './typed.ts';

let world: World;
const canary = Buffer.from('canary').toString('base64');

beforeEach(() => {
  world = createWorld({ operate: takeUp });
  world.model.put(nativeSecrets, {
    metadata: { namespace: 'alice', name: 'pg' },
    type: 'Opaque',
    data: { user: canary, password: canary, '': canary },
  });
});

const adopt = (...words: readonly string[]) => world.type(['secret', 'adopt', 'pg', ...words]);
const made = () => world.model.all(userSecrets).map(({ metadata, spec }) => [metadata.name, spec]);
const refTo = (key: string) => ({ secretKeyRef: { name: 'pg', key } });

describe('adopt', () => {
  test('makes a reference of each key, copies no value, and lists what it leaves', async () => {
    const { code, out, error } = await adopt();
    expect(made()).toEqual([
      ['user', refTo('user')],
      ['password', refTo('password')],
    ]);
    expect(out).toBe("Secret 'user' added (follows pg).\nSecret 'password' added (follows pg).\n");
    expect(error).toMatch(/Not adopted: Secret\/pg : /);
    expect(code).not.toBe(0);
    expect(out + error + JSON.stringify(made())).not.toMatch(/canary|Y2FuYXJ5/);
  });

  test('takes the named keys alone, with a prefix, and says which are not there', async () => {
    const { code, error } = await adopt('user', 'port', '--prefix', '{name}.');
    expect(made()).toEqual([['pg.user', refTo('user')]]);
    expect(error).toContain('Not adopted: Secret/pg port: the Secret has no such key.');
    expect(code).not.toBe(0);
    expect((await adopt('user', '--prefix', '{name}.')).code).toBe(0);
  });

  test('changes nothing with --dry-run, and takes the place of another source', async () => {
    expect(await adopt('user', '--dry-run')).toMatchObject({
      code: 0,
      out: "Secret 'user' would be added (follows pg).\n",
    });
    expect(made()).toEqual([]);
    world.model.put(userSecrets, { metadata: { namespace: 'alice', name: 'user' }, spec: { value: 'x' } });
    expect((await adopt('user')).code).toBe(0);
    expect(made()).toEqual([['user', refTo('user')]]);
  });

  test('says when there is no such Secret', async () => {
    const { code, error } = await world.type(['secret', 'adopt', 'absent']);
    expect(code).not.toBe(0);
    expect(error).toContain("Secret 'absent' not found");
  });

  test('makes one secret of a certificate pair, which its Secret stays the owner of; named keys stay apart', async () => {
    const data = { 'tls.crt': canary, 'tls.key': canary, 'ca.crt': canary, extra: canary };
    world.model.put(nativeSecrets, { metadata: { namespace: 'alice', name: 'web' }, type: 'kubernetes.io/tls', data });
    const { code, out } = await world.type(['secret', 'adopt', 'web']);
    expect(code).toBe(0);
    expect(out).toContain("Secret 'web' added (follows web).");
    expect(made()).toEqual([
      [
        'web',
        {
          key: 'tls-combined.pem',
          type: 'kubernetes.io/tls',
          secretName: 'web-pair',
          secretKeyRef: { name: 'web' },
        },
      ],
      ['extra', { secretKeyRef: { name: 'web', key: 'extra' } }],
    ]);
    await world.type(['secret', 'adopt', 'web', 'tls.crt']);
    expect(made().at(-1)).toEqual(['tls.crt', { secretKeyRef: { name: 'web', key: 'tls.crt' } }]);
  });
});
