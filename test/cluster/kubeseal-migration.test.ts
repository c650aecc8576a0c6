/**
 * From sealed-secrets to here: what the real kubeseal sealed for a key of sealed-secrets goes on opening, in every scope, and
 * what kubeseal does against this operator as its controller. docs/migrate-from-sealed-secrets.md is this, told to people.
 */
import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, test } from 'vitest';
import { stringify } from 'yaml';
import { builtTool } from '../support/built-tool.ts';
import { generateRsaKeyPair, selfSignedCertificate } from '../../src/sealing/index.ts';
import { testCluster } from '../support/cluster.ts';
import { operatorNamespace, startOperator, type RunningOperator } from '../support/operator.ts';
import { operatorWorld, orThrow, type OperatorWorld } from '../support/operator-world.ts';

const buildLimitMs = 20 * 60_000;
const scopes = ['strict', 'namespace-wide', 'cluster-wide'] as const;
const base64 = (text: string): string => Buffer.from(text).toString('base64');

let kubeseal: string;
let world: OperatorWorld;
let operator: RunningOperator;
let folder: string;
let certificate: string;
let sealedSecretsNamespace: string;
let home: string;

beforeAll(async () => {
  kubeseal = await builtTool('kubeseal');
  world = operatorWorld(await testCluster());
  folder = await mkdtemp(join(tmpdir(), 'neuro-migration-'));
  certificate = join(folder, 'sealed-secrets.pem');
  sealedSecretsNamespace = await world.test.makeNamespace('sealed-secrets');
  home = await world.test.makeNamespace('alice');
  // As sealed-secrets makes and keeps its key.
  const material = await generateRsaKeyPair();
  const notAfter = new Date(Date.now() + 3_600_000);
  const pem = await selfSignedCertificate(material, { notBefore: new Date(Date.now() - 1_000), notAfter });
  await writeFile(certificate, pem);
  await world.create('secrets', sealedSecretsNamespace, {
    metadata: {
      name: 'sealed-secrets-keyx7k2v',
      labels: { 'sealedsecrets.bitnami.com/sealed-secrets-key': 'active' },
    },
    type: 'kubernetes.io/tls',
    data: { 'tls.key': base64(material.privateKeyPem), 'tls.crt': base64(pem) },
  });
  const names = ['sealed-secrets-keyx7k2v', 'sealed-secrets-keylater'];
  operator = await startOperator(world.test, {
    config: stringify({
      sealing: { sealedSecretsKeys: names.map((name) => ({ namespace: sealedSecretsNamespace, name })) },
    }),
  });
}, buildLimitMs);

afterAll(async () => {
  await operator.stop();
  await rm(folder, { recursive: true, force: true });
});

function run(flags: readonly string[], input: string): Promise<{ code: number; out: string; error: string }> {
  return new Promise((resolve) => {
    const child = execFile(kubeseal, flags, (error, out, err) =>
      resolve({ code: error === null ? 0 : 1, out, error: err }),
    );
    // It may end before it has read all of its input.
    child.stdin?.on('error', () => undefined);
    child.stdin?.end(input);
  });
}

async function sealed(flags: readonly string[], input: string): Promise<string> {
  const { code, out, error } = await run(flags, input);
  if (code !== 0) throw new Error(`kubeseal ${flags.join(' ')}: ${error}`);
  return out.trim();
}

/** As alice, who may do nothing else in the operator's namespace. */
const asAlice = (): readonly string[] => [
  ...['--kubeconfig', world.test.cluster.kubeconfigPath('alice')],
  ...['--controller-name', 'neuro-operator', '--controller-namespace', operatorNamespace],
];

const nativeSecret = (name: string, key: string, value: string): string =>
  JSON.stringify({
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name, namespace: home },
    data: { [key]: base64(value) },
  });

