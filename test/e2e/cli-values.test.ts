/** A value survives, byte for byte, through every way into the cluster and out of it; and what cannot is told. */
import { spawn } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { objectNameForKey } from '../../src/api/index.ts';
import { parseCertificatePem, sealKubeseal, type SealingScope } from '../../src/sealing/index.ts';
import { startOperator, type RunningOperator } from '../support/operator.ts';
import { untilTrue } from '../support/until.ts';
import { environment, person, type Person } from './cli-command.ts';
import { nodeCluster, type NodeCluster } from './node-cluster.ts';

const elsewhere = 'alice-elsewhere';
const bundle = fileURLToPath(new URL('../../dist/neuro.mjs', import.meta.url));
const homes = fileURLToPath(new URL('../../manifests/samples/00-homes.yaml', import.meta.url));

let cluster: NodeCluster;
let operator: RunningOperator;
let alice: Person;
let folder: string;

const pem = `-----BEGIN PRIVATE KEY-----\n${randomBytes(48).toString('base64')}\n-----END PRIVATE KEY-----\n`;
/** Those that can be a variable: text without NUL. */
const texts: Readonly<Record<string, Buffer>> = {
  One_byte: Buffer.from('x'),
  Empty_lines: Buffer.from('\n\na\n\nb'),
  Crlf: Buffer.from('a\r\nb\r\n'),
  Only_a_line_break: Buffer.from('\n'),
  No_final_line_break: Buffer.from('a\nb'),
  Emoji: Buffer.from('🔑 ключ \u0301'),
  Pem: Buffer.from(pem),
  Leading_at: Buffer.from('@home'),
  Leading_dash: Buffer.from('-dash'),
  Quotes: Buffer.from(`' " \\ \` $HOME \${X} # no comment`),
  Spaces: Buffer.from('  a\t'),
};
const values: Readonly<Record<string, Buffer>> = {
  ...texts,
  Nul_and_no_utf8: Buffer.from([0, 255, 254, 0, 10, 128]),
  Large: randomBytes(700_000),
};
const keys = Object.keys(values);

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'neuro-cli-values-'));
  cluster = await nodeCluster();
  operator = await startOperator(cluster);
  expect((await cluster.kubectl('admin', ['apply', '-f', homes])).code).toBe(0);
  await cluster.kubectl('admin', ['create', 'namespace', elsewhere]);
  const binding = ['create', 'rolebinding', 'owner', '-n', elsewhere, '--clusterrole=admin', '--user=alice'];
  expect((await cluster.kubectl('admin', binding)).code).toBe(0);
  alice = person(cluster.cluster, 'alice');
});

afterAll(async () => {
  await operator.stop();
  await cluster.leave();
  rmSync(folder, { recursive: true, force: true });
});

