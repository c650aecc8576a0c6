/** Command lines that are nearly right: the message says what was expected, what was found, and what to type. */
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer as createSecureServer } from 'node:https';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { parse } from 'yaml';
import { namespaces, nativeSecrets, userSecrets } from '../../src/cli/connect/kinds.ts';
import { newPair } from '../support/certificate-pair.ts';
import { publishSealingKey, takeUp } from './operate.ts';
import { createWorld, type World } from './typed.ts';

let world: World;
let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'neuro-words-'));
  writeFileSync(join(folder, 'file'), 'no folder\n');
  writeFileSync(join(folder, 'cert.pem'), '-----BEGIN CERTIFICATE-----\n');
});
afterAll(() => rmSync(folder, { recursive: true }));
beforeEach(async () => {
  world = createWorld({ operate: takeUp, allow: () => true });
  await publishSealingKey(world.model);
  world.model.put(namespaces, { metadata: { name: 'alice', annotations: { 'neu.ro/user': 'alice' } } });
  world.model.put(userSecrets, { metadata: { namespace: 'alice', name: 'db' }, spec: { value: 'x' } });
});

/** `FOLDER` is one with a text and half a certificate in it. */
const typed = (line: string): ReturnType<World['type']> =>
  world.type(
    line.split(' ').map((word) => word.replace('FOLDER', folder)),
    { input: 'x' },
  );

test.each<[line: string, code: number, said: string]>([
  ['share bob secret:db', 2, 'The secret comes before the subject: `neuro share secret:db bob`.'],
  ['acl grant bob secret:db', 2, 'The secret comes before the subject: `neuro share secret:db bob`.'],
  ['acl revoke bob secret:db', 2, 'The secret comes before the subject: `neuro acl revoke secret:db bob`.'],
  ['acl ls db', 127, "'db' begins no URI of a secret; write secret:db."],
  ['acl ls storage:data', 127, "'storage:data' begins no URI of a secret; write secret:data."],
  [
    'status job/train',
    2,
    "'job/train' is not the name of a job, which has no '/': write the name alone, such as 'train'",
  ],
  ['kill one,two', 2, "'one,two' is not the name of a job, which has only a-z, 0-9, '-' and '.'"],
  ['kill train *', 2, '`neuro ps -q` prints the names'],
  ['kill job/train', 2, "write the name alone, such as 'train'"],
  ['status Train', 2, "'Train' is not the name of a job"],
  ['run -9 busybox:1', 2, "'-9' is not an image"],
  ['logs train --tail x', 2, 'write a whole number, such as 100'],
  ['port-forward pod/train 80:80', 2, "write the name alone, such as 'train'"],
  ['secret get secret/db', 65, "'secret/db' is not a key, which has no '/'; the key alone is 'db'."],
  [
    'secret get bob/token',
    65,
    "'bob/token' is not a key, which has no '/'; a secret of another namespace is secret:/bob/token.",
  ],
  ['secret ls --tag a/b', 2, "--tag 'a/b' is not a tag: write NAME or NAME=VALUE."],
  ['secret add new x --label neu.ro/x=y', 2, "--label: 'neu.ro/x' has a prefix that says whose object it is"],
  ['secret add new x --annotation a.helm.sh/x=y', 2, "--annotation: 'a.helm.sh/x' has a prefix"],
  ['secret rollback db 2', 2, 'Usage: neuro secret rollback --to <version> [options] <key>'],
  ['secret manifest --to Prod', 2, "--to 'Prod' is not the name of a namespace"],
  ['secret manifest --dir FOLDER/file', 74, 'is a file, or in one; name a folder.'],
  ['secret manifest --dir FOLDER/file/git', 74, 'is a file, or in one; name a folder.'],
  ['secret exec secret:db -- true', 72, 'A secret goes behind --env: --env NAME=secret:db -- COMMAND.'],
  ['secret seal new x --cert FOLDER/file -n alice', 65, 'is not a list of public keys'],
  [
    'secret seal new x --for FOLDER/cert.pem',
    65,
    'but PEM; a certificate goes behind `neuro secret seal KEY --cert FILE`.',
  ],
  ['console --no-open --config FOLDER/none', 72, 'File not found'],
  ['admin recovery-key create FOLDER/none/key.json', 72, 'does not exist; no key was made.'],
  ['admin recovery-key restore FOLDER/none', 72, 'File not found'],
  ['admin recovery-key restore FOLDER/file', 74, 'is a file; name the folder of the manifests.'],
])('neuro %s', async (line, code, said) => {
  const result = await typed(line);
  expect(result).toMatchObject({ code, out: '' });
  expect(result.error).toContain(said);
});

