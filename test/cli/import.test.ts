/** `neuro secret import`: whatever is not taken over is a line and an exit code, in the dry run as in the real one. */
import { beforeEach, describe, expect, test } from 'vitest';
import { stringify } from 'yaml';
import { ANNOTATION_LAST_APPLIED, effectiveKey, type UserSecret } from '../../src/api/index.ts';
import { nativeSecrets, userSecrets } from '../../src/cli/connect/kinds.ts';
import { KernelError, type KernelErrorCode } from '../../src/kernel/index.ts';
import { publishSealingKey, takeUp } from './operate.ts';
import { createWorld, type World } from './typed.ts';

const base64 = (text: string): string => Buffer.from(text).toString('base64');

let world: World;
let refusal: KernelError | undefined;

beforeEach(async () => {
  refusal = undefined;
  world = createWorld({
    operate: takeUp,
    refuse: ({ method, path }) => (method === 'POST' && path.endsWith('/usersecrets') ? refusal : undefined),
  });
  await publishSealingKey(world.model);
});

const secret = (name: string, data: Record<string, string>, more: object = {}): object => ({
  apiVersion: 'v1',
  kind: 'Secret',
  metadata: { name, namespace: 'alice' },
  data: Object.fromEntries(Object.entries(data).map(([key, text]) => [key, base64(text)])),
  ...more,
});
const list = (...items: readonly object[]): string => stringify({ apiVersion: 'v1', kind: 'List', items });
const kept = (): readonly string[] =>
  (world.model.all(userSecrets) as unknown as readonly UserSecret[])
    .map((each) => `${each.metadata.name}=${effectiveKey(each)}`)
    .sort();

interface Outcome {
  readonly code: number;
  readonly problems: readonly string[];
  readonly count: string;
}

/** The dry run first, which must say the same and change nothing; then the real one. */
async function importTwice(text: string, flags: readonly string[] = []): Promise<Outcome> {
  const before = kept();
  const outcomes: Outcome[] = [];
  for (const dry of [['--dry-run'], []]) {
    const { code, error } = await world.type(['secret', 'import', '-', ...flags, ...dry], { input: text });
    if (dry.length > 0) expect(kept()).toEqual(before);
    const lines = error.trimEnd().split('\n');
    outcomes.push({
      code,
      problems: lines
        .filter((line) => line.startsWith('ERROR: '))
        .map((line) => line.replace('ERROR: Not imported: ', '')),
      count: lines.at(-1)?.replace('would be ', '') ?? '',
    });
  }
  expect(outcomes[0]).toEqual(outcomes[1]);
  return outcomes[1] ?? { code: -1, problems: [], count: '' };
}

describe('several Secrets with one key', () => {
  const two = list(secret('db1', { 'password-x': 'one', user: 'a' }), secret('db2', { 'password-x': 'two' }));

  test('none of them is taken, in the first run and in every other', async () => {
    for (let round = 1; round <= 2; round += 1) {
      const { code, problems, count } = await importTwice(two);
      expect(code).toBe(65);
      expect(problems).toHaveLength(2);
      expect(problems[0]).toMatch(/^Secret\/db1 password-x: Secret\/db2 password-x has the same key/);
      expect(problems[1]).toMatch(/^Secret\/db2 password-x: Secret\/db1 password-x has the same key/);
      expect(count).toBe('1 of 3 imported.');
      expect(kept()).toEqual(['user=user']);
    }
  });

  test('the name of the Secret before each key makes two of them', async () => {
    expect(await importTwice(two, ['--prefix', '{name}.'])).toMatchObject({ code: 0, count: '3 of 3 imported.' });
    expect(kept()).toEqual(['db1.password-x=db1.password-x', 'db1.user=db1.user', 'db2.password-x=db2.password-x']);
  });

  test('of different namespaces are kept apart', async () => {
    const text = list(
      secret('db', { a: '1' }, { metadata: { name: 'db', namespace: 'one' } }),
      secret('db', { a: '2' }, { metadata: { name: 'db', namespace: 'two' } }),
    );
    expect((await importTwice(text)).problems[0]).toMatch(/^Secret\/one\/db a: Secret\/two\/db a has/);
  });

  test('three have one sentence each', async () => {
    const text = list(secret('a', { k: '1' }), secret('b', { k: '2' }), secret('c', { k: '3' }));
    const { problems } = await importTwice(text);
    expect(problems).toHaveLength(3);
    expect(problems[0]).toContain('Secret/b k and 1 more have the same key');
  });
});

