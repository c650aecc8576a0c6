/** What people are told fits the state that they are in: empty lists, refusals, things that are not there. */
import { beforeEach, describe, expect, test } from 'vitest';
import { readImport } from '../../src/cli/args/import-source.ts';
import { explain } from '../../src/cli/errors.ts';
import { configMaps, namespaces, nativeSecrets, secretGrants, userSecrets } from '../../src/cli/connect/kinds.ts';
import { KernelError, type KernelErrorCode, type TransportRequest } from '../../src/kernel/index.ts';
import { createWorld, type World } from './typed.ts';

let world: World;
let refuse: (request: TransportRequest) => Error | undefined;

beforeEach(() => {
  refuse = () => undefined;
  world = createWorld({ refuse: (request) => refuse(request) });
});

const home = (annotations: Record<string, string> = { 'neu.ro/user': 'alice' }): void => {
  world.model.put(namespaces, { metadata: { name: 'alice', annotations } });
};
const own = (): void => {
  world.model.put(userSecrets, { metadata: { namespace: 'alice', name: 'token' }, spec: { value: 'x' } });
};
const shared = (data: Record<string, string>): void => {
  world.model.put(configMaps, { metadata: { namespace: 'alice', name: 'neuro-shared-with-me' }, data });
};
const noted = async (...words: readonly string[]): Promise<string> => {
  const { code, error } = await world.type(words);
  expect(code).toBe(0);
  return error.trimEnd();
};

