/** A key on paper: made once, sealed for like for a cluster, and enough to seal a folder of manifests for another cluster. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { SEALING_RECIPIENTS_CONFIG_MAP, type UserSecret } from '../../src/api/index.ts';
import { configMaps, userSecrets } from '../../src/cli/connect/kinds.ts';
import { recoveryKeyOf } from '../../src/cli/secrets/recovery-words.ts';
import {
  formatPublicKeys,
  generateHpkeKeyPair,
  importHpkeKeyPair,
  openHpke,
  parsePublicKeys,
  parseSealedHpke,
} from '../../src/sealing/index.ts';
import { publishSealingKey, takeUp } from './operate.ts';
import { createWorld, type World } from './typed.ts';

let folder: string;
let world: World;
/** Of the bytes 0, in all versions of this command. */
const zeroWords = `${'abandon '.repeat(23)}art`;
const zeroKeyId = '045477fef55938d8';

const path = (name: string): string => join(folder, name);
const newWorld = async (): Promise<World> => {
  const made = createWorld({ operate: takeUp });
  await publishSealingKey(made.model);
  return made;
};
const clusterKeyId = async (of: World): Promise<string> => {
  const map = of.model.get(configMaps, { namespace: 'neuro-system', name: 'neuro-sealing-keys' });
  const { data } = map as unknown as { readonly data: Readonly<Record<string, string>> };
  const [key] = await parsePublicKeys(data['keys.json'] ?? '');
  return key?.keyId ?? '';
};
const keyIds = ({ spec }: UserSecret): readonly string[] =>
  [spec.sealed?.value ?? '', ...(spec.sealed?.values ?? [])].map((text) => parseSealedHpke(text).keyId);
const secretsIn = (file: string): readonly UserSecret[] =>
  parseAllDocuments(readFileSync(path(file), 'utf8')).map((document) => document.toJS() as UserSecret);

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'neuro-recovery-'));
  world = await newWorld();
});
afterEach(() => rmSync(folder, { recursive: true }));

async function created(): Promise<string> {
  const { code, out } = await world.type(['admin', 'recovery-key', 'create', path('recovery.json')]);
  expect(code).toBe(0);
  return out;
}

describe('the key', () => {
  test('is shown as 24 words, and its file has no private half', async () => {
    const words = await created();
    expect(words.trim().split(/\s+/)).toHaveLength(24);
    const { keyId, privateKey } = await recoveryKeyOf(words);
    const file = readFileSync(path('recovery.json'), 'utf8');
    expect((await parsePublicKeys(file)).map((key) => key.keyId)).toEqual([keyId]);
    expect(file).not.toContain(Buffer.from(privateKey).toString('base64url'));
  });

  test('of a file that is there is not replaced', async () => {
    await created();
    const before = readFileSync(path('recovery.json'), 'utf8');
    const { code, out } = await world.type(['admin', 'recovery-key', 'create', path('recovery.json')]);
    expect({ code, out }).toEqual({ code: 65, out: '' });
    expect(readFileSync(path('recovery.json'), 'utf8')).toBe(before);
  });

  test('of the same words is the same in all versions', async () => {
    expect((await recoveryKeyOf(zeroWords)).keyId).toBe(zeroKeyId);
    expect((await recoveryKeyOf(`1. ${zeroWords.toUpperCase().replaceAll(' ', '\n2. ')}`)).keyId).toBe(zeroKeyId);
  });

  test.each([
    ['too few', 'abandon art'],
    ['a word that is none', zeroWords.replace('art', 'password')],
    ['a wrong checksum', zeroWords.replace('art', 'able')],
  ])('is not taken from %s, and the error repeats no word', async (_what, words) => {
    const error: unknown = await recoveryKeyOf(words).catch((thrown: unknown) => thrown);
    expect(String(error)).toMatch(/recovery key|words/);
    expect(String(error)).not.toMatch(/abandon|art\b|password|able\b/);
  });
});