describe('a SealedSecret of former days', () => {
  test.each(scopes)('in the scope %s is a UserSecret with the same ciphertext', async (scope) => {
    const name = `old-${scope}`;
    // The whole of what people have in git: an object of kind SealedSecret.
    const text = await sealed(
      ['--cert', certificate, '--scope', scope, '-o', 'json'],
      nativeSecret(name, 'password', 'vör'),
    );
    const { encryptedData } = (JSON.parse(text) as { spec: { encryptedData: Record<string, string> } }).spec;
    const { status } = await world.secret(home, name, {
      key: `password-${scope}`,
      sealed: { format: 'kubeseal', value: orThrow(encryptedData['password']), scope },
    });
    expect((await world.valueOf(home, name, `password-${scope}`))?.toString()).toBe('vör');
    // It is worth sealing again: sealed-secrets' key is never the current one.
    await world.eventually(
      async () => (await world.get('usersecrets', home, name))?.status?.conditions?.map(({ type }) => type) ?? [],
      (types) => types.includes('SealingKeyOutdated'),
      'outdated',
    );
    expect(status?.sealedWith).toBeDefined();
  });

  test.each(scopes.filter((scope) => scope !== 'strict'))('of the scope %s is not opened in strict', async (scope) => {
    const name = `narrow-${scope}`;
    const value = await sealed(
      ['--raw', '--cert', certificate, '--scope', scope, '--namespace', home, '--name', name],
      'x',
    );
    await world.secret(home, name, { sealed: { format: 'kubeseal', value } }, 'False CannotOpen');
  });

  it('of the scope strict is not opened under another name', async () => {
    const value = await sealed(['--raw', '--cert', certificate, '--namespace', home, '--name', 'one'], 'x');
    await world.secret(home, 'two', { sealed: { format: 'kubeseal', value } }, 'False CannotOpen');
  });

  it('has its scope from the field alone: annotations of sealed-secrets widen nothing', async () => {
    const value = await sealed(
      ['--raw', '--cert', certificate, '--scope', 'cluster-wide', '--namespace', home, '--name', 'x'],
      'x',
    );
    const annotations = { 'sealedsecrets.bitnami.com/cluster-wide': 'true' };
    await world.secret(home, 'widened', { sealed: { format: 'kubeseal', value } }, 'False CannotOpen', annotations);
  });
});

describe('keys of sealed-secrets', () => {
  it('are never handed out for sealing, and their Secret is left as it is', async () => {
    const pem = await world.eventually(
      async () => (await fetch(`${operator.httpUrl}/v1/cert.pem`)).text(),
      (text) => text.includes('BEGIN CERTIFICATE'),
      'a certificate',
    );
    const { data, metadata } = orThrow(await world.get('secrets', sealedSecretsNamespace, 'sealed-secrets-keyx7k2v'));
    expect(Buffer.from(data?.['tls.crt'] ?? '', 'base64').toString()).not.toBe(pem);
    expect(metadata.labels).toEqual({ 'sealedsecrets.bitnami.com/sealed-secrets-key': 'active' });
    // Every replica answers with it from the moment it is loaded; the leader publishes it then.
    await world.until(
      'configmaps',
      operatorNamespace,
      'neuro-sealing-keys',
      (found) => found?.data?.['cert.pem'] === pem,
      'the same is published',
    );
  });
});

describe('the real kubeseal with this operator as its controller', () => {
  // The operator runs beside the cluster here; test/e2e/in-cluster.test.ts has it inside, with the certificate and --raw through the
  // API server's proxy.
  it.each([
    ['--re-encrypt', ['--re-encrypt']],
    ['--validate', ['--validate']],
  ])('is refused for %s, which would let anybody ask what opens', async (_name, flags) => {
    const text = await sealed(['--cert', certificate, '-o', 'json'], nativeSecret('old', 'password', 'x'));
    const { code, error } = await run([...asAlice(), ...flags], text);
    expect(code).toBe(1);
    expect(error).not.toBe('');
    for (const path of ['/v1/rotate', '/v1/verify']) {
      const response = await fetch(`${operator.httpUrl}${path}`, { method: 'POST', body: text });
      expect([path, response.status]).toEqual([path, 404]);
    }
  });
});
