/** Contexts of the kubeconfig, completion, the fields that the command knows, and a certificate request. */
import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { createServer, type AddressInfo } from 'node:net';
import { delimiter, join } from 'node:path';
import 'reflect-metadata';
import { Pkcs10CertificateRequest } from '@peculiar/x509';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { knownFieldsText } from '../../scripts/known-fields.ts';
import type { Connection } from '../../src/cli/connect/connection.ts';
import { certificateRequestPem, clientCertificate } from '../../src/cli/homes/client-certificate.ts';
import { namespaces, neuroJobs, secretGrants, userSecrets } from '../../src/cli/connect/kinds.ts';
import { createWorld, type World } from './typed.ts';

let folder: string;
let world: World;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'neuro-setup-'));
  world = createWorld();
  for (const [name, key] of [
    ['db-1234', 'DB_PASSWORD'],
    ['token', undefined],
  ] as const)
    world.model.put(userSecrets, {
      metadata: { namespace: 'alice', name },
      spec: { ...(key === undefined ? {} : { key }), description: 'of\tthe db', sealed: { value: 'x' } },
    });
  world.model.put(secretGrants, {
    metadata: { namespace: 'alice', name: 'g' },
    spec: { secret: 'token', subject: { kind: 'User', name: 'bob' } },
  });
  world.model.put(neuroJobs, { metadata: { namespace: 'alice', name: 'train' }, spec: { image: 'busybox:1' } });
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

function kubeconfig(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text, { mode: 0o640 });
  return path;
}

const dev = `# mine
apiVersion: v1
kind: Config
current-context: dev   # the one in use
clusters:
  - name: c1
    cluster: { server: https://one }
contexts:
  - name: dev
    context: { cluster: c1, user: alice, namespace: alice }
  - name: prod
    context: { cluster: c1, user: bob }
`;

