/**
 * Every cluster is lost, and with it every sealing key: the operator and all that people had. What is left: git, and the 24 words of a recovery key. The commands are those of
 * docs/operations.md.
 */
import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { generateRsaKeyPair, importRsaKeyPair, parseCertificatePem, sealKubeseal } from '../../src/sealing/index.ts';
import { entries } from '../support/built-entry.ts';
import { testCluster } from '../support/cluster.ts';
import { loseAll, startOperator, type RunningOperator } from '../support/operator.ts';
import { render } from '../support/helm.ts';
import { operatorWorld, type OperatorWorld } from '../support/operator-world.ts';

const home = 'alice';
const values = { 'db-password': 'correct horse', TOKEN: 'of the team' } as const;

let folder: string;
/** Manifests, as in a repository. */
let git: string;
let world: OperatorWorld;
let operator: RunningOperator | undefined;
let words: string;

async function freshCluster(): Promise<void> {
  operator = await startOperator(world.test);
  await kubectl(['create', 'namespace', home]);
  await world.eventually(
    () => world.get('configmaps', 'neuro-system', 'neuro-sealing-keys'),
    (found) => found?.data?.['keys.json'] !== undefined,
    'the public keys',
  );
}

async function lose(): Promise<void> {
  await operator?.stop();
  operator = undefined;
  await loseAll(world.test, [home]);
}

async function kubectl(args: readonly string[], input?: string): Promise<void> {
  const { code, stderr } = await world.test.kubectl('admin', args, input);
  if (code !== 0) throw new Error(`kubectl ${args.join(' ')}: ${stderr}`);
}

/** As the chart does it, with its rights. */
async function configureRecoveryKey(): Promise<void> {
  const recoveryKeys = JSON.parse(await readFile(join(folder, 'recovery-key.json'), 'utf8')) as readonly object[];
  const names = ['neuro-sealing-recipients', 'neuro-sealing-keys-reader'];
  const objects = (await render({ sealing: { recoveryKeys } })).filter(({ metadata }) => names.includes(metadata.name));
  expect(objects.map(({ kind }) => kind).sort()).toEqual(['ConfigMap', 'Role', 'RoleBinding']);
  await kubectl(['apply', '-f', '-'], JSON.stringify({ apiVersion: 'v1', kind: 'List', items: objects }));
  const can = (verb: string): Promise<{ readonly code: number }> =>
    world.test.kubectl('admin', [
      ...['auth', 'can-i', verb, 'configmaps/neuro-sealing-recipients', '-n', 'neuro-system'],
      ...['--as', 'mallory', '--as-group', 'system:authenticated'],
    ]);
  expect(await can('get')).toMatchObject({ code: 0 });
  for (const verb of ['update', 'patch', 'delete']) expect(await can(verb)).toMatchObject({ code: 1 });
}

/** The command, from its sources. */
function neuro(input: string, ...args: readonly string[]): Promise<{ code: number; out: string; error: string }> {
  const env = {
    PATH: process.env['PATH'],
    HOME: '/nonexistent',
    KUBECONFIG: world.test.cluster.kubeconfigPath('admin'),
  };
  return new Promise((resolve) => {
    const child = execFile(
      process.execPath,
      ['--disable-warning=ExperimentalWarning', entries.neuro, ...args],
      { env, cwd: folder },
      (failed, out, error) => resolve({ code: failed === null ? 0 : 1, out, error }),
    );
    child.stdin?.end(input);
  });
}