describe('Secrets of a type that fixes the key', () => {
  const registry = (name: string): object =>
    secret(name, { '.dockerconfigjson': '{}' }, { type: 'kubernetes.io/dockerconfigjson' });

  test('have the name of their Secret, so there may be several', async () => {
    expect(await importTwice(list(registry('quay'), registry('ghcr')))).toMatchObject({ code: 0, problems: [] });
    expect(kept()).toEqual(['ghcr=.dockerconfigjson', 'quay=.dockerconfigjson']);
    // Again: they are updated, and are not each other's.
    const again = await world.type(['secret', 'import', '-'], { input: list(registry('quay')) });
    expect(again.out).toBe("Secret 'quay' updated (2 bytes).\n");
  });

  test('with two values have the key behind the name', async () => {
    const login = secret('git', { username: 'a', password: 'b' }, { type: 'kubernetes.io/basic-auth' });
    expect(await importTwice(list(login))).toMatchObject({ code: 0 });
    expect(kept()).toEqual(['git-password=password', 'git-username=username']);
  });

  test('a prefix goes before the name, and the type stays', async () => {
    expect(await importTwice(list(registry('quay')), ['--prefix', 'old-'])).toMatchObject({ code: 0 });
    expect(kept()).toEqual(['old-quay=.dockerconfigjson']);
  });

  test('is refused where another secret has the name', async () => {
    world.model.put(userSecrets, { metadata: { namespace: 'alice', name: 'quay' }, spec: { value: 'x' } });
    const { code, problems } = await importTwice(list(registry('quay')));
    expect(code).toBe(65);
    expect(problems[0]).toContain("there is a secret 'quay' of another key or type");
  });
});

describe('a SealedSecret', () => {
  const sealed = (spec: object, name = 's'): object => ({
    apiVersion: 'bitnami.com/v1alpha1',
    kind: 'SealedSecret',
    metadata: { name, namespace: 'alice', annotations: { 'sealedsecrets.bitnami.com/namespace-wide': 'true' } },
    spec,
  });

  test('with templates of data is reported for each of them', async () => {
    const template = { data: { 'settings.xml': '<p>{{ .password }}</p>', 'x.ini': 'a' } };
    const { code, problems, count } = await importTwice(list(sealed({ encryptedData: { password: 'AgB' }, template })));
    expect(code).toBe(65);
    expect(problems.map((problem) => problem.split(':')[0])).toEqual([
      'SealedSecret/s settings.xml',
      'SealedSecret/s x.ini',
    ]);
    expect(count).toBe('1 of 3 imported.');
  });

  test('with templates alone, and one of the old form, are reported', async () => {
    expect((await importTwice(list(sealed({ template: { data: { a: 'b' } } })))).code).toBe(65);
    expect((await importTwice(list(sealed({ data: 'AgB' })))).problems).toHaveLength(1);
  });
});

describe('--no-recovery', () => {
  const inFile = list({
    apiVersion: 'bitnami.com/v1alpha1',
    kind: 'SealedSecret',
    metadata: { name: 's', namespace: 'alice', annotations: { 'sealedsecrets.bitnami.com/namespace-wide': 'true' } },
    spec: { encryptedData: { password: 'AgB' } },
  });

  test('is refused beside --from-sealed-secret before a cluster is asked', async () => {
    const unconnected = createWorld({ connectError: new KernelError('Network', 'no connection') });
    const line = ['secret', 'import', '--from-sealed-secret', 's', '--no-recovery'];
    const { code, error } = await unconnected.type(line);
    expect(code).toBe(2);
    expect(error).toContain('leave out --no-recovery');
  });

  test('does not depend on what is in a file', async () => {
    expect(await importTwice(inFile, ['--no-recovery'])).toMatchObject({ code: 0, count: '1 of 1 imported.' });
  });
});

describe('what the API server refuses', () => {
  test('is a line of the dry run, too', async () => {
    refusal = new KernelError('Forbidden', 'POST usersecrets: 403 Forbidden (quota exceeded)');
    const { code, problems, count } = await importTwice('A=1\nB=2\n');
    expect({ code, count }).toEqual({ code: 77, count: '0 of 2 imported.' });
    expect(problems[0]).toContain('quota exceeded');
  });

  test.each<[KernelErrorCode, string, number]>([
    ['Network', ' (it may be done)', 74],
    ['Unauthorized', '', 77],
    ['Timeout', ' (it may be done)', 124],
  ])(
    '%s, which the next one would meet too, ends it at once, and it says which are left',
    async (code, doubt, exit) => {
      const creates: string[] = [];
      world = createWorld({
        operate: takeUp,
        refuse: ({ method, path, body }) => {
          if (method !== 'POST' || !path.endsWith('/usersecrets')) return undefined;
          creates.push((body as UserSecret).metadata.name);
          return creates.length === 2 ? new KernelError(code, `POST ${path}`) : undefined;
        },
      });
      await publishSealingKey(world.model);
      const typed = await world.type(['secret', 'import', '-'], { input: 'a=1\nb=2\nc=3\nd=4\n' });
      expect(typed.code).toBe(exit);
      expect(typed.out).toBe("Secret 'a' added (1 byte).\n");
      const [left, error, ...more] = typed.error.trimEnd().split('\n');
      expect(left).toBe(`Stopped after 1 of 4. Left: 'line:2 b'${doubt}, 'line:3 c', 'line:4 d'.`);
      expect(error).toMatch(/^ERROR: /);
      expect(more).toEqual([]);
      expect([kept(), creates]).toEqual([['a=a'], ['a', 'b']]);
    },
  );

  test('a name that another secret has is reported first', async () => {
    world.model.put(userSecrets, {
      metadata: { namespace: 'alice', name: 'token' },
      spec: { key: 'OTHER', value: 'x' },
    });
    const { code, problems } = await importTwice('token=1\n');
    expect(code).toBe(65);
    expect(problems).toEqual(["line:1 token: it would have the name 'token', which the secret 'OTHER' has."]);
  });
});

