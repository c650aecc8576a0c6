/** What somebody would try so that the secrets of others are sealed for a key of their own, or so that a text for a recovery key opens elsewhere. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import type { UserSecret } from '../../src/api/index.ts';
import {
  formatPublicKeys,
  generateHpkeKeyPair,
  importHpkeKeyPair,
  openHpke,
  parseSealedHpke,
  type HpkeKeyMaterial,
} from '../../src/sealing/index.ts';
import { keyIdOf } from '../../src/sealing/key-id.ts';
import { testCluster } from '../support/cluster.ts';
import { operatorNamespace, startOperator, type RunningOperator } from '../support/operator.ts';
import { operatorWorld, type OperatorWorld } from '../support/operator-world.ts';
import { sourceCli, type SourceCliResult } from '../support/source-cli.ts';
import { homeOf } from './attacks-people-world.ts';

const recipients = 'neuro-sealing-recipients';
const dated = { createdAt: '2026-01-01T00:00:00Z', active: true };

let world: OperatorWorld;
let operator: RunningOperator;
let folder: string;
let alice: string;
let bob: string;
let recovery: HpkeKeyMaterial;
let mallory: HpkeKeyMaterial;
let asAlice: (...args: readonly string[]) => Promise<SourceCliResult>;

const listOf = (...keys: readonly HpkeKeyMaterial[]): string =>
  formatPublicKeys(keys.map((key) => ({ ...key, ...dated })));
const publish = (text: string): Promise<unknown> =>
  world.patch('configmaps', operatorNamespace, recipients, { data: { 'recipients.json': text } });
const textsOf = ({ spec: { sealed } }: Pick<UserSecret, 'spec'>): readonly string[] => [
  sealed?.value ?? '',
  ...(sealed?.values ?? []),
];
const keyIds = (secret: Pick<UserSecret, 'spec'>): readonly string[] =>
  textsOf(secret).map((text) => parseSealedHpke(text).keyId);
const readable = async (name: string): Promise<Pick<UserSecret, 'spec'>> => {
  const found = await world.get('usersecrets', alice, name);
  if (found === undefined) throw new Error(`${name} is not there`);
  return found;
};

beforeAll(async () => {
  world = operatorWorld(await testCluster());
  operator = await startOperator(world.test);
  [alice, bob] = [await homeOf(world, 'alice'), await homeOf(world, 'bob')];
  [recovery, mallory] = [await generateHpkeKeyPair(), await generateHpkeKeyPair()];
  folder = await mkdtemp(join(tmpdir(), 'neuro-attacks-recovery-'));
  asAlice = sourceCli(world.test.cluster, 'alice', { cwd: folder });
});

beforeEach(() => publish(listOf(recovery)));

afterAll(async () => {
  await publish('[]\n');
  await operator.stop();
  await rm(folder, { recursive: true, force: true });
});

describe('a recovery key', () => {
  it('is added, replaced and taken away by administrators alone', async () => {
    const may = async (verb: string, what: string, namespace = operatorNamespace): Promise<boolean> =>
      (await world.test.kubectl('bob', ['auth', 'can-i', verb, what, '-n', namespace])).code === 0;
    expect(await may('get', `configmaps/${recipients}`)).toBe(true);
    for (const verb of ['create', 'update', 'patch', 'delete', 'deletecollection'])
      expect([verb, await may(verb, verb === 'create' ? 'configmaps' : `configmaps/${recipients}`)]).toEqual([
        verb,
        false,
      ]);
    // What says whose keys are trusted.
    for (const verb of ['create', 'update', 'patch', 'delete'])
      expect([verb, await may(verb, 'clusterrolebindings/neuro-operator')]).toEqual([verb, false]);
    // He owns his own namespace, though.
    expect(await may('create', 'configmaps', bob)).toBe(true);
  });

  it('of a list that somebody else publishes under that name is not believed, in whichever namespace it is', async () => {
    for (const namespace of [alice, bob]) {
      const object = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: recipients, namespace } };
      const text = JSON.stringify({ ...object, data: { 'recipients.json': listOf(mallory) } });
      const { code, stderr } = await world.test.kubectl(
        namespace === bob ? 'bob' : 'alice',
        ['apply', '-f', '-'],
        text,
      );
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    }
    expect(await asAlice('secret', 'add', 'shadowed', 'x', '-n', alice)).toMatchObject({
      code: 0,
      error: `Also sealed for the recovery key ${recovery.keyId}.\n`,
    });
    expect(keyIds(await readable('shadowed'))).toEqual([expect.not.stringMatching(mallory.keyId), recovery.keyId]);
  });

  it.each<[string, () => Promise<string> | string, RegExp]>([
    ['twice', () => listOf(recovery, recovery), /lists [0-9a-f]{16} twice/],
    [
      'under the id of another',
      () => listOf({ ...mallory, keyId: recovery.keyId }),
      /has the id [0-9a-f]{16}, but is listed as/,
    ],
    [
      'of a point that gives everybody the same secret',
      async () => listOf({ ...(await lowOrder()), privateKey: new Uint8Array() }),
      /is not a key of x25519: nobody could open/,
    ],
    [
      'among more than four',
      async () => listOf(...(await Promise.all(Array.from({ length: 5 }, () => generateHpkeKeyPair('x25519'))))),
      /lists 5 keys, more than 4/,
    ],
    ['among a thousand', () => `[${'{},'.repeat(1_000)}{}]`, /lists 1001 keys, more than 1000/],
    ['in a list of the largest size', () => `[${' '.repeat(900_000)}`, /is not JSON/],
  ])('that stands there %s seals nothing, and the user reads why', async (_how, text, why) => {
    await publish(await text());
    const { code, error } = await asAlice('secret', 'add', 'refused', 'x', '-n', alice);
    expect(code, error).toBe(65);
    expect(error).toMatch(why);
    expect(error.length).toBeLessThan(1_000);
    expect(await world.get('usersecrets', alice, 'refused')).toBeUndefined();
  });
});

describe('a text for a recovery key', () => {
  it('opens for the namespace, name and key that it was sealed for, and the cluster opens none of its texts elsewhere', async () => {
    expect(await asAlice('secret', 'add', 'bound', 'the value', '-n', alice)).toMatchObject({ code: 0 });
    const secret = await readable('bound');
    const text = textsOf(secret).find((each) => parseSealedHpke(each).keyId === recovery.keyId) ?? '';
    const pair = await importHpkeKeyPair(recovery);
    const context = { namespace: alice, name: 'bound', key: 'bound' };
    expect(Buffer.from(await openHpke([pair], context, text)).toString()).toBe('the value');
    for (const other of [{ namespace: bob }, { name: 'other' }, { key: 'other' }])
      await expect(openHpke([pair], { ...context, ...other }, text)).rejects.toMatchObject({
        code: 'NotForThisObject',
      });
    await world.secret(bob, 'bound', { sealed: secret.spec.sealed ?? { value: '' } }, 'False CannotOpen');
    // Only the text for the recovery key, and in the place of the first one.
    await world.secret(alice, 'alone', { sealed: { value: text } }, 'False UnknownSealingKey');
  });

  it('that somebody moved to their own manifest is not sealed again by who restores it with the words', async () => {
    const words = (await asAlice('admin', 'recovery-key', 'create', 'words.json')).out;
    const { out } = await asAlice('secret', 'seal', 'stolen', 'of alice', '-n', alice, '--for', './words.json');
    const stolen = parse(out) as UserSecret;
    const moved = { ...stolen, metadata: { ...stolen.metadata, namespace: bob } };
    await writeFile(join(folder, 'moved.yaml'), JSON.stringify(moved));
    const {
      code,
      out: said,
      error,
    } = await sourceCli(world.test.cluster, 'admin', { cwd: folder, input: words })(
      ...['admin', 'recovery-key', 'restore', '.'],
    );
    expect(code, error).toBe(1);
    expect(said).toMatch(/^0 secrets were sealed again/);
    expect(error).toMatch(`The sealed value does not open for namespace "${bob}", name "stolen", key "stolen"`);
    expect(error).not.toContain('of alice');
  });
});

async function lowOrder(): Promise<Omit<HpkeKeyMaterial, 'privateKey'>> {
  const publicKey = new Uint8Array(32);
  return { suite: 'x25519', keyId: await keyIdOf(publicKey), publicKey };
}