describe('config', () => {
  test('lists contexts of several files, the first to name one wins', async () => {
    const paths = [
      kubeconfig('a', dev),
      kubeconfig('b', dev.replace('namespace: alice', 'namespace: x').replace('prod', 'more')),
      join(folder, 'missing'),
    ];
    const env = { KUBECONFIG: paths.join(delimiter) };
    expect(await world.type(['config', 'get-contexts'], { env })).toEqual({
      code: 0,
      out:
        'CURRENT  NAME  CLUSTER  USER   NAMESPACE\n*        dev   c1       alice  alice\n' +
        '         more  c1       bob\n         prod  c1       bob\n',
      error: '',
    });
    expect((await world.type(['config', 'get-contexts', '-q'], { env })).out).toBe('dev\nmore\nprod\n');
  });

  test('use changes one word of one file, and keeps comments and mode', async () => {
    const paths = [kubeconfig('empty', 'apiVersion: v1\nkind: Config\n'), kubeconfig('use', dev)];
    const typed = await world.type(['config', 'use', 'prod'], { env: { KUBECONFIG: paths.join(delimiter) } });
    expect({ code: typed.code, error: typed.error }).toEqual({ code: 0, error: '' });
    const text = readFileSync(paths[1] ?? '', 'utf8');
    expect(text).toContain('# mine\n');
    expect(text).toMatch(/^current-context: prod +# the one in use$/m);
    expect(statSync(paths[1] ?? '').mode & 0o777).toBe(0o640);
    expect(readFileSync(paths[0] ?? '', 'utf8')).not.toContain('current-context');
  });

  test.each<[string, readonly string[], number]>([
    ['a context that is not there', ['config', 'use', 'nowhere'], 70],
    ['no file', ['config', 'get-contexts', '--kubeconfig', '/nowhere'], 70],
    ['a word of the original', ['config', 'switch-cluster', 'x'], 2],
  ])('%s', async (_name, words, code) => {
    const env = { KUBECONFIG: kubeconfig('c', dev) };
    expect(await world.type(words, { env })).toMatchObject({ code, out: '' });
  });

  test('a list that is none, and an entry without a name, are passed over', async () => {
    const odd = 'clusters: 5\ncontexts: [null, {context: {cluster: c1}}, {name: only}]\n';
    expect(await world.type(['config', 'get-contexts', '-q'], { env: { KUBECONFIG: kubeconfig('odd', odd) } })).toEqual(
      {
        code: 0,
        out: 'only\n',
        error: '',
      },
    );
  });

  test('a file that is no YAML is not repeated', async () => {
    const env = { KUBECONFIG: kubeconfig('broken', 'users: "the-token\n') };
    const typed = await world.type(['config', 'get-contexts'], { env });
    expect(typed.code).toBe(70);
    expect(typed.error).not.toContain('the-token');
  });
});

describe('config show', () => {
  const env = { KUBECONFIG: join(tmpdir(), 'neuro-no-such-file') };

  test('names the kubeconfig and the context', async () => {
    const { out } = await world.type(['config', 'show'], { env: { KUBECONFIG: kubeconfig('shown', dev) } });
    expect(out).toMatch(
      /^Kubeconfig +.*shown\nContext +dev\nCluster +dev\nServer +https:\/\/nowhere\.invalid\nUser +alice\n/,
    );
  });

  test('gives one reason once', async () => {
    const away = createWorld({ isHomeless: true, refuse: () => new Error('no way'), isAnonymous: true });
    const { out } = await away.type(['config', 'show'], { env: { KUBECONFIG: kubeconfig('away', dev) } });
    expect(out).toMatch(/\nUser +no way .*\nNamespace +\(as above\)\nOperator in +\(as above\)\n$/);
  });

  test('needs no kubeconfig in a Pod', async () => {
    const pod = createWorld({ isInPod: true });
    const { code, out } = await pod.type(['config', 'show'], { env });
    expect(out).toMatch(/^Kubeconfig +none; the service account of this Pod\nCluster +dev\n/);
    expect(code).toBe(0);
    expect(JSON.parse((await pod.type(['config', 'show', '-o', 'json'], { env })).out)).toMatchObject({
      kubeconfig: '',
      context: '',
      user: 'alice',
    });
  });
});

describe('what cannot start is refused before anything is made', () => {
  test('a kubeconfig for a person, in a file that is there', async () => {
    const path = kubeconfig('hers', 'of another');
    const typed = await world.type(['admin', 'add-user', 'zoe', '--save-kubeconfig', path]);
    expect(typed).toMatchObject({ code: 74, out: '' });
    expect(world.model.get(namespaces, { name: 'zoe' })).toBeUndefined();
  });

  test('a kubeconfig for a person, in a folder that is not there', async () => {
    const typed = await world.type(['admin', 'add-user', 'zoe', '--save-kubeconfig', join(folder, 'none', 'zoe')]);
    expect(typed).toMatchObject({ code: 74, out: '', error: expect.stringContaining('cannot be written (ENOENT)') });
    expect(world.model.get(namespaces, { name: 'zoe' })).toBeUndefined();
  });

  test('the console, at a port that another program has', async () => {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    try {
      const path = kubeconfig(
        'console',
        dev.replace('contexts:', 'users: [{ name: alice, user: { token: t } }]\ncontexts:'),
      );
      const typed = await world.type(['console', '--no-open', '--port', String(port), '--kubeconfig', path]);
      expect(typed.code).toBe(74);
      expect(typed.error).toContain(`Port ${String(port)} of this machine cannot be opened (another program has it)`);
    } finally {
      await new Promise((resolve) => server.close(resolve));
    }
  });
});

describe('a certificate that the cluster refuses', () => {
  test.each(['Denied', 'Failed'])('is refused at once, with its reason (%s)', async (type) => {
    const status = { conditions: [{ type: 'Approved' }, { type, message: 'no such signer.' }] };
    const client = {
      create: () => Promise.resolve({}),
      get: () => Promise.resolve({ metadata: { name: 'x' }, status }),
      delete: () => Promise.resolve(true),
    };
    const connection = { client, requester: { request: () => Promise.resolve({}) } } as unknown as Connection;
    await expect(clientCertificate(connection, { user: 'bob', groups: [], validSeconds: 600 })).rejects.toThrow(
      'The cluster refused to sign the certificate: no such signer. No file was written.',
    );
  });
});

describe('completion', () => {
  test.each<[string, readonly string[]]>([
    ['secret r', ['rm', 'reseal', 'rotate', 'rotate-by', 'rollback']],
    ['secret get ', ['DB_PASSWORD', 'token']],
    ['secret get t', ['token']],
    ['secret get secret:t', ['secret:token']],
    ['secret ls --sh', ['--shared-with-me', '--show-traceback']],
    ['secret ls -o j', ['json']],
    ['--color ', ['yes', 'no', 'auto']],
    ['secret ls --color=y', ['--color=yes']],
    ['share secret:D', ['secret:DB_PASSWORD']],
    ['share secret:token b', ['bob']],
    ['share secret:token bob ', ['read', 'copy', 'write', 'manage']],
    ['job status ', ['train']],
    ['kill train t', ['train']],
    ['run --env X=secret:t', ['X=secret:token']],
    ['run -v secret:t', ['secret:token:']],
    ['run --restart o', ['on-failure']],
    ['run busybox:1 ', []],
    ['run busybox:1 -- ls -', []],
    ['secret exec -- ', []],
    ['no-such-command ', []],
    ['completion ', ['bash', 'zsh', 'fish']],
    ['help sch', ['schedules']],
  ])('%s', async (line, expected) => {
    const { code, out, error } = await world.type(['__complete', '--', ...line.split(' ')]);
    const lines = out.trimEnd().split('\n');
    expect({ code, error }).toEqual({ code: 0, error: '' });
    expect(lines.pop()).toMatch(/^:\d$/);
    const texts = lines.map((text) => text.split('\t')[0]);
    expect(texts).toEqual(expected);
  });

  test('a value of a file, and the words of a job, are completed by the shell', async () => {
    for (const line of [
      'secret add x @',
      'run busybox:1 -- c',
      'run --env-file ',
      'secret add x --cert ',
      'secret seal x --cert ',
    ])
      expect((await world.type(['__complete', '--', ...line.split(' ')])).out).toBe(':0\n');
  });

  test('after NAME= and secret:key: no space comes', async () => {
    const typed = await world.type(['__complete', '--', 'run', '-v', 'secret:']);
    expect(typed.out.trimEnd().split('\n').at(-1)).toBe(':6');
  });

  test('descriptions stay on their line, whatever is in them', async () => {
    expect((await world.type(['__complete', '--', 'secret', 'get', 't'])).out).toBe('token\tof the db\n:4\n');
  });

  test('what a shell would read as more than a word, or the command as a flag, is left out', async () => {
    const odd = [
      'zo$(x)',
      'zo;x',
      "zo'x",
      'zo x',
      'zo*',
      '-zo',
      '--kubeconfig=/x',
      '~zo',
      '=zo',
      'zo\u200b',
      'zo\u202ex',
    ];
    const plain = ['zoe', 'oidc:zoe@b.com', 'CN=zoe,OU=x', 'https://idp/+zoe%20', 'zoë'];
    for (const [index, name] of [...odd, ...plain].entries())
      world.model.put(secretGrants, {
        metadata: { namespace: 'alice', name: `odd-${String(index)}` },
        spec: { secret: 'token', subject: { kind: 'User', name } },
      });
    const { out } = await world.type(['__complete', '--', 'acl', 'revoke', 'secret:token', '']);
    expect(out.split('\n').slice(0, -2).sort()).toEqual(
      [...plain, 'bob', 'group:', 'namespace:', 'serviceaccount:'].sort(),
    );
    for (const index of [...odd, ...plain].keys())
      world.model.remove(secretGrants, { namespace: 'alice', name: `odd-${String(index)}` });
  });

  test('an unknown shell is refused', async () => {
    expect((await world.type(['completion', 'csh'])).code).toBe(2);
  });
});

test('the fields that doctor compares are those of crds/ (npm run generate)', () => {
  const path = new URL('../../src/cli/operator/known-fields.ts', import.meta.url);
  expect(readFileSync(path, 'utf8')).toBe(knownFieldsText());
});

test('a certificate request names user and groups, and is signed by its key', async () => {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const request = new Pkcs10CertificateRequest(certificateRequestPem('bob', ['ml', 'a group'], publicKey, privateKey));
  expect(request.subject).toBe('O=ml, O=a group, CN=bob');
  expect(await request.verify()).toBe(true);
});