describe('a file of variables', () => {
  test('names lines that are no assignment, empty values and repeated keys, and no values', async () => {
    const { code, problems, count } = await importTwice('A=1\nhunter2\nB=\nA=2\n__proto__=x\n');
    expect(code).toBe(65);
    expect([...problems].sort()).toEqual([
      'line:1 A: line 4 has the same name again.',
      'line:2: it is not an assignment; write KEY=VALUE.',
      'line:3 B: the value is empty; a secret holds at least one byte.',
    ]);
    expect(count).toBe('2 of 5 imported.');
    expect(kept()).toEqual(['A', '__proto__'].map((key) => expect.stringContaining(`=${key}`) as unknown));
  });

  test('that is not UTF-8 is one error', async () => {
    const typed = await world.type(['secret', 'import', '-'], { input: Buffer.from('A=1\nB=\xe9\n', 'latin1') });
    expect(typed).toMatchObject({ code: 65, out: '' });
    expect(typed.error).toBe(
      'ERROR: line: the file is not UTF-8 (line 2); save it as UTF-8, and keep binary values in files. Nothing was imported.\n',
    );
  });

  test('without anything in it is reported as empty', async () => {
    const typed = await world.type(['secret', 'import', '-'], { input: '# nothing\n' });
    expect(typed.error).toBe('Nothing to import: there is no assignment and no Secret in it.\n');
  });
});

test('a value from git is announced before it is replaced', async () => {
  const managedFields = [{ manager: 'argocd-controller', fieldsV1: { 'f:spec': { 'f:value': {} } } }];
  const metadata = { namespace: 'alice', name: 'token', managedFields } as { namespace: string; name: string };
  world.model.put(userSecrets, { metadata, spec: { value: 'x' } });
  const typed = await world.type(['secret', 'import', '-', '--dry-run'], { input: 'token=1' });
  expect(typed.error).toContain("'argocd-controller' keeps spec.value of the secret 'token'");
});

test('the Secret of a UserSecret is there already', async () => {
  world.model.put(nativeSecrets, {
    metadata: {
      namespace: 'alice',
      name: 'token',
      ownerReferences: [{ apiVersion: 'neu.ro/v1', kind: 'UserSecret', name: 'token', uid: 'u' }],
    },
    data: {},
  });
  expect((await world.type(['secret', 'import', '--from-secret', 'token'])).code).toBe(65);
});

test.each<[string, readonly string[], string]>([
  ['secret add', ['secret', 'add', 'token', '-'], 'new'],
  ['secret import', ['secret', 'import', '-'], 'token=new'],
  ['secret adopt', ['secret', 'adopt', 'native', 'token'], ''],
  ['secret add --template', ['secret', 'add', 'token', '--template', 'x-$(part)', '--part', 'part=other'], ''],
])('%s takes away the copy of the plain value that kubectl keeps', async (_command, words, input) => {
  world.model.put(nativeSecrets, { metadata: { namespace: 'alice', name: 'native' }, data: { token: base64('x') } });
  world.model.put(userSecrets, { metadata: { namespace: 'alice', name: 'other' }, spec: { value: 'y' } });
  const applied = (spec: object): object => ({
    namespace: 'alice',
    name: 'token',
    annotations: { [ANNOTATION_LAST_APPLIED]: JSON.stringify({ spec }), team: 'a' },
  });
  world.model.put(userSecrets, {
    metadata: applied({ value: 'plain' }) as { namespace: string; name: string },
    spec: { value: 'plain' },
  });
  expect(await world.type(words, { input })).toMatchObject({ code: 0 });
  const { metadata, spec } = world.model.get(userSecrets, {
    namespace: 'alice',
    name: 'token',
  }) as unknown as UserSecret;
  expect(spec.value).toBeUndefined();
  expect(metadata.annotations).toMatchObject({ team: 'a' });
  expect(JSON.stringify(metadata)).not.toContain('plain');
});
