/** Recovery keys of the operator's configuration: every command that seals reads them, from the operator's namespace and from no other. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { SEALING_KEYS_CONFIG_MAP, SEALING_RECIPIENTS_CONFIG_MAP, type UserSecret } from '../../src/api/index.ts';
import { configMaps, nativeSecrets, userSecrets } from '../../src/cli/connect/kinds.ts';
import {
  formatPublicKeys,
  generateHpkeKeyPair,
  importHpkeKeyPair,
  openHpke,
  parseSealedHpke,
  type HpkeKeyMaterial,
} from '../../src/sealing/index.ts';
import { keyIdOf } from '../../src/sealing/key-id.ts';
import { KernelError } from '../../src/kernel/index.ts';
import { publishSealingKey, takeUp } from './operate.ts';
import { createWorld, type World } from './typed.ts';

const dated = { createdAt: '2026-01-01T00:00:00Z', active: true };
const context = { namespace: 'alice', name: 'db', key: 'db' };

let folder: string;
let world: World;
let recovery: HpkeKeyMaterial;
let isForbidden: boolean;

function publish(text: string, namespace = 'neuro-system'): void {
  const metadata = { namespace, name: SEALING_RECIPIENTS_CONFIG_MAP };
  world.model.put(configMaps, { metadata, data: { 'recipients.json': text } });
}

const secret = (name = 'db'): UserSecret =>
  world.model.get(userSecrets, { namespace: 'alice', name }) as unknown as UserSecret;
const keyIds = ({ spec }: UserSecret): readonly string[] =>
  [spec.sealed?.value ?? '', ...(spec.sealed?.values ?? [])].map((text) => parseSealedHpke(text).keyId);
const openedByRecovery = async ({ spec }: UserSecret): Promise<string> => {
  const text = spec.sealed?.values?.find((each) => parseSealedHpke(each).keyId === recovery.keyId) ?? '';
  return Buffer.from(await openHpke([await importHpkeKeyPair(recovery)], context, text)).toString();
};

/** As the operator keeps it, so that its owner can read it. */
function putNative(value: string): void {
  const { uid = '' } = secret().metadata;
  const ownerReferences = [{ apiVersion: 'neu.ro/v1', kind: 'UserSecret', name: 'db', uid }];
  world.model.put(nativeSecrets, {
    metadata: { namespace: 'alice', name: 'db', ownerReferences },
    data: { db: Buffer.from(value).toString('base64') },
  });
}

/** As while the key was in the list. */
async function addForFormerKey(): Promise<void> {
  const file = join(folder, 'recovery-key.json');
  writeFileSync(file, formatPublicKeys([{ ...recovery, ...dated }]));
  await world.type(['secret', 'add', 'db', '-', '--for', file], { input: 'x' });
  putNative('x');
}

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'neuro-recipients-'));
  isForbidden = false;
  world = createWorld({
    operate: takeUp,
    refuse: ({ path }) =>
      isForbidden && path.includes(SEALING_RECIPIENTS_CONFIG_MAP)
        ? new KernelError('Forbidden', 'GET configmaps: 403 Forbidden')
        : undefined,
  });
  await publishSealingKey(world.model);
  recovery = await generateHpkeKeyPair();
  publish(formatPublicKeys([{ ...recovery, ...dated }]));
});
afterEach(() => rmSync(folder, { recursive: true }));

