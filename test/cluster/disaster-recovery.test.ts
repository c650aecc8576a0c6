/**
 * A cluster is lost: its operator with the keys, and all that people had. What is left: git, with everything that people applied, and a backup of the sealing keys, as
 * docs/operations.md says to take it. Each command of that page which is about keys is run here as it stands there.
 */
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import type { UserSecretSpec } from '../../src/api/index.ts';
import {
  chooseSealingKey,
  parseCertificatePem,
  parsePublicKeys,
  sealHpke,
  sealKubeseal,
} from '../../src/sealing/index.ts';
import { entries } from '../support/built-entry.ts';
import { testCluster } from '../support/cluster.ts';
import { loseAll, operatorNamespace, startOperator, type RunningOperator } from '../support/operator.ts';
import { operatorWorld, orThrow, type OperatorWorld } from '../support/operator-world.ts';

const home = 'alice';
const digest = (bytes: Uint8Array | undefined): string => createHash('sha256').update(orThrow(bytes)).digest('hex');
const values = {
  'hpke-old': 'sealed before the rotation',
  'kubeseal-old': 'so was this',
  'hpke-new': 'sealed after it',
};

/** Everything that people applied, as git has it. */
const git: unknown[] = [];
let backup = '';
let before: Readonly<Record<string, string>> = {};
let world: OperatorWorld;
let operator: RunningOperator | undefined;

async function lose(): Promise<void> {
  await operator?.stop();
  operator = undefined;
  await loseAll(world.test, [home]);
}

const kubectl = async (args: readonly string[], input?: string): Promise<string> => {
  const { code, stdout, stderr } = await world.test.kubectl('admin', args, input);
  if (code !== 0) throw new Error(`kubectl ${args.join(' ')}: ${stderr}`);
  return stdout;
};
const inOperatorNamespace = ['-n', operatorNamespace];
const publicKeys = async () =>
  parsePublicKeys(
    await kubectl([
      'get',
      'configmap',
      'neuro-sealing-keys',
      ...inOperatorNamespace,
      '-o',
      'jsonpath={.data.keys\\.json}',
    ]),
  );
const activeKey = async () => chooseSealingKey(await publicKeys());
const sealedByHpke = async (name: string, value: string): Promise<UserSecretSpec> => ({
  sealed: {
    value: await sealHpke(await activeKey(), { namespace: home, name, key: name }, new TextEncoder().encode(value)),
  },
});
const hashes = async (): Promise<Readonly<Record<string, string>>> =>
  Object.fromEntries(
    await Promise.all(
      Object.keys(values).map(async (name) => [name, digest(await world.valueOf(home, name))] as const),
    ),
  );
const untilReady = (name: string, reason = 'True Synced', withinMs?: number) =>
  world.untilReason('usersecrets', home, name, reason, withinMs);
const outdated = async (name: string): Promise<boolean> =>
  (await world.get('usersecrets', home, name))?.status?.conditions?.some(
    ({ type }) => type === 'SealingKeyOutdated',
  ) === true;

/** The words behind `kubectl` of the command by which docs/operations.md backs the keys up. */
async function backupCommand(): Promise<readonly string[]> {
  const text = await readFile(new URL('../../docs/operations.md', import.meta.url), 'utf8');
  return orThrow(/^kubectl (get secrets .*) > neuro-keys\.yaml$/m.exec(text)?.[1]).split(' ');
}

/** The command, from its sources. */
function neuro(...words: readonly string[]): Promise<{ code: number; out: string; error: string }> {
  const env = {
    PATH: process.env['PATH'],
    HOME: '/nonexistent',
    KUBECONFIG: world.test.cluster.kubeconfigPath('admin'),
  };
  const flags = ['--disable-warning=ExperimentalWarning', entries.neuro, ...words];
  return new Promise((resolve) => {
    execFile(process.execPath, flags, { env }, (failed, out, error) =>
      resolve({ code: failed === null ? 0 : 1, out, error }),
    );
  });
}

