/** The real kubeseal seals for us, with a certificate of ours and without a cluster. */
import { execFile } from 'node:child_process';
import { createPrivateKey } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { builtTool } from '../support/built-tool.ts';
import {
  generateRsaKeyPair,
  importRsaKeyPair,
  newSealingKeyring,
  sealKubeseal,
  selfSignedCertificate,
  type RsaKeyPair,
  type SealingKeyring,
  type SealingScope,
} from '../../src/sealing/index.ts';
import { codeOf, CONTEXT } from '../sealing/support.ts';

const SCOPES: readonly SealingScope[] = ['strict', 'namespace-wide', 'cluster-wide'];
const DAY_MS = 24 * 60 * 60 * 1000;
const BUILD_TIMEOUT_MS = 20 * 60 * 1000;

let kubeseal: string;
let folder: string;
let certificateFile: string;
let privateKeyPem: string;
let pair: RsaKeyPair;
let keyring: SealingKeyring;

beforeAll(async () => {
  kubeseal = await builtTool('kubeseal');
  folder = await mkdtemp(join(tmpdir(), 'neuro-kubeseal-'));
  const material = await generateRsaKeyPair();
  privateKeyPem = material.privateKeyPem;
  pair = await importRsaKeyPair(privateKeyPem);
  keyring = newSealingKeyring({ hpke: [], rsa: [{ pair, createdAt: '2026-01-01T00:00:00Z' }] });
  certificateFile = join(folder, 'cert.pem');
  const notBefore = new Date(Date.now() - DAY_MS);
  const notAfter = new Date(Date.now() + 30 * DAY_MS);
  await writeFile(certificateFile, await selfSignedCertificate(material, { notBefore, notAfter }));
}, BUILD_TIMEOUT_MS);

afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
});

/** The value goes by standard input; nothing of it stands in a command line or file. */
function seal(value: Uint8Array, scope: SealingScope): Promise<string> {
  const { namespace, name } = CONTEXT;
  const where = ['--name', name, '--namespace', namespace, '--scope', scope];
  return run(['--raw', '--cert', certificateFile, ...where], value);
}

function run(flags: readonly string[], input: Uint8Array): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = execFile(kubeseal, flags, { maxBuffer: 8 * 1024 * 1024 }, (error, stdout, stderr) => {
      if (error) reject(new Error(`kubeseal failed: ${stderr}`, { cause: error }));
      else resolve(stdout);
    });
    child.stdin?.end(input);
  });
}

describe.each(SCOPES)('kubeseal --scope %s', (scope) => {
  it.each([1, 29, 65_536])('seals %d bytes that open here', async (length) => {
    const value = crypto.getRandomValues(new Uint8Array(length));
    const sealed = await seal(value, scope);
    const opened = await keyring.open({ format: 'kubeseal', value: sealed, scope }, CONTEXT);
    expect(Buffer.compare(opened.plaintext, value)).toBe(0);
    expect(opened.keyId).toBe(pair.keyId);
  });

  it.each(SCOPES.filter((other) => other !== scope))('seals what does not open in the scope %s', async (other) => {
    const sealed = await seal(Uint8Array.of(1, 2, 3), scope);
    const open = () => keyring.open({ format: 'kubeseal', value: sealed, scope: other }, CONTEXT);
    expect(await codeOf(open)).toBe('NotForThisObject');
  });
});

it('a strict value does not open under another name', async () => {
  const sealed = await seal(Uint8Array.of(1, 2, 3), 'strict');
  const open = () =>
    keyring.open({ format: 'kubeseal', value: sealed, scope: 'strict' }, { ...CONTEXT, name: 'other' });
  expect(await codeOf(open)).toBe('NotForThisObject');
});

it.each([
  ['PKCS#1', () => privateKeyPem],
  ['PKCS#8', () => createPrivateKey(privateKeyPem).export({ format: 'pem', type: 'pkcs8' }).toString()],
  ['key Secrets', () => JSON.stringify({ apiVersion: 'v1', kind: 'List', items: [keySecret()] })],
])('kubeseal --recovery-unseal opens what is sealed here, with our key as %s', async (form, pem) => {
  const keyFile = join(folder, `${form.replace(/\W/, '')}.key`);
  await writeFile(keyFile, pem(), { mode: 0o600 });
  const value = new TextEncoder().encode('made for this test');
  const sealedSecret = {
    apiVersion: 'bitnami.com/v1alpha1',
    kind: 'SealedSecret',
    metadata: { name: CONTEXT.name, namespace: CONTEXT.namespace },
    spec: { encryptedData: { [CONTEXT.key]: await sealKubeseal(pair, 'strict', CONTEXT, value) } },
  };
  const input = new TextEncoder().encode(JSON.stringify(sealedSecret));
  const secret = JSON.parse(await run(['--recovery-unseal', '--recovery-private-key', keyFile], input)) as {
    data: Record<string, string>;
  };
  expect(secret.data[CONTEXT.key]).toBe(Buffer.from(value).toString('base64'));
});

/** As `kubectl get secrets` shows it. */
function keySecret(): unknown {
  const data = { 'tls.key': Buffer.from(privateKeyPem).toString('base64') };
  return { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'key' }, type: 'kubernetes.io/tls', data };
}