describe('without any option', () => {
  test('add seals for the cluster first and then for the recovery key, and says so', async () => {
    const { code, error } = await world.type(['secret', 'add', 'db', '-'], { input: 'the value' });
    expect({ code, error }).toEqual({ code: 0, error: `Also sealed for the recovery key ${recovery.keyId}.\n` });
    expect(keyIds(secret())).toEqual([expect.not.stringContaining(recovery.keyId), recovery.keyId]);
    expect(await openedByRecovery(secret())).toBe('the value');
    await world.type(['secret', 'add', 'db', '-'], { input: 'another' });
    expect(await openedByRecovery(secret())).toBe('another');
  });

  test('seal does, and for the contexts that are named', async () => {
    for (const more of [[], ['--for', 'dev']]) {
      const { out, error } = await world.type(['secret', 'seal', 'db', '-', ...more], { input: 'x' });
      expect(await openedByRecovery(parse(out) as UserSecret)).toBe('x');
      expect(error).toContain(recovery.keyId);
    }
  });

  test('a file of another cluster gets no recovery key of this one', async () => {
    const other = await generateHpkeKeyPair();
    writeFileSync(join(folder, 'prod.json'), formatPublicKeys([{ ...other, ...dated }]));
    const { out } = await world.type(['secret', 'seal', 'db', '-', '--for', join(folder, 'prod.json')], { input: 'x' });
    expect(keyIds(parse(out) as UserSecret)).toEqual([other.keyId]);
  });

  test('import does', async () => {
    const { code, error } = await world.type(['secret', 'import', '-'], { input: 'db=of the file\n' });
    expect(code).toBe(0);
    expect(error).toContain(`recovery key ${recovery.keyId}`);
    expect(await openedByRecovery(secret())).toBe('of the file');
  });

  test('reseal takes up what lacks the key, and only that', async () => {
    await world.type(['secret', 'add', 'db', '-', '--no-recovery'], { input: 'x' });
    expect(keyIds(secret())).toHaveLength(1);
    putNative('x');
    expect((await world.type(['secret', 'usage', 'db'])).out).toMatch(
      `key   ${recovery.keyId}  recovery key, not sealed for it: neuro secret reseal db`,
    );
    const { code, out } = await world.type(['secret', 'reseal']);
    expect({ code, out }).toEqual({ code: 0, out: "Secret 'db' resealed.\n" });
    expect(await openedByRecovery(secret())).toBe('x');
    expect((await world.type(['secret', 'usage', 'db'])).out).toMatch(`${recovery.keyId}  sealed for a recovery key`);
    expect((await world.type(['secret', 'reseal'])).out).toBe(
      'No secret was sealed with an older key, or without a recovery key.\n',
    );
  });

  test('reseal takes up what is sealed for a recovery key that is no longer active', async () => {
    publish(formatPublicKeys([{ ...recovery, ...dated, active: false }]));
    await addForFormerKey();
    expect((await world.type(['secret', 'usage', 'db'])).out).toContain(
      `${recovery.keyId}  sealed for a former recovery key`,
    );
    const { code, out, error } = await world.type(['secret', 'reseal']);
    expect({ code, out, error }).toEqual({ code: 0, out: "Secret 'db' resealed.\n", error: '' });
    expect(keyIds(secret())).toEqual([expect.not.stringContaining(recovery.keyId)]);
    expect((await world.type(['secret', 'reseal'])).out).toBe('No secret was sealed with an older key.\n');
  });

  test('reseal names what is sealed for a key that no list has, and leaves it for the cluster that may need it', async () => {
    publish('[]');
    await addForFormerKey();
    const { code, out, error } = await world.type(['secret', 'reseal']);
    expect({ code, out }).toEqual({ code: 0, out: 'No secret was sealed with an older key.\n' });
    expect(error).toMatch(
      new RegExp(`^Left as they are, .*\\(${recovery.keyId}\\): db\\. .*\`neuro secret reseal db\`\\.\\n$`),
    );
    expect(keyIds(secret())).toHaveLength(2);
    await world.type(['secret', 'reseal', 'db']);
    expect(keyIds(secret())).toHaveLength(1);
  });

  test('reseal leaves what the operator cannot open, because its text may hold another value than the native Secret', async () => {
    await world.type(['secret', 'add', 'db', '-', '--no-recovery'], { input: 'x' });
    putNative('former');
    const ready = { type: 'Ready', status: 'False', reason: 'UnknownSealingKey', message: '', observedGeneration: 1 };
    world.model.put(userSecrets, { ...secret(), status: { conditions: [ready] } });
    const before = secret().spec;
    const { code, error } = await world.type(['secret', 'reseal']);
    expect({ code, error }).toEqual({
      code: 0,
      error: expect.stringMatching(/cannot open them: db\. .*secret reseal db/),
    });
    expect(secret().spec).toEqual(before);
    const named = await world.type(['secret', 'reseal', 'db']);
    expect(named.error).toContain("could not open 'db', so the value of its native Secret is sealed now");
    expect(await openedByRecovery(secret())).toBe('former');
  });

  test('a key that is named with --for is known', async () => {
    const other = await generateHpkeKeyPair();
    const file = join(folder, 'prod.json');
    writeFileSync(file, formatPublicKeys([{ ...other, ...dated }]));
    await world.type(['secret', 'add', 'db', '-', '--for', file], { input: 'x' });
    expect((await world.type(['secret', 'reseal', '--for', file])).error).toBe('');
    expect((await world.type(['secret', 'reseal'])).error).toContain(other.keyId);
  });

  test('a plain value that goes to git is sealed for it', async () => {
    world.model.put(userSecrets, { metadata: { namespace: 'alice', name: 'db' }, spec: { value: 'plain' } });
    const { out } = await world.type(['secret', 'manifest', 'db']);
    expect(await openedByRecovery(parse(out) as UserSecret)).toBe('plain');
  });
});

