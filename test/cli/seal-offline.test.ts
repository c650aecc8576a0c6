/** `neuro secret seal --cert`, and options that would be ignored beside another one. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import type { UserSecret } from '../../src/api/index.ts';
import { userSecrets } from '../../src/cli/connect/kinds.ts';
import {
  formatPublicKeys,
  generateHpkeKeyPair,
  generateRsaKeyPair,
  importHpkeKeyPair,
  importRsaKeyPair,
  openHpke,
  openKubeseal,
  selfSignedCertificate,
  type HpkeKeyMaterial,
  type RsaKeyMaterial,
} from '../../src/sealing/index.ts';
import { publishSealingKey, takeUp } from './operate.ts';
import { createWorld, type World } from './typed.ts';

let folder: string;
let rsa: RsaKeyMaterial;
let hpke: HpkeKeyMaterial;
let asked: string[];
let world: World;

const file = (name: string): string => join(folder, name);
const context = { namespace: 'shop', name: 'db', key: 'db' };
/** No answer of a cluster is of use. */
const offline = (): World =>
  createWorld({
    isHomeless: true,
    refuse: ({ path }) => {
      asked.push(path);
      return new Error('a cluster was asked');
    },
  });

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'neuro-offline-'));
  [rsa, hpke] = [await generateRsaKeyPair(2048), await generateHpkeKeyPair()];
  const dates = (from: string, to: string) => ({ notBefore: new Date(from), notAfter: new Date(to) });
  writeFileSync(file('cert.pem'), await selfSignedCertificate(rsa, dates('2020-01-01', '2120-01-01')));
  writeFileSync(file('old.pem'), await selfSignedCertificate(rsa, dates('2010-01-01', '2011-01-01')));
  writeFileSync(file('keys.json'), formatPublicKeys([{ ...hpke, createdAt: '2026-01-01T00:00:00Z', active: true }]));
  writeFileSync(file('value'), 'the value');
});
afterAll(() => rmSync(folder, { recursive: true }));
beforeEach(() => {
  asked = [];
});

describe('seal --cert asks no cluster', () => {
  const typed = async (cert: string): Promise<UserSecret> => {
    const words = ['secret', 'seal', 'db', '-', '-n', 'shop', '--cert', file(cert), '--description', 'of the shop'];
    const { code, out, error } = await offline().type(words, { input: 'the value' });
    expect({ code, error, asked }).toEqual({ code: 0, error: '', asked: [] });
    return parse(out) as UserSecret;
  };

  test('with a certificate, in the format of kubeseal', async () => {
    const { metadata, spec } = await typed('cert.pem');
    expect(metadata).toEqual({ name: 'db', namespace: 'shop' });
    expect(spec).toMatchObject({ description: 'of the shop', sealed: { format: 'kubeseal' } });
    const pairs = [await importRsaKeyPair(rsa.privateKeyPem)];
    const { plaintext } = await openKubeseal(pairs, 'strict', context, spec.sealed?.value ?? '');
    expect(Buffer.from(plaintext).toString()).toBe('the value');
  });

  test('with public keys, by hpke', async () => {
    const { spec } = await typed('keys.json');
    const pair = await importHpkeKeyPair(hpke);
    expect(Buffer.from(await openHpke([pair], context, spec.sealed?.value ?? '')).toString()).toBe('the value');
  });

  test.each([
    ['a certificate that has expired', ['--cert', 'old.pem', '-n', 'shop'], /has expired \(2011-01-01/],
    ['no namespace', ['--cert', 'cert.pem'], /give --namespace/],
    ['another cluster beside it', ['--cert', 'cert.pem', '-n', 'shop', '--for', 'dev'], /leave out --for\./],
    ['a file that is neither', ['--cert', 'value', '-n', 'shop'], /is not a list of public keys/],
    ['an address that is not https', ['--cert', 'http://keys.example/cert.pem', '-n', 'shop'], /is not https/],
    [
      'a format that is none of a manifest',
      ['--cert', 'cert.pem', '-n', 'shop', '-o', 'name'],
      /yaml \(default\) or json/,
    ],
  ])('and refuses %s', async (_what, words, said) => {
    const inFolder = words.map((word) => (/^(old|cert)\.pem$|^value$/.test(word) ? file(word) : word));
    const { code, out, error } = await offline().type(['secret', 'seal', 'db', '-', ...inFolder], { input: 'x' });
    expect(code).not.toBe(0);
    expect(out).toBe('');
    expect(error).toMatch(said);
    expect(asked).toEqual([]);
  });
});

describe('an option that would be ignored is refused by its name', () => {
  const template = ['--template', '$(a)', '--part', 'a=b'];
  const copy = ['--from', 'secret:/platform/db'];
  const configMap = ['--from-config-map', 'settings/host'];

  beforeEach(async () => {
    world = createWorld({ operate: takeUp });
    await publishSealingKey(world.model);
  });

  const rows = [template, copy, configMap].flatMap((source) =>
    [
      ['--cert', 'x'],
      ['--key', 'x'],
      ['--ca', 'x'],
      ['--for', 'dev'],
      ['--rotate-by', '90d'],
      ['--raw'],
      ['--no-recovery'],
    ].map((more) => [source[0] ?? '', more[0] ?? '', ['secret', 'add', 'db', ...source, ...more]] as const),
  );
  test.each([
    ...rows,
    ['--template', '--tls', ['secret', 'add', 'db', ...template, '--tls']] as const,
    ['--template', '--from', ['secret', 'add', 'db', ...template, ...copy]] as const,
    ['--cert', '--raw', ['secret', 'add', 'db', '--cert', 'x', '--key', 'x', '--raw']] as const,
    ['--from-secret', '--format', ['secret', 'import', '--from-secret', 'x', '--format', 'env']] as const,
    [
      '--from-secret',
      '--from-sealed-secret',
      ['secret', 'import', '--from-secret', 'x', '--from-sealed-secret', 'y'],
    ] as const,
  ])('beside %s: %s', async (_source, flag, words) => {
    const { code, error } = await world.type(words, { input: 'x' });
    expect(code).toBe(2);
    expect(error).toContain(`leave out ${flag}.`);
    expect(world.model.all(userSecrets)).toEqual([]);
  });

  test('several are named together', async () => {
    const { error } = await world.type(['secret', 'add', 'db', ...template, '--cert', 'x', '--tls', '--no-recovery']);
    expect(error).toContain('leave out --no-recovery, --cert, --tls.');
  });
});