async function apply(...objects: readonly unknown[]): Promise<void> {
  const { code, stderr } = await world.test.apply('admin', ...objects);
  if (code !== 0) throw new Error(stderr);
}

const namespaceObject = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: home } };
const userSecret = (name: string, spec: UserSecretSpec): unknown => ({
  apiVersion: 'neu.ro/v1',
  kind: 'UserSecret',
  metadata: { name, namespace: home },
  spec,
});

beforeAll(async () => {
  world = operatorWorld(await testCluster());
  await lose();
  operator = await startOperator(world.test);
  await apply(namespaceObject);
  git.push(userSecret('hpke-old', await sealedByHpke('hpke-old', values['hpke-old'])));
  const pem = await world.eventually(
    async () => (await fetch(`${operator?.httpUrl ?? ''}/v1/cert.pem`)).text(),
    (text) => text.includes('BEGIN CERTIFICATE'),
    'a certificate',
  );
  const context = { namespace: home, name: 'kubeseal-old', key: 'kubeseal-old' };
  const sealed = await sealKubeseal(
    await parseCertificatePem(pem),
    'strict',
    context,
    new TextEncoder().encode(values['kubeseal-old']),
  );
  git.push(userSecret('kubeseal-old', { sealed: { format: 'kubeseal', value: sealed } }));
  git.push(userSecret('made', { generate: { type: 'Password' } }));
  git.push({
    apiVersion: 'neu.ro/v1',
    kind: 'SecretGrant',
    metadata: { name: 'to-bob', namespace: home },
    spec: { secret: 'hpke-old', subject: { kind: 'User', name: 'bob' } },
  });
  await apply(...git);
  for (const name of ['hpke-old', 'kubeseal-old', 'made']) await untilReady(name);
});

afterAll(() => lose());

describe('the keys are rotated', () => {
  it('now, where an administrator says that the last are old; the former keep opening, and say that they are', async () => {
    const formerId = (await activeKey()).keyId;
    await kubectl([
      ...['annotate', 'secret', ...inOperatorNamespace, '-l', 'neu.ro/sealing-key=active'],
      ...['--overwrite', 'neu.ro/created-at=2020-01-01T00:00:00Z'],
    ]);
    await world.eventually(
      async () => (await activeKey()).keyId,
      (id) => id !== formerId,
      'a new key',
    );
    git.push(userSecret('hpke-new', await sealedByHpke('hpke-new', values['hpke-new'])));
    await apply(...git);
    await untilReady('hpke-new');
    const sealedWith = async (name: string) => (await world.get('usersecrets', home, name))?.status?.sealedWith;
    expect(await sealedWith('hpke-old')).toBe(formerId);
    expect(await sealedWith('hpke-new')).not.toBe(formerId);
    for (const name of ['hpke-old', 'kubeseal-old'])
      await world.eventually(
        () => outdated(name),
        (seen) => seen,
        `${name} is outdated`,
      );
    expect(await outdated('hpke-new')).toBe(false);
    before = await hashes();
    expect(before).toEqual(
      Object.fromEntries(Object.entries(values).map(([name, value]) => [name, digest(Buffer.from(value))])),
    );
  });

  it('and all of them are in the backup, with the key of the fingerprints', async () => {
    backup = await kubectl(await backupCommand());
    const { items } = parse(backup) as { readonly items: readonly { readonly metadata: { readonly name: string } }[] };
    expect(items.map(({ metadata }) => metadata.name.replace(/-[^-]*$/, '')).sort()).toEqual([
      'neuro-operator-fingerprint',
      ...['neuro-sealing-key-hpke', 'neuro-sealing-key-hpke', 'neuro-sealing-key-rsa', 'neuro-sealing-key-rsa'],
    ]);
    const labelled = await kubectl(['get', 'secret', ...inOperatorNamespace, '-l', 'neu.ro/sealing-key', '-o', 'name']);
    for (const name of labelled.trim().split('\n')) expect(backup).toContain(`name: ${name.replace('secret/', '')}\n`);
  });
});

