/** One sealed object for several clusters: each opens its own part. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { parse } from 'yaml';
import type { UserSecret } from '../../src/api/index.ts';
import { nativeSecrets, userSecrets } from '../../src/cli/connect/kinds.ts';
import {
  formatPublicKeys,
  generateHpkeKeyPair,
  importHpkeKeyPair,
  openHpke,
  parseSealedHpke,
  type HpkeKeyMaterial,
} from '../../src/sealing/index.ts';
import { publishSealingKey, takeUp } from './operate.ts';
import { createWorld, type World } from './typed.ts';

let folder: string;
let prod: HpkeKeyMaterial;
let staging: HpkeKeyMaterial;
let world: World;

const file = (name: string): string => join(folder, `${name}.json`);
const context = { namespace: 'alice', name: 'db', key: 'db' };
const opened = async (material: HpkeKeyMaterial, text = ''): Promise<string> =>
  Buffer.from(await openHpke([await importHpkeKeyPair(material)], context, text)).toString();
const secret = (): UserSecret =>
  world.model.get(userSecrets, { namespace: 'alice', name: 'db' }) as unknown as UserSecret;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'neuro-clusters-'));
  [prod, staging] = [await generateHpkeKeyPair(), await generateHpkeKeyPair()];
  const dated = { createdAt: '2026-01-01T00:00:00Z', active: true };
  writeFileSync(file('prod'), formatPublicKeys([{ ...prod, ...dated }]));
  writeFileSync(file('staging'), formatPublicKeys([{ ...staging, ...dated }]));
});
afterAll(() => rmSync(folder, { recursive: true }));

beforeEach(async () => {
  world = createWorld({ operate: takeUp });
  await publishSealingKey(world.model);
});

test('seal --for opens in each of them, and nowhere else', async () => {
  const words = ['secret', 'seal', 'db', '-', '--for', file('prod'), '--for', file('staging'), '--for', file('prod')];
  const { code, out } = await world.type(words, { input: 'the value' });
  expect(code).toBe(0);
  const { spec } = parse(out) as UserSecret;
  expect(spec.sealed?.values).toHaveLength(1);
  expect(await opened(prod, spec.sealed?.value)).toBe('the value');
  expect(await opened(staging, spec.sealed?.values?.[0])).toBe('the value');
});

test('seal --for a context asks that cluster', async () => {
  const { out } = await world.type(['secret', 'seal', 'db', '-', '--for', 'dev'], { input: 'x' });
  expect((parse(out) as UserSecret).spec.sealed?.values).toBeUndefined();
});

test('reseal --for adds and drops clusters, and add drops all of them', async () => {
  await world.type(['secret', 'add', 'db', '-'], { input: 'the value' });
  const { uid = '' } = secret().metadata;
  world.model.put(nativeSecrets, {
    metadata: {
      namespace: 'alice',
      name: 'db',
      ownerReferences: [{ apiVersion: 'neu.ro/v1', kind: 'UserSecret', name: 'db', uid }],
    },
    data: { db: Buffer.from('the value').toString('base64') },
  });
  const resealed = await world.type(['secret', 'reseal', 'db', '--for', file('prod'), '--for', file('staging')]);
  expect(resealed).toEqual({
    code: 0,
    out: `Secret 'db' resealed, also for ${file('prod')}, ${file('staging')}.\n`,
    error: '',
  });
  expect(await opened(prod, secret().spec.sealed?.values?.[0])).toBe('the value');
  await world.type(['secret', 'reseal', 'db', '--for', file('staging')]);
  expect((secret().spec.sealed?.values ?? []).map((text) => parseSealedHpke(text).keyId)).toEqual([staging.keyId]);
  await world.type(['secret', 'add', 'db', '-'], { input: 'another' });
  expect(secret().spec.sealed).toEqual({ value: expect.any(String) });
});

test('add --for seals for this cluster first, and for those that are named', async () => {
  for (const value of ['the value', 'another value']) {
    const { code } = await world.type(['secret', 'add', 'db', '-', '--for', file('prod'), '--for', file('staging')], {
      input: value,
    });
    expect(code).toBe(0);
    const { sealed } = secret().spec;
    expect(sealed?.values).toHaveLength(2);
    expect(await opened(prod, sealed?.values?.[0])).toBe(value);
    expect(await opened(staging, sealed?.values?.[1])).toBe(value);
    expect([prod.keyId, staging.keyId]).not.toContain(parseSealedHpke(sealed?.value ?? '').keyId);
  }
});

test.each([
  ['a plain address', 'http://keys.example/keys.json', 127],
  ['a file that is not there', '/nonexistent/keys.json', 72],
])('%s is refused', async (_case, name, code) => {
  expect((await world.type(['secret', 'seal', 'db', '-', '--for', name], { input: 'x' })).code).toBe(code);
});

test('a value that would not fit several times is refused', async () => {
  const input = Buffer.alloc(200 * 1024);
  const words = ['secret', 'seal', 'db', '-', '--for', file('prod'), '--for', file('staging')];
  expect((await world.type(words, { input })).code).toBe(65);
});