describe('restore', () => {
  async function sealedInto(file: string, key: string, value: string, more: readonly string[]): Promise<void> {
    const { out } = await world.type(['secret', 'seal', key, '-', ...more], { input: value });
    writeFileSync(path(file), out);
  }

  test('seals for the recovery keys of the cluster too, and with --no-recovery for that of the words alone', async () => {
    const words = await created();
    const other = await generateHpkeKeyPair();
    const published = { ...other, createdAt: '2026-01-01T00:00:00Z', active: true };
    for (const [flags, expected] of [
      [[], 3],
      [['--no-recovery'], 2],
    ] as const) {
      world = await newWorld();
      await sealedInto('db.yaml', 'db', 'of the database', ['--for', path('recovery.json')]);
      world.model.put(configMaps, {
        metadata: { namespace: 'neuro-system', name: SEALING_RECIPIENTS_CONFIG_MAP },
        data: { 'recipients.json': formatPublicKeys([published]) },
      });
      const line = ['admin', 'recovery-key', 'restore', ...flags, folder];
      expect(await world.type(line, { input: words })).toMatchObject({ code: 0 });
      const [restored] = secretsIn('db.yaml');
      const ids = restored === undefined ? [] : keyIds(restored);
      expect({ count: ids.length, isForOther: ids.includes(other.keyId) }).toEqual({
        count: expected,
        isForOther: expected === 3,
      });
    }
  });

  test('seals a folder for another cluster with the words alone, and keeps all else', async () => {
    const words = await created();
    const both = ['--for', 'dev', '--for', path('recovery.json')];
    await sealedInto('db.yaml', 'db', 'of the database', both);
    mkdirSync(path('team'));
    await sealedInto('team/two.yaml', 'TOKEN', 'of the team', both);
    const other = '# kept\nkind: ConfigMap\napiVersion: v1\nmetadata: { name: x } # as it is\n';
    writeFileSync(path('team/two.yaml'), `${other}---\n# of the team\n${readFileSync(path('team/two.yaml'), 'utf8')}`);
    writeFileSync(path('other.yaml'), other);
    writeFileSync(path('chart.yaml'), 'kind: UserSecret\nmetadata: {{ .Values.x }}\n');
    const lost = await clusterKeyId(world);
    world = await newWorld();
    const { code, out, error } = await world.type(['admin', 'recovery-key', 'restore', folder], { input: words });
    expect({ code, error, out }).toEqual({
      code: 0,
      error: 'Commit the files that have changed, and apply them to this cluster.\n',
      out: '2 secrets were sealed again for this cluster and the recovery key.\n',
    });
    const pair = await importHpkeKeyPair(await recoveryKeyOf(words));
    const expected = [await clusterKeyId(world), pair.keyId];
    expect(expected).not.toContain(lost);
    const [db] = secretsIn('db.yaml');
    const [, token] = secretsIn('team/two.yaml');
    for (const [secret, value] of [
      [db, 'of the database'],
      [token, 'of the team'],
    ] as const) {
      if (secret === undefined) throw new Error('no secret');
      expect(keyIds(secret)).toEqual(expected);
      const { name } = secret.metadata;
      const context = { namespace: 'alice', name, key: secret.spec.key ?? name };
      expect(Buffer.from(await openHpke([pair], context, secret.spec.sealed?.values?.[0] ?? '')).toString()).toBe(
        value,
      );
    }
    expect(readFileSync(path('team/two.yaml'), 'utf8').startsWith(`${other}---\n# of the team\n`)).toBe(true);
    expect(readFileSync(path('other.yaml'), 'utf8')).toBe(other);
    expect(world.model.all(userSecrets)).toEqual([]);
  });

  test('takes the words from a terminal without showing them', async () => {
    const words = (await created()).trim().replace(/\s+/g, ' ');
    await sealedInto('db.yaml', 'db', 'of the database', ['--for', path('recovery.json')]);
    const line = ['admin', 'recovery-key', 'restore', folder];
    const { code, error } = await world.type(line, { isTerminal: true, answers: [words] });
    expect(code).toBe(0);
    expect(error).toContain('Words: ');
    expect(error).not.toContain(words.split(' ').slice(0, 2).join(' '));
  });

  test('says which secrets are not sealed for the key, and leaves them', async () => {
    const words = await created();
    await sealedInto('lost.yaml', 'lost', 'x', ['--for', 'dev']);
    await sealedInto('kept.yaml', 'kept', 'x', ['--for', path('recovery.json')]);
    const before = readFileSync(path('lost.yaml'), 'utf8');
    const { code, error } = await world.type(['admin', 'recovery-key', 'restore', folder], { input: words });
    expect(code).toBe(1);
    expect(error).toMatch(/lost\.yaml: lost: it is not sealed for the recovery key/);
    expect(readFileSync(path('lost.yaml'), 'utf8')).toBe(before);
    expect(secretsIn('kept.yaml').map((secret) => keyIds(secret).length)).toEqual([2]);
  });

  test('names file and line of what is no YAML, leaves the whole file, and fails where it may have a secret', async () => {
    const words = await created();
    await sealedInto('kept.yaml', 'kept', 'x', ['--for', path('recovery.json')]);
    await sealedInto('mixed.yaml', 'mixed', 'y', ['--for', path('recovery.json')]);
    const mixed = `${readFileSync(path('mixed.yaml'), 'utf8')}---\nkind: ConfigMap\ndata: [\n`;
    writeFileSync(path('mixed.yaml'), mixed);
    writeFileSync(path('chart.yaml'), 'kind: ConfigMap\na: b: c\n');
    const { code, error, out } = await world.type(['admin', 'recovery-key', 'restore', folder], { input: words });
    expect(code).toBe(1);
    const line = mixed.split('\n').indexOf('data: [') + 1;
    expect(error).toMatch(
      new RegExp(`mixed\\.yaml:(${String(line)}|${String(line + 1)}): not valid YAML, so the file stays as it is: \\S`),
    );
    expect(error).toMatch(/chart\.yaml:2: not valid YAML/);
    expect(error).toContain('1 could not be sealed again');
    expect(out).toContain('1 secret was sealed again');
    expect(readFileSync(path('mixed.yaml'), 'utf8')).toBe(mixed);
    expect(secretsIn('kept.yaml').map((secret) => keyIds(secret).length)).toEqual([2]);
  });
});