test.each<[string, readonly string[], string]>([
  ['reseal', ['secret', 'reseal', 'db'], ''],
  ['add', ['secret', 'add', 'db', '-'], 'another'],
  ['import', ['secret', 'import', '-'], 'db=another\n'],
])('%s says which keys of others it leaves out, and how to keep them', async (_name, words, input) => {
  const other = await generateHpkeKeyPair();
  const file = join(folder, 'prod.json');
  writeFileSync(file, formatPublicKeys([{ ...other, ...dated }]));
  await world.type(['secret', 'add', 'db', '-', '--for', file], { input: 'x' });
  putNative('x');
  const { error } = await world.type(words, { input });
  expect(error).toContain(`'db' is no longer sealed for ${other.keyId}`);
  expect(error).toContain('`neuro secret reseal db --for CLUSTER`');
});

test('a new value for the same keys drops none', async () => {
  const file = join(folder, 'prod.json');
  writeFileSync(file, formatPublicKeys([{ ...(await generateHpkeKeyPair()), ...dated }]));
  for (const input of ['x', 'another'])
    expect((await world.type(['secret', 'add', 'db', '-', '--for', file], { input })).error).not.toContain('no longer');
});

test('a list that cannot be used does not stop reseal with --no-recovery', async () => {
  publish('no list');
  await world.type(['secret', 'add', 'db', '-', '--no-recovery'], { input: 'x' });
  putNative('x');
  expect((await world.type(['secret', 'reseal', 'db'])).code).not.toBe(0);
  const { code, out } = await world.type(['secret', 'reseal', 'db', '--no-recovery']);
  expect({ code, out }).toEqual({ code: 0, out: "Secret 'db' resealed.\n" });
  expect(keyIds(secret())).toHaveLength(1);
});

test('a former value of --no-recovery is for the cluster alone, in every command that seals', async () => {
  writeFileSync(join(folder, 'env'), 'db=x\n');
  for (const words of [
    ['secret', 'add', 'db', '-', '--no-recovery'],
    ['secret', 'import', join(folder, 'env'), '--no-recovery'],
  ]) {
    const { code, error } = await world.type(words, { input: 'x' });
    expect(code).toBe(0);
    expect(error).not.toContain('recovery key');
    expect(keyIds(secret())).toHaveLength(1);
  }
  const { out } = await world.type(['secret', 'seal', 'db', '-', '--no-recovery'], { input: 'x' });
  expect(keyIds(parse(out) as UserSecret)).toHaveLength(1);
});

test('manifest --no-recovery leaves out the text for the recovery key, and keeps the one for the cluster', async () => {
  await world.type(['secret', 'add', 'db', '-'], { input: 'x' });
  const [own] = keyIds(secret());
  const printed = async (...words: readonly string[]): Promise<readonly string[]> =>
    keyIds(parse((await world.type(['secret', 'manifest', ...words])).out) as UserSecret);
  expect(await printed()).toEqual([own, recovery.keyId]);
  expect(await printed('--no-recovery')).toEqual([own]);
});

describe('the manifest of a secret that is sealed for a former recovery key', () => {
  const printed = async (...words: readonly string[]): Promise<{ ids: readonly string[]; error: string }> => {
    const { out, error } = await world.type(['secret', 'manifest', 'db', ...words]);
    return { ids: keyIds(parse(out) as UserSecret), error };
  };

  beforeEach(async () => {
    publish(formatPublicKeys([{ ...recovery, ...dated, active: false }]));
    await addForFormerKey();
  });

  test('has its text, and a warning says how to take it out', async () => {
    const { ids, error } = await printed();
    expect(ids).toContain(recovery.keyId);
    expect(error).toMatch(
      new RegExp(
        `^WARNING: 'db' is sealed for a former recovery key, too \\(${recovery.keyId}\\): \`neuro secret reseal db\``,
      ),
    );
    await world.type(['secret', 'reseal', 'db']);
    expect(await printed()).toEqual({ ids: [expect.not.stringContaining(recovery.keyId)], error: '' });
  });

  test('has no text for it with --no-recovery', async () => {
    expect(await printed('--no-recovery')).toEqual({ ids: [expect.not.stringContaining(recovery.keyId)], error: '' });
  });

  test('is refused with --no-recovery where nothing else is sealed', async () => {
    const { spec } = secret();
    const text = spec.sealed?.values?.[0] ?? '';
    world.model.put(userSecrets, { metadata: { namespace: 'alice', name: 'db' }, spec: { sealed: { value: text } } });
    const { code, out, error } = await world.type(['secret', 'manifest', 'db', '--no-recovery']);
    expect({ code, out }).toEqual({ code: 65, out: '' });
    expect(error).toContain("'db' is sealed for recovery keys alone");
  });
});