function hash(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

function hashesOf(some: Readonly<Record<string, Uint8Array>>): Record<string, string> {
  return Object.fromEntries(Object.entries(some).map(([key, value]) => [key, hash(value)]));
}

/** What the native Secrets of a namespace hold now, for these keys with that prefix. */
async function kept(namespace: string, prefix = ''): Promise<Record<string, string>> {
  const { stdout } = await cluster.kubectl('alice', ['get', 'secrets', '-n', namespace, '-o', 'json']);
  const { items } = JSON.parse(stdout) as {
    readonly items: readonly {
      readonly metadata: { readonly ownerReferences?: readonly { readonly kind: string }[] };
      readonly data?: Readonly<Record<string, string>>;
    }[];
  };
  const found: Record<string, string> = {};
  for (const { metadata, data } of items) {
    if (metadata.ownerReferences?.[0]?.kind !== 'UserSecret') continue;
    for (const [key, value] of Object.entries(data ?? {}))
      if (key.startsWith(prefix)) found[key.slice(prefix.length)] = hash(Buffer.from(value, 'base64'));
  }
  return found;
}

function envFile(): Buffer {
  const lines = Object.entries(texts).map(
    ([key, value]) => `${key}="${value.toString().replace(/[\\"]/g, '\\$&')}"\r\n`,
  );
  return Buffer.from(`# all of them\n\n${lines.join('')}`);
}

function nativeSecret(): string {
  const data = Object.fromEntries(Object.entries(values).map(([key, value]) => [key, value.toString('base64')]));
  return JSON.stringify({ apiVersion: 'v1', kind: 'Secret', metadata: { name: 'all-of-them' }, data });
}

/** Its pair of keys is made after the start. */
async function certificatePem(): Promise<string> {
  let text = '';
  await untilTrue(async () => {
    const answer = await fetch(`${operator.httpUrl}/v1/cert.pem`);
    text = await answer.text();
    return answer.ok;
  });
  return text;
}

async function sealedSecret(scope: SealingScope, name: string, some = values, namespace = 'alice'): Promise<string> {
  const certificate = await certificatePem();
  const recipient = await parseCertificatePem(certificate);
  const encryptedData: Record<string, string> = {};
  for (const [key, value] of Object.entries(some))
    encryptedData[key] = await sealKubeseal(recipient, scope, { namespace, name, key }, value);
  const annotations = scope === 'strict' ? {} : { [`sealedsecrets.bitnami.com/${scope}`]: 'true' };
  return JSON.stringify({
    apiVersion: 'bitnami.com/v1alpha1',
    kind: 'SealedSecret',
    metadata: { name, namespace: 'alice', annotations },
    spec: { encryptedData },
  });
}

describe('into the cluster', () => {
  test.each(Object.entries(texts).filter(([key]) => key !== 'Only_a_line_break'))(
    '%s, as an argument',
    async (key, value) => {
      const text = value.toString().replace(/^@/, '@@');
      expect(await alice(['secret', 'add', `arg.${key}`, '--', text])).toMatchObject({ code: 0, error: '' });
      expect((await alice(['secret', 'get', `arg.${key}`])).bytes.equals(value)).toBe(true);
    },
  );

  test.each<[string, string, typeof values, () => Promise<Buffer | string> | Buffer | string]>([
    ['a .env file', 'env.', texts, envFile],
    ['a native Secret', 'native.', values, nativeSecret],
    ['a SealedSecret of its namespace', 'wide.', values, () => sealedSecret('namespace-wide', 'all-of-them')],
    ['a SealedSecret of the cluster', 'widest.', values, () => sealedSecret('cluster-wide', 'all-of-them')],
  ])('%s', async (_name, prefix, expected, text) => {
    const { length } = Object.keys(expected);
    const typed = await alice(['secret', 'import', '-', '--prefix', prefix], await text());
    expect({ code: typed.code, last: typed.error.trim().split('\n').at(-1) }).toEqual({
      code: 0,
      last: `${length} of ${length} imported.`,
    });
    expect(await kept('alice', prefix)).toEqual(hashesOf(expected));
  });

  test('a native Secret of the cluster, by its name, and a second time', async () => {
    // Not there but for an earlier try.
    await cluster.kubectl('alice', ['delete', 'secret', 'all-of-them', '-n', 'alice', '--ignore-not-found']);
    await alice(['secret', 'rm', 'Crlf']);
    expect((await cluster.kubectl('alice', ['create', '-n', 'alice', '-f', '-'], nativeSecret())).code).toBe(0);
    for (const what of ['added', 'updated']) {
      const typed = await alice(['secret', 'import', '--from-secret', 'all-of-them', '--dry-run']);
      expect(typed.out).toContain(`Secret 'Crlf' would be ${what} (6 bytes).\n`);
      expect((await alice(['secret', 'import', '--from-secret', 'all-of-them'])).code).toBe(0);
      expect(await kept('alice')).toMatchObject(hashesOf(values));
    }
  });

  test('a SealedSecret of the scope strict, under its own name', async () => {
    const text = await sealedSecret('strict', 'db-login', { Strict: Buffer.from('of one name') });
    expect(await alice(['secret', 'import', '-'], text)).toMatchObject({
      code: 0,
      // Updated by a second try.
      out: expect.stringMatching(/^Secret 'Strict' (added|updated) \(still sealed\)\.\n$/),
    });
    expect((await alice(['secret', 'get', 'Strict'])).out).toBe('of one name');
  });
});

describe('out of the cluster', () => {
  test('as manifests that are sealed for another namespace, applied there', async () => {
    const typed = await alice(['secret', 'manifest', ...keys, '--to', elsewhere]);
    expect(typed).toMatchObject({ code: 0, error: '' });
    for (const value of Object.values(values).filter(({ length }) => length > 20))
      expect(typed.bytes.includes(value.toString('base64').slice(0, 24))).toBe(false);
    const applied = await cluster.kubectl('alice', ['apply', '--server-side', '-f', '-'], typed.out);
    expect(applied).toMatchObject({ code: 0 });
    await untilTrue(async () => Object.keys(await kept(elsewhere)).length === keys.length);
    expect(await kept(elsewhere)).toEqual(hashesOf(values));
    expect(
      (await alice(['secret', 'get', `secret:/${elsewhere}/Crlf`])).bytes.equals(texts['Crlf'] ?? Buffer.of()),
    ).toBe(true);
  });

  test('as files for git, which change nothing when they are applied where they came from', async () => {
    const git = join(folder, 'git');
    expect((await alice(['secret', 'manifest', 'Crlf', 'Strict', '--dir', git])).out).toBe(
      `${git}/usersecret-${objectNameForKey('Crlf')}.yaml\n${git}/usersecret-db-login.yaml\n`,
    );
    const diff = await cluster.kubectl('alice', ['diff', '--server-side', '-f', git]);
    expect({ code: diff.code, stderr: diff.stderr }).toEqual({ code: 0, stderr: '' });
  });

  test('as files of a job', async () => {
    const volumes = keys.flatMap((key) => ['-v', `secret:${key}:/secrets/${key}`]);
    const script = 'cd /secrets && for f in *; do echo "$f $(sha256sum < $f | cut -c1-64)"; done';
    const typed = await alice(['run', ...volumes, 'busybox:1', '--', 'sh', '-c', script]);
    expect(lines(typed.out)).toEqual(hashesOf(values));
  });

  test('as variables of a job', async () => {
    const env = Object.keys(texts).flatMap((key) => ['-e', `${key}=secret:${key}`]);
    const script = Object.keys(texts)
      .map((key) => `echo "${key} $(printf %s "$${key}" | sha256sum | cut -c1-64)"`)
      .join('; ');
    const typed = await alice(['run', ...env, 'busybox:1', '--', 'sh', '-c', script]);
    expect(lines(typed.out)).toEqual(hashesOf(texts));
  });

  test('as variables of a command of this machine', async () => {
    const env = Object.keys(texts).flatMap((key) => ['-e', `${key}=secret:${key}`]);
    const script = `for (const key of ${JSON.stringify(Object.keys(texts))})
      console.log(key, require('crypto').createHash('sha256').update(process.env[key]).digest('hex'));`;
    const typed = await alice(['secret', 'exec', ...env, '--', process.execPath, '-e', script]);
    expect(typed).toMatchObject({ code: 0, error: '' });
    expect(lines(typed.out)).toEqual(hashesOf(texts));
  });
});

describe('what cannot be done is reported', () => {
  test('the lines of a .env file that cannot be taken, and the others are in', async () => {
    const path = join(folder, 'mixed.env');
    writeFileSync(path, "Good_1=a\nthe canary\nEmpty=\nGood_2='b\nc'\nbad/key=the canary\n");
    const typed = await alice(['secret', 'import', path]);
    expect({ code: typed.code, out: typed.out }).toEqual({
      code: 65,
      // Updated by a second try.
      out: expect.stringMatching(
        /^Secret 'Good_1' (added|updated) \(1 byte\)\.\nSecret 'Good_2' (added|updated) \(3 bytes\)\.\n$/,
      ),
    });
    expect(typed.error.split('\n')).toMatchObject([
      expect.stringContaining('mixed.env:2: '),
      expect.stringContaining('mixed.env:3 Empty: '),
      expect.stringContaining('mixed.env:6: '),
      '2 of 5 imported.',
      '',
    ]);
    expect(typed.error).not.toContain('the canary');
    expect((await alice(['secret', 'get', 'Good_2'])).out).toBe('b\nc');
  });

  test('a sealed value that this cluster cannot open is kept, and reported', async () => {
    const text = await sealedSecret('namespace-wide', 'x', { Foreign: Buffer.from('x') }, 'bob');
    const typed = await alice(['secret', 'import', '-'], text);
    expect(typed.code).toBe(1);
    expect(typed.error).toMatch(/Secret 'Foreign' is kept, but not usable \(CannotOpen\)/);
  });

  test.each<[string, readonly string[], number]>([
    ['a file that is not there', ['secret', 'import', 'missing.env'], 72],
    ['a Secret that is not there', ['secret', 'import', '--from-secret', 'missing'], 72],
    ['a SealedSecret where sealed-secrets is not', ['secret', 'import', '--from-sealed-secret', 'missing'], 77],
    ['what a UserSecret keeps', ['secret', 'import', '--from-secret', 'db-login'], 65],
    ['nothing', ['secret', 'import'], 2],
    ['another format', ['secret', 'import', '--format', 'ini', 'x'], 2],
    ['a manifest of what is not there', ['secret', 'manifest', 'missing'], 72],
    ['a variable with a NUL', ['secret', 'exec', '-e', 'X=secret:Nul_and_no_utf8', '--', 'true'], 65],
    ['a variable of 700 KB', ['secret', 'exec', '-e', 'X=secret:Large', '--', 'true'], 65],
    ['a variable that is not there', ['secret', 'exec', '-e', 'X=secret:missing', '--', 'true'], 72],
    ['another’s value', ['secret', 'exec', '-e', 'X=secret:/bob/x', '--', 'true'], 77],
    ['a command that is not there', ['secret', 'exec', '-e', 'X=secret:Crlf', '--', 'no-such-command'], 72],
  ])('%s', async (_name, words, code) => {
    const typed = await alice(words);
    expect({ code: typed.code, out: typed.out }).toEqual({ code, out: '' });
    expect(typed.error).toMatch(/^ERROR: .+\n$/);
  });
});

describe('a command of this machine', () => {
  test('gives its exit code, and a dangerous name is warned of', async () => {
    const typed = await alice(['secret', 'exec', '-e', 'NODE_OPTIONS=secret:One_byte', '--', 'sh', '-c', 'exit 7']);
    expect(typed).toMatchObject({ code: 7, out: '' });
    expect(typed.error).toMatch(/^WARNING: NODE_OPTIONS /);
  });

  test('reads standard input, and a $NAME that the shell has replaced is noticed', async () => {
    const typed = await alice(['secret', 'exec', '-e', 'X=secret:One_byte', '--', 'cat', '-', ''], 'from here');
    expect(typed.out).toBe('from here');
    expect(typed.error).toContain('An empty word is in the command');
  });

  test.each([
    ['SIGTERM', 'exit 42', 42],
    ['SIGHUP', 'exit 43', 43],
    ['SIGINT', 'exit 44', 44],
    ['SIGTERM', 'trap - TERM; kill -TERM $$', 128 + 15],
  ] as const)('gets %s and may answer it: %s', async (signal, answer, code) => {
    const script = `trap '${answer}' ${signal.slice(3)}; echo ready; while kill -0 $PPID; do sleep 0.1; done`;
    const child = spawn(
      process.execPath,
      [bundle, 'secret', 'exec', '-e', 'X=secret:One_byte', '--', 'sh', '-c', script],
      { env: environment(cluster.cluster, 'alice'), stdio: ['ignore', 'pipe', 'ignore'] },
    );
    const ended = once(child, 'exit');
    await once(child.stdout, 'data');
    child.kill(signal);
    expect(await ended).toEqual([code, null]);
  });

  test('has the value in its environment, and nothing else of this machine has it', async () => {
    const value = `canary-${randomBytes(8).toString('hex')}`;
    expect((await alice(['secret', 'add', 'Canary', '-'], value)).code).toBe(0);
    const script = `grep -l "$X" /proc/[0-9]*/cmdline 2>/dev/null; tr '\\0' '\\n' < /proc/$PPID/environ | grep -c "$X"; echo done`;
    const typed = await alice([
      '-v',
      '--show-traceback',
      'secret',
      'exec',
      '-e',
      'X=secret:Canary',
      '--',
      'sh',
      '-c',
      script,
    ]);
    expect(typed).toMatchObject({ code: 0, out: '0\ndone\n', error: '' });
  });
});

function lines(text: string): Record<string, string> {
  return Object.fromEntries(
    text
      .trim()
      .split('\n')
      .map((line) => line.split(' ') as [string, string]),
  );
}