const readValue = async (name: string): Promise<string | undefined> => {
  const { code, out } = await neuro('', 'secret', 'get', name, '-n', home);
  return code === 0 ? out : undefined;
};

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'neuro-recovery-'));
  git = join(folder, 'git');
  await mkdir(git);
  world = operatorWorld(await testCluster());
  await lose();
  await freshCluster();
  const created = await neuro('', 'admin', 'recovery-key', 'create');
  expect(created).toMatchObject({ code: 0 });
  words = created.out;
  for (const [key, value] of Object.entries(values)) {
    const sealed = await neuro(
      value,
      'secret',
      'seal',
      key,
      '-',
      '-n',
      home,
      '--for',
      `admin@${world.test.cluster.name}`,
      '--for',
      'recovery-key.json',
    );
    expect(sealed).toMatchObject({ code: 0 });
    await writeFile(join(git, `${key}.yaml`), sealed.out);
  }
  // One that was added to the cluster, and gets the recovery key later.
  expect(await neuro('added', 'secret', 'add', 'added', '-', '-n', home)).toMatchObject({ code: 0 });
  expect(await neuro('', 'secret', 'reseal', 'added', '-n', home, '--for', './recovery-key.json')).toMatchObject({
    code: 0,
  });
  expect(await neuro('', 'secret', 'manifest', 'added', '-n', home, '--dir', 'git')).toMatchObject({ code: 0 });
  // And two by the configuration of the operator alone: one that is new, and one that was there before.
  expect(await neuro('earlier', 'secret', 'add', 'earlier', '-', '-n', home)).toMatchObject({ code: 0 });
  await configureRecoveryKey();
  expect(await neuro('by default', 'secret', 'add', 'by-default', '-', '-n', home)).toMatchObject({
    code: 0,
    error: expect.stringContaining('Also sealed for the recovery key'),
  });
  expect(await neuro('', 'secret', 'reseal', '-n', home)).toMatchObject({
    code: 0,
    out: "Secret 'earlier' resealed.\n",
  });
  for (const key of ['earlier', 'by-default'])
    expect(await neuro('', 'secret', 'manifest', key, '-n', home, '--dir', 'git')).toMatchObject({ code: 0 });
  await kubectl(['apply', '-f', git]);
  for (const key of Object.keys(values)) expect(await readValue(key)).toBe(values[key as keyof typeof values]);
  await lose();
});

afterAll(async () => {
  await lose();
  await rm(folder, { recursive: true, force: true });
});

it('is restored from git and the words alone', async () => {
  await freshCluster();
  // As it is in git, nothing opens here.
  await kubectl(['apply', '-f', git]);
  await world.untilReason('usersecrets', home, 'db-password', 'False UnknownSealingKey');
  const { code, out, error } = await neuro(words, 'admin', 'recovery-key', 'restore', 'git');
  expect({ code, error, out }).toEqual({
    code: 0,
    error: 'Commit the files that have changed, and apply them to this cluster.\n',
    out: '5 secrets were sealed again for this cluster and the recovery key.\n',
  });
  await kubectl(['apply', '-f', git]);
  const all = { ...values, added: 'added', earlier: 'earlier', 'by-default': 'by default' };
  for (const [key, value] of Object.entries(all)) expect(await readValue(key)).toBe(value);
  // Neither git nor the output ever had a value or a word.
  for (const file of ['git/db-password.yaml', 'git/TOKEN.yaml', 'git/usersecret-added.yaml', 'recovery-key.json']) {
    const text = await readFile(join(folder, file), 'utf8');
    for (const value of Object.values(values)) expect(text).not.toContain(value);
  }
});

it('and opens a text of kubeseal among those of other clusters', async () => {
  const pem = await world.eventually(
    async () => (await fetch(`${operator?.httpUrl ?? ''}/v1/cert.pem`)).text(),
    (text) => text.includes('BEGIN CERTIFICATE'),
    'a certificate',
  );
  const context = { namespace: home, name: 'several', key: 'several' };
  const own = await parseCertificatePem(pem);
  const other = await importRsaKeyPair((await generateRsaKeyPair()).privateKeyPem);
  const [ours, theirs] = await Promise.all(
    [own, other].map((key) => sealKubeseal(key, 'strict', context, Buffer.from('by kubeseal'))),
  );
  await world.create('usersecrets', home, {
    metadata: { name: 'several' },
    spec: { sealed: { format: 'kubeseal', value: theirs, values: [theirs, ours] } },
  });
  expect(await readValue('several')).toBe('by kubeseal');
  await world.create('usersecrets', home, {
    metadata: { name: 'of-others' },
    spec: { sealed: { format: 'kubeseal', value: theirs, values: [theirs] } },
  });
  await world.untilReason('usersecrets', home, 'of-others', 'False CannotOpen');
});