test.each([
  ['FOLDER', 74, 'is a folder; name a file.'],
  ['FOLDER/none/value', 72, 'does not exist; name a file in one that does.'],
])('a value cannot be saved to %s', async (path, code, said) => {
  const { metadata } = world.model.put(userSecrets, {
    metadata: { namespace: 'alice', name: 'own' },
    spec: { value: 'x' },
  });
  const ownerReferences = [{ apiVersion: 'neu.ro/v1', kind: 'UserSecret', name: 'own', uid: metadata.uid ?? '' }];
  world.model.put(nativeSecrets, {
    metadata: { namespace: 'alice', name: 'own', ownerReferences },
    data: { own: 'eA==' },
  });
  takeUp(world.model);
  const result = await typed(`secret get own -f ${path}`);
  expect(result).toMatchObject({ code, out: '' });
  expect(result.error).toContain(said);
});

test('an address of keys that nothing serves is an error with its reason', async () => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  await new Promise((closed) => server.close(closed));
  const address = `https://127.0.0.1:${String(port)}/cert.pem`;
  const { code, error } = await typed(`secret seal new x --cert ${address} -n alice`);
  expect(code).toBe(74);
  expect(error).toBe(`ERROR: ${address} cannot be read (ECONNREFUSED); look at the address, or give a file.\n`);
});

test('an address of keys that breaks off is an error with its reason', async () => {
  const { 'tls.crt': cert, 'tls.key': key } = await newPair('localhost');
  const server = createSecureServer({ cert, key }, (_request, response) => {
    response.writeHead(200, { 'content-length': '1000' });
    response.write('[', () => response.destroy());
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  vi.stubEnv('NODE_TLS_REJECT_UNAUTHORIZED', '0');
  try {
    const address = `https://127.0.0.1:${String((server.address() as AddressInfo).port)}/keys.json`;
    const { code, error } = await typed(`secret seal new x --for ${address} -n alice`);
    expect(code).toBe(74);
    expect(error).toMatch(/keys\.json cannot be read \(\w+\); look at the address, or give a file\.\n$/);
  } finally {
    vi.unstubAllEnvs();
    server.close();
  }
});

// kubectl reads YAML 1.1, where these are no texts.
test.each(['off', 'on', 'no', 'yes', 'y', 'n', '012', '1e3', '0x1f', 'null', 'true', '1_000'])(
  'the key %s is a text for kubectl, too',
  async (key) => {
    const { out } = await typed(`secret seal ${key} - -o yaml`);
    const [, spec = ''] = /\n  key: (.*)\n/.exec(out) ?? [];
    const [, name = ''] = /\n  name: (.*)\n/.exec(out) ?? [];
    expect([name, spec].filter((text) => text === key)).toEqual([]);
    expect(parse(out, { version: '1.1' })).toMatchObject({ metadata: { name: expect.any(String) as string } });
  },
);

test.each(['@bob', 'group/ml', 'user/bob', 'group:ml/x'])(
  'the subject %s is granted with a question where it looks odd',
  async (who) => {
    const { code, error } = await typed(`share secret:db ${who}`);
    expect(code).toBe(0);
    expect(error.includes('Is it right?')).toBe(who !== 'group:ml/x');
  },
);

test('a prefix of the scheme lists what is shared', async () => {
  for (const prefix of ['secret', 'secret:', 'SECRET:db', 'secret:/alice'])
    expect(await typed(`acl ls --shared ${prefix}`)).toMatchObject({ code: 0 });
});

test('a command without a secret is said to get none', async () => {
  expect(await typed('secret exec -- true')).toMatchObject({
    code: 0,
    error: expect.stringContaining('gets no secret'),
  });
  expect(await typed('secret exec -e A=1 -- true')).toMatchObject({ code: 0, error: '' });
});