describe('a list without a row', () => {
  test('names only what was asked for', async () => {
    home();
    const none = "No secrets in the namespace 'alice' yet; `neuro secret add KEY` adds one.";
    const nothing = "Nothing is shared with the namespace 'alice'.";
    expect(await noted('secret', 'ls')).toBe(`${none} ${nothing}`);
    expect(await noted('secret', 'ls', '--mine')).toBe(none);
    expect(await noted('secret', 'ls', '--shared-with-me')).toBe(nothing);
  });

  test('never denies an object that exists', async () => {
    home();
    own();
    expect(await noted('secret', 'ls', '--shared-with-me')).toBe("Nothing is shared with the namespace 'alice'.");
    expect(await noted('secret', 'ls')).toBe('');
  });

  test('of entries that were left out says that alone', async () => {
    home();
    shared({ _more: JSON.stringify([{ namespace: 'bob', omitted: 12 }]) });
    expect(await noted('secret', 'ls', '--shared-with-me')).toBe(
      "12 more secrets of 'bob' are shared with you; the list has no room for them.",
    );
  });

  test('in a namespace that is nobody’s home says that no list is kept', async () => {
    home({});
    expect(await noted('secret', 'ls', '--shared-with-me')).toMatch(
      /^No list is kept.*`kubectl annotate namespace alice neu\.ro\/shared-with-me=true`\.$/,
    );
    home({ 'neu.ro/shared-with-me': 'true' });
    expect(await noted('secret', 'ls', '--shared-with-me')).toBe("Nothing is shared with the namespace 'alice'.");
    home({ 'neu.ro/groups': '["CN=ml,DC=corp"]' });
    expect(await noted('secret', 'ls', '--shared-with-me')).toBe("Nothing is shared with the namespace 'alice'.");
  });

  test('in a namespace that does not exist says so', async () => {
    for (const words of [
      ['secret', 'ls'],
      ['secret', 'ls', '--shared-with-me'],
      ['acl', 'ls'],
      ['acl', 'ls', '--shared'],
    ])
      expect(await noted('-n', 'nope', ...words)).toMatch(/^The namespace 'nope' does not exist/);
  });

  test('says nothing about a namespace that the user cannot read', async () => {
    refuse = ({ path }) =>
      path === '/api/v1/namespaces/alice' ? new KernelError('Forbidden', `GET ${path}: 403 Forbidden`) : undefined;
    expect(await noted('secret', 'ls', '--shared-with-me')).toBe("Nothing is shared with the namespace 'alice'.");
  });

  test('of grants names what would show more', async () => {
    home();
    own();
    expect(await noted('acl', 'ls')).toBe(
      "Nothing is shared with the namespace 'alice'. `neuro acl ls --shared` shows what it shares with others.",
    );
    expect(await noted('acl', 'ls', 'secret:token')).toMatch(/^Nothing of secret:token is shared with.*--shared/);
    expect(await noted('acl', 'ls', '--shared')).toMatch(/^The namespace 'alice' shares nothing; `neuro share/);
    expect(await noted('acl', 'ls', '-u', 'bob')).toMatch(/^The namespace 'alice' shares nothing with bob;/);
  });
});

test('grants of one secret are listed by its key', async () => {
  own();
  for (const [name, secret] of [
    ['a', 'token'],
    ['b', 'other'],
  ] as const)
    world.model.put(secretGrants, {
      metadata: { namespace: 'alice', name },
      spec: { secret, subject: { kind: 'User', name: 'bob' } },
    });
  expect((await world.type(['acl', 'ls', '--shared', 'secret:token'])).out).toBe(
    'secret://dev/alice/token  read  bob\n',
  );
});

describe('secrets of a type that fixes the key', () => {
  beforeEach(() => {
    for (const name of ['quay', 'ghcr']) {
      const { metadata } = world.model.put(userSecrets, {
        metadata: { namespace: 'alice', name },
        spec: { key: '.dockerconfigjson', type: 'kubernetes.io/dockerconfigjson', value: '{}' },
        status: { conditions: [{ type: 'Ready', status: 'True', observedGeneration: 1 }] },
      });
      world.model.put(nativeSecrets, {
        metadata: {
          namespace: 'alice',
          name,
          ownerReferences: [{ apiVersion: 'neu.ro/v1', kind: 'UserSecret', name, uid: metadata.uid ?? '' }],
        },
        data: { '.dockerconfigjson': Buffer.from(name).toString('base64') },
      });
    }
  });

  test('are known by their names', async () => {
    expect((await world.type(['secret', 'ls', '-q', '--mine'])).out).toBe('ghcr\nquay\n');
    expect((await world.type(['secret', 'get', 'quay'])).out).toBe('quay');
    expect((await world.type(['secret', 'rm', 'quay'])).code).toBe(0);
    expect((await world.type(['secret', 'ls', '-q', '--mine'])).out).toBe('ghcr\n');
  });

  test('are named where the key alone says too little, and found by it where there is one', async () => {
    const typed = await world.type(['secret', 'get', '.dockerconfigjson']);
    expect(typed.code).toBe(127);
    expect(typed.error).toContain('name one of ghcr, quay.');
    await world.type(['secret', 'rm', 'quay']);
    expect((await world.type(['secret', 'get', '.dockerconfigjson'])).out).toBe('ghcr');
  });
});

describe('a response of the API server is explained', () => {
  const ours = '/apis/neu.ro/v1/namespaces/bob';
  test.each<[KernelErrorCode, string, number, RegExp]>([
    [
      'Forbidden',
      `GET ${ours}/usersecrets: 403 Forbidden`,
      77,
      /^Not enough permissions to list secrets in the namespace 'bob': /,
    ],
    [
      'Forbidden',
      `PATCH ${ours}/usersecrets/token: 403 Forbidden`,
      77,
      /^Not enough permissions to change the secret 'token' in/,
    ],
    [
      'Forbidden',
      `GET ${ours}/neurojobs: 403 neurojobs.neu.ro is forbidden: User "a" cannot list resource "neurojobs"`,
      77,
      /^Not enough permissions to list jobs in/,
    ],
    [
      'Forbidden',
      `POST ${ours}/secretgrants: 403 secretgrants.neu.ro "x" is forbidden: ValidatingAdmissionPolicy 'p' denied request: share it yourself`,
      77,
      /^The cluster does not let you create a grant in the namespace 'bob': .*share it yourself\.$/,
    ],
    [
      'Forbidden',
      `POST ${ours}/usersecrets: 403 Forbidden exceeded quota: small`,
      77,
      /^The cluster does not let you create a secret .*exceeded quota: small\.$/,
    ],
    [
      'Forbidden',
      'GET /api/v1/namespaces/bob/pods/train/log: 403 pods "train" is forbidden: User "a" cannot get resource "pods/log"',
      77,
      /to read the output of the Pod 'train' in/,
    ],
    [
      'Forbidden',
      'GET /api/v1/namespaces: 403 namespaces is forbidden: User "a" cannot list resource',
      77,
      /to list namespaces: ask an administrator of the cluster\. `neuro doctor` shows what you can do\.$/,
    ],
    [
      'NotFound',
      `GET ${ours}/usersecrets: 404 NotFound`,
      72,
      /^This cluster knows no secrets: the operator's resources \(neu\.ro\) are not installed/,
    ],
    [
      'NotFound',
      `POST ${ours}/neurojobs: 404 the server could not find the requested resource`,
      72,
      /^This cluster knows no jobs: the operator's/,
    ],
    [
      'NotFound',
      `POST ${ours}/usersecrets: 404 NotFound namespaces "bob" not found`,
      72,
      /^The namespace 'bob' does not exist/,
    ],
    [
      'NotFound',
      'PATCH /api/v1/namespaces/bob: 404 namespaces "bob" not found',
      72,
      /^The namespace 'bob' does not exist; choose another with --namespace\.$/,
    ],
    [
      'Forbidden',
      'GET /apis/metrics.k8s.io/v1beta1/namespaces/bob/pods: 403 pods.metrics.k8s.io is forbidden: User "a" cannot list resource',
      77,
      /^Not enough permissions to list measurements of Pods \(pods\.metrics\.k8s\.io\) in/,
    ],
    [
      'NotFound',
      `PATCH ${ours}/secretgrants/x: 404 secretgrants.neu.ro "x" not found`,
      72,
      /^The grant 'x' in the namespace 'bob' does not exist any more/,
    ],
    [
      'NotFound',
      'GET /apis/bitnami.com/v1alpha1/namespaces/bob/sealedsecrets/x: 404 not found',
      72,
      /^The SealedSecret 'x' in the namespace 'bob' does not exist/,
    ],
    [
      'Invalid',
      `POST ${ours}/neurojobs: 422 NeuroJob "x" is invalid: spec.image: Required`,
      65,
      /^The API server refuses to create a job in the namespace 'bob': .*Required\.$/,
    ],
    ['Conflict', `PATCH ${ours}/usersecrets/x: 409 Conflict`, 1, /^Somebody else has just changed the secret 'x'/],
    ['Network', 'GET /version: no answer from the API server (ECONNREFUSED)', 74, /^No connection to the API server/],
  ])('%s: %s', (code, message, exitCode, sentence) => {
    const explained = explain(new KernelError(code, message));
    expect(explained.exitCode).toBe(exitCode);
    expect(explained.sentence).toMatch(sentence);
    expect(explained.sentence).not.toMatch(/\/apis?\//);
  });
});

describe('a file that cannot be read is named, in a sentence', () => {
  test.each<[string, readonly string[], number, string]>([
    ['an import', ['secret', 'import', 'no.env'], 72, 'ERROR: File not found (no.env).\n'],
    ['an import of a folder', ['secret', 'import', '/'], 74, 'ERROR: I/O Error (/ is a folder); name a file.\n'],
    [
      'a value',
      ['secret', 'add', 'x', '@no.txt'],
      72,
      "ERROR: File not found (no.txt); for a value that begins with '@' write '@@no.txt'.\n",
    ],
    [
      'an env file of a job',
      ['run', '--env-file', 'no.env', 'busybox:1', '--', 'true'],
      72,
      'ERROR: File not found (no.env).\n',
    ],
    [
      'an env file of a local command',
      ['secret', 'exec', '--env-file', 'no.env', '--', 'true'],
      72,
      'ERROR: File not found (no.env).\n',
    ],
  ])('%s', async (_what, words, code, error) => {
    expect(await createWorld().type(words)).toEqual({ code, out: '', error });
  });
});

describe('a file that is named as YAML', () => {
  const read = (text: string) => readImport(Buffer.from(text), { name: 'x.yaml', format: undefined });

  test('and is damaged is not taken for lines of variables', async () => {
    await expect(read('kind: List\nitems: [\n')).rejects.toThrow(
      'The text is not valid YAML: line 3: the indentation is wrong, or a bracket is not closed. Nothing was imported.',
    );
  });

  test('and holds an object of another kind says what can be imported', async () => {
    const { problems } = await read('a: b\n');
    expect(problems.map(({ why }) => why)).toEqual(['only a Secret or a SealedSecret can be imported']);
  });

  test('and holds lines of variables is read as those', async () => {
    expect((await read('# x\nexport A=b\n')).items.map(({ key }) => key)).toEqual(['A']);
  });
});