describe('in a fresh cluster, from git alone', () => {
  let made = '';

  beforeAll(async () => {
    made = digest(await world.valueOf(home, 'made'));
    await lose();
    // In another order than they were made, and before there is an operator.
    await apply(namespaceObject, ...git.toReversed());
    operator = await startOperator(world.test);
  });

  it('people see which key is missing, and no value is made', async () => {
    for (const name of ['hpke-old', 'hpke-new']) {
      const found = orThrow(await untilReady(name, 'False UnknownSealingKey'));
      const message = found.status?.conditions?.find(({ type }) => type === 'Ready')?.message ?? '';
      expect(message).toMatch(/seal/i);
      expect(await world.get('secrets', home, name)).toBeUndefined();
    }
    // The other format does not name its key.
    await untilReady('kubeseal-old', 'False CannotOpen');
    await world.untilReason('secretgrants', home, 'to-bob', 'True Active');
  });

  it('a generated value is another, since it is nowhere but in the lost cluster', async () => {
    await untilReady('made');
    expect(digest(await world.valueOf(home, 'made'))).not.toBe(made);
  });

  it('whoever still has a value seals it for the new key', async () => {
    const spec = await sealedByHpke('hpke-new', values['hpke-new']);
    await apply(userSecret('hpke-new', spec));
    await untilReady('hpke-new');
    expect(digest(await world.valueOf(home, 'hpke-new'))).toBe(before['hpke-new']);
    expect(await outdated('hpke-new')).toBe(false);
    // As git has it, again.
    await apply(...git);
    await untilReady('hpke-new', 'False UnknownSealingKey');
  });

  it('with the backup of the keys every sealed value is the same by its hash, whatever came first', async () => {
    const ownId = (await activeKey()).keyId;
    // This operator has made a key of the fingerprints already, which stays.
    const { stderr } = await world.test.kubectl('admin', ['apply', '-f', '-'], backup);
    expect(stderr.match(/^(?:Error|error).*$/gm)).toEqual([expect.stringContaining('(Conflict)')]);
    for (const name of Object.keys(values)) await untilReady(name);
    expect(await hashes()).toEqual(before);
    // The keys of this cluster are younger, so new values are sealed for them.
    expect((await activeKey()).keyId).toBe(ownId);
    expect(await outdated('hpke-old')).toBe(true);
  });
});

describe('in a fresh cluster, with the keys restored before the operator', () => {
  beforeAll(async () => {
    await lose();
    await kubectl(['create', 'namespace', operatorNamespace]);
    await kubectl(['apply', '-f', '-'], backup);
    operator = await startOperator(world.test);
    await apply(namespaceObject, ...git);
  });

  it('values are there at once, and the keys stay in use', async () => {
    for (const name of Object.keys(values)) await untilReady(name);
    expect(await hashes()).toEqual(before);
    expect(await outdated('hpke-new')).toBe(false);
    expect(await publicKeys()).toHaveLength(2);
  });

  it('neuro secret reseal seals a value for the current key again, and the value stays the same', async () => {
    for (const name of ['hpke-old', 'kubeseal-old']) expect(await outdated(name)).toBe(true);
    const { code, out, error } = await neuro('secret', 'reseal', '-n', home);
    expect({ code, error }).toEqual({ code: 0, error: '' });
    expect(out).toMatch(/hpke-old/);
    for (const name of ['hpke-old', 'kubeseal-old']) {
      await world.eventually(
        () => outdated(name),
        (seen) => !seen,
        `${name} is current`,
      );
      await untilReady(name);
    }
    expect(await hashes()).toEqual(before);
    expect((await neuro('secret', 'reseal', '-n', home)).out).toMatch(/No secret was sealed with an older key/);
  });
});