describe('the manifest with --no-recovery, where the list cannot be used', () => {
  beforeEach(() => {
    publish('[{"keyId":"x"}]');
  });

  test('is refused if a text can be for a recovery key', async () => {
    const file = join(folder, 'prod.json');
    writeFileSync(file, formatPublicKeys([{ ...recovery, ...dated }]));
    await world.type(['secret', 'add', 'db', '-', '--no-recovery', '--for', file], { input: 'x' });
    const { code, out, error } = await world.type(['secret', 'manifest', 'db', '--no-recovery']);
    expect({ code, out }).toEqual({ code: 65, out: '' });
    expect(error).toContain('recovery keys of this cluster cannot be used');
  });

  test('is printed if all texts are for this cluster', async () => {
    await world.type(['secret', 'add', 'db', '-', '--no-recovery'], { input: 'x' });
    const { out, error } = await world.type(['secret', 'manifest', 'db', '--no-recovery']);
    expect({ ids: keyIds(parse(out) as UserSecret), error }).toEqual({ ids: keyIds(secret()), error: '' });
  });
});

describe('a list', () => {
  test('in another namespace is not believed', async () => {
    const mallory = await generateHpkeKeyPair();
    for (const namespace of ['alice', 'mallory']) publish(formatPublicKeys([{ ...mallory, ...dated }]), namespace);
    await world.type(['secret', 'add', 'db', '-'], { input: 'x' });
    expect(keyIds(secret())).toEqual([expect.anything(), recovery.keyId]);
  });

  test('in another namespace alone is none', async () => {
    world.model.remove(configMaps, { namespace: 'neuro-system', name: SEALING_RECIPIENTS_CONFIG_MAP });
    const mallory = await generateHpkeKeyPair();
    for (const namespace of ['alice', 'mallory']) publish(formatPublicKeys([{ ...mallory, ...dated }]), namespace);
    await world.type(['secret', 'add', 'db', '-'], { input: 'x' });
    expect(keyIds(secret())).toHaveLength(1);
  });

  test('that cannot be used stops the command with a sentence, and doctor names it', async () => {
    publish('[{"keyId":"x"}]');
    const { code, error } = await world.type(['secret', 'add', 'db', '-'], { input: 'x' });
    expect(code).not.toBe(0);
    expect(error).toMatch(/recovery keys of this cluster cannot be used .*lacks the suite of entry 1/);
    expect(world.model.all(userSecrets)).toEqual([]);
    expect((await world.type(['doctor'])).out).toMatch(/recovery keys.*cannot be used/);
  });

  // Points of order 1 and 4 on Curve25519: anyone who has the text could compute its key.
  test.each([
    ['00'.repeat(32)],
    [`01${'00'.repeat(31)}`],
    ['e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800'],
  ])('with the public key %s seals nothing, and names the key', async (hex) => {
    const publicKey = Buffer.from(hex, 'hex');
    const keyId = await keyIdOf(publicKey);
    publish(formatPublicKeys([{ suite: 'x25519', keyId, publicKey, ...dated }]));
    for (const words of [
      ['add', 'db', '-'],
      ['seal', 'db', '-'],
    ]) {
      const { code, out, error } = await world.type(['secret', ...words], { input: 'x' });
      expect({ code, out }).toEqual({ code: 65, out: '' });
      expect(error).toMatch(new RegExp(`^ERROR: The public key ${keyId} is not a key of x25519`));
    }
    expect(world.model.all(userSecrets)).toEqual([]);
  });

  test('of a cluster that is named with --for is the one of its own operator, wherever that of the context is', async () => {
    const mallory = formatPublicKeys([{ ...(await generateHpkeKeyPair()), ...dated }]);
    const metadata = { namespace: 'mallory', name: SEALING_KEYS_CONFIG_MAP };
    world.model.put(configMaps, { metadata, data: { 'keys.json': mallory } });
    publish(mallory, 'mallory');
    const words = ['secret', 'seal', 'db', '-', '--for', 'dev', '--operator-namespace', 'mallory'];
    const { out } = await world.type(words, { input: 'x' });
    expect(await openedByRecovery(parse(out) as UserSecret)).toBe('x');
  });

  test('that the role of an older chart does not name is none', async () => {
    isForbidden = true;
    expect((await world.type(['secret', 'add', 'db', '-'], { input: 'x' })).code).toBe(0);
    expect(keyIds(secret())).toHaveLength(1);
  });
});

test('what the administrator pastes is what recovery-key create writes', async () => {
  await world.type(['admin', 'recovery-key', 'create', join(folder, 'recovery-key.json')]);
  const file = readFileSync(join(folder, 'recovery-key.json'), 'utf8');
  publish(file);
  await world.type(['secret', 'add', 'db', '-'], { input: 'x' });
  expect(keyIds(secret())[1]).toBe((JSON.parse(file) as readonly [{ readonly keyId: string }])[0].keyId);
});
