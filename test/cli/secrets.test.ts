/** Secrets that are added, replaced and removed: what is said of grants, and of whoever else writes them. */
import { beforeEach, describe, expect, test } from 'vitest';
import type { UserSecret } from '../../src/api/index.ts';
import { secretGrants, userSecrets } from '../../src/cli/connect/kinds.ts';
import { KernelError } from '../../src/kernel/index.ts';
import { publishSealingKey, takeUp } from './operate.ts';
import { createWorld, type World } from './typed.ts';

let world: World;
let mayListGrants: boolean;
/** What of a grant may not be deleted: the end of its path. */
let mayNotDelete: string | undefined;

beforeEach(async () => {
  mayListGrants = true;
  mayNotDelete = undefined;
  world = createWorld({
    operate: takeUp,
    refuse: ({ path, method }) =>
      (!mayListGrants && method === 'GET' && path.endsWith('/secretgrants')) ||
      (mayNotDelete !== undefined && method === 'DELETE' && path.endsWith(mayNotDelete))
        ? new KernelError('Forbidden', `${method} secretgrants: 403 Forbidden`)
        : undefined,
  });
  await publishSealingKey(world.model);
});

function grant(name: string, more: object, labels?: Record<string, string>): void {
  world.model.put(secretGrants, {
    metadata: { namespace: 'alice', name, ...(labels === undefined ? {} : { labels }) },
    spec: { subject: { kind: 'User', name }, ...more },
    status: { phase: 'Active', observedGeneration: 0 },
  });
}

describe('grants and a secret that is made again', () => {
  const byNeuro = { 'app.kubernetes.io/managed-by': 'neuro' };

  test('rm names the grants that stay, and how to end them', async () => {
    expect((await world.type(['secret', 'add', 'stale', '-'], { input: 'x' })).code).toBe(0);
    grant('bob', { secret: 'stale' }, byNeuro);
    grant('carol', { secret: 'stale', access: 'write' });
    grant('dave', { secret: 'other' });
    const { code, out, error } = await world.type(['secret', 'rm', '--force', 'stale']);
    expect({ code, out }).toEqual({ code: 0, out: "Secret 'stale' removed, and with it 1 grant.\n" });
    expect(error).toBe(
      "WARNING: 1 grant that neuro did not make stays, and holds again for a new 'stale': write to carol. " +
        'To end it: `neuro -n alice acl revoke secret:stale carol`.\n',
    );
    expect(world.model.all(secretGrants).map(({ metadata }) => metadata.name)).toEqual(['carol', 'dave']);
    // The advice holds.
    expect((await world.type(['-n', 'alice', 'acl', 'revoke', 'secret:stale', 'carol'])).code).toBe(0);
  });

  test('rm says that the secret is removed where a grant could not be, and removes the others', async () => {
    await world.type(['secret', 'add', 'stale', '-'], { input: 'x' });
    for (const name of ['bob', 'carol']) grant(name, { secret: 'stale' }, byNeuro);
    mayNotDelete = '/secretgrants/bob';
    const { code, out, error } = await world.type(['secret', 'rm', '--force', 'stale']);
    expect(code).not.toBe(0);
    expect(out).toBe("Secret 'stale' removed, and with it 1 grant.\n");
    expect(error).toContain(
      "WARNING: 1 grant that could not be removed stays, and holds again for a new 'stale': read to bob. " +
        'To end it: `neuro -n alice acl revoke secret:stale bob`.\n',
    );
    expect(error).toContain('403 Forbidden');
    expect(world.model.all(secretGrants).map(({ metadata }) => metadata.name)).toEqual(['bob']);
  });

  test('add says with whom a new secret is shared already', async () => {
    grant('carol', { secret: 'stale', access: 'write', expiresAt: '2027-01-01T00:00:00Z' });
    grant('$(x)', {});
    grant('dave', { secret: 'other' });
    const added = await world.type(['secret', 'add', 'stale', '-'], { input: 'x' });
    expect(added).toEqual({
      code: 0,
      out: "Secret 'stale' added (1 byte).\n",
      error:
        'It is shared already: read to $(x), as all of the namespace; write to carol until 2027-01-01T00:00:00Z.\n',
    });
    expect((await world.type(['secret', 'add', 'stale', '-'], { input: 'y' })).error).toBe('');
  });

  test('a command in a sentence can be pasted, whatever the name', async () => {
    await world.type(['secret', 'add', 'stale', '-'], { input: 'x' });
    grant('$(touch x)', { secret: 'stale' });
    expect((await world.type(['secret', 'rm', '--force', 'stale'])).error).toContain("secret:stale '$(touch x)'`");
  });

  test('a grant over a secret with a name of its own is ended by kubectl', async () => {
    world.model.put(userSecrets, { metadata: { namespace: 'alice', name: 'db' }, spec: { key: 'DB', value: 'x' } });
    grant('carol', { secret: 'db' });
    const { error } = await world.type(['secret', 'rm', '--force', 'DB']);
    expect(error).toContain('`kubectl delete secretgrant -n alice carol`');
  });

  test('a user who cannot read grants is warned that they remain', async () => {
    await world.type(['secret', 'add', 'stale', '-'], { input: 'x' });
    mayListGrants = false;
    const { code, error } = await world.type(['secret', 'rm', 'stale']);
    expect(code).toBe(0);
    expect(error).toContain('not yours to see');
    expect(await world.type(['secret', 'add', 'stale', '-'], { input: 'x' })).toMatchObject({ code: 0, error: '' });
  });
});

describe('a value in the place of what others wrote', () => {
  const managed = (manager: string, source: string, subresource?: string): object => ({
    manager,
    operation: 'Apply',
    fieldsV1: { 'f:spec': { [`f:${source}`]: {} } },
    ...(subresource === undefined ? {} : { subresource }),
  });
  const put = (spec: object, managedFields: readonly object[]): void => {
    world.model.put(userSecrets, {
      metadata: { namespace: 'alice', name: 'token', managedFields },
      spec,
    });
  };

  test.each<[string, object, readonly object[], RegExp]>([
    [
      'a plain value from git',
      { value: 'x' },
      [managed('argocd-controller', 'value')],
      /'argocd-controller' keeps spec\.value.*is refused, since/,
    ],
    [
      'a generated one of kubectl',
      { generate: { type: 'Hex' } },
      [managed('kubectl-client-side-apply', 'generate')],
      /was generated.*\n.*'kubectl-client-side-apply' keeps spec\.generate/,
    ],
    [
      'a sealed one of Flux',
      { sealed: { value: 'x' } },
      [managed('kustomize-controller', 'sealed')],
      /'kustomize-controller' keeps spec\.sealed.*reports a conflict or puts/,
    ],
    [
      'one that a person made',
      { value: 'x' },
      [managed('kubectl-create', 'value')],
      /'kubectl-create' set spec\.value of the secret 'token'\. If that is in a file, change the file too/,
    ],
    ['one that follows a ConfigMap', { configMapKeyRef: { name: 'c', key: 'k' } }, [], /follows the ConfigMap 'c'/],
    [
      'one that is composed',
      { template: { text: '$(a)', parts: [{ name: 'a', secret: 'x' }] } },
      [],
      /is composed of 'x'/,
    ],
    ['a copy', { sharedFrom: { namespace: 'bob', name: 'db' } }, [], /was a copy of secret:\/bob\/db/],
    [
      'one that follows a Secret',
      { secretKeyRef: { name: 's', key: 'k' } },
      [],
      /follows the Secret 's'; with a value of your own it does not any more/,
    ],
  ])('%s is told before it is written', async (_name, spec, managedFields, expected) => {
    put(spec, managedFields);
    const typed = await world.type(['secret', 'add', 'token', '-'], { input: 'new' });
    expect(typed.code).toBe(0);
    expect(typed.error).toMatch(expected);
  });

  test.each<[string, object, readonly object[]]>([
    ['our own', { sealed: { value: 'x' } }, [managed('neuro', 'sealed'), managed('neuro-console', 'sealed')]],
    ['somebody who keeps another field', { sealed: { value: 'x' } }, [managed('kubectl', 'description')]],
    [
      'the operator, which keeps the status',
      { sealed: { value: 'x' } },
      [managed('neuro-operator', 'value', 'status')],
    ],
  ])('nothing is said of %s', async (_name, spec, managedFields) => {
    put(spec, managedFields);
    expect((await world.type(['secret', 'add', 'token', '-'], { input: 'new' })).error).toBe('');
  });
});

describe('a secret that the operator composes', () => {
  const add = (...words: readonly string[]) => world.type(['secret', 'add', 'dsn', ...words]);
  const text = 'postgres://$(user):$(password)@db';

  test('names its parts by their objects, and is changed like another', async () => {
    world.model.put(userSecrets, {
      metadata: { namespace: 'alice', name: 'pw' },
      spec: { key: 'PASSWORD', value: 'x' },
    });
    const { code, out } = await add(
      '--template',
      text,
      '--part',
      'user=secret:db-user',
      '--part',
      'password=PASSWORD,percent',
    );
    expect({ code, out }).toEqual({ code: 0, out: "Secret 'dsn' added; its value is composed of its parts.\n" });
    const ref = { namespace: 'alice', name: 'dsn' };
    expect(world.model.get(userSecrets, ref)?.spec).toEqual({
      template: {
        text,
        parts: [
          { name: 'user', secret: 'db-user' },
          { name: 'password', secret: 'pw', encode: 'Percent' },
        ],
      },
    });
    // The same source with another text is no other source, and what belongs in git is not sealed.
    const managedFields = [{ manager: 'argocd', fieldsV1: { 'f:spec': { 'f:template': {} } } }];
    const { metadata, spec } = world.model.get(userSecrets, ref) as unknown as UserSecret;
    world.model.put(userSecrets, { metadata: { ...metadata, managedFields }, spec });
    const again = await add('--template', '$(user)', '--part', 'user=db-user');
    expect(again.error).not.toContain('does not any more');
    expect(again.error).toMatch(/'argocd' keeps spec\.template .* puts its own value back.*neuro secret manifest dsn/);
    const other = await add('--from-config-map', 'settings/dsn');
    expect(other.error).toMatch(/is composed of 'db-user'; with its new source it does not any more/);
    expect(other.error).toMatch(/'argocd' keeps spec\.template .* it is refused, since/);
    expect(other.out).toBe("Secret 'dsn' updated; its value follows the ConfigMap.\n");
    expect(world.model.get(userSecrets, ref)?.spec).toEqual({ configMapKeyRef: { name: 'settings', key: 'dsn' } });
  });

  test.each([
    [['--part', 'a=b'], /--part belongs to a --template/],
    [['--template', '$(a)'], /--template: the text has \$\(a\), and there is no part of that name; add --part a=KEY\./],
    [['--template', 'no name'], /--template: the text names no secret; write \$\(NAME\)/],
    [['--template', '$(a', '--part', 'a=b'], /--template: a \$\( has no \)/],
    [['--template', '$(a)', '--part', 'a=b', '--part', 'c=d'], /--part c: the text of --template has no \$\(c\)/],
    [['--template', '$(a)', '--part', 'a=b', '--part', 'a=d'], /--part a is given twice/],
    [['--template', text, '--label', 'a b=c'], /--label: 'a b' is not a name: at most 63 letters/],
    [['--template', text, '--label', 'a=b c'], /--label: the value of 'a' is at most 63 letters/],
    [['--template', text, '--annotation', 'Example.com/=c'], /--annotation: 'Example.com\/' is not a name/],
    [['--template', text, '--part', 'user'], /--part is NAME=KEY/],
    [['--template', text, '--part', 'user=a,rot13'], /An encoding is percent, base64 or json, not 'rot13'/],
    [['--template', text, '--part', 'user=secret:/bob/x', '--part', 'password=b'], /in another namespace/],
    [['--template', text, 'value'], /nothing is sealed: leave out VALUE/],
    [['--template', text, '--from-config-map', 'a/b'], /one source/],
    [['--from-config-map', 'settings'], /--from-config-map is NAME\/KEY/],
  ])('%j is refused', async (words, sentence) => {
    const { code, error } = await add(...words);
    expect(code).not.toBe(0);
    expect(error).toMatch(sentence);
    expect(world.model.all(userSecrets)).toEqual([]);
  });
});

test.each<[string, string, RegExp | undefined]>([
  ['argocd-controller', 'is applied from git', /'argocd-controller' keeps the secret 'token'.* Remove it there too\./],
  ['kubectl-create', 'a person made', undefined],
])('a secret that %s keeps and %s says whether it comes back when it is removed', async (manager, _how, expected) => {
  const managedFields = [{ manager, operation: 'Update', fieldsV1: { 'f:spec': { 'f:value': {} } } }];
  world.model.put(userSecrets, {
    metadata: { namespace: 'alice', name: 'token', managedFields },
    spec: { value: 'x' },
  });
  const { code, error } = await world.type(['secret', 'rm', 'token']);
  expect(code).toBe(0);
  if (expected === undefined) expect(error).toBe('');
  else expect(error).toMatch(expected);
});

test('a printed command takes a key that begins with a dash by its URI', async () => {
  const { error } = await world.type(['secret', 'rotate', '--', '-x']);
  expect(error).toContain("'-x' not found");
  await world.type(['secret', 'add', '--', '-x', 'v']);
  const { error: printed } = await world.type(['secret', 'rotate', 'secret:-x']);
  expect(printed).toContain('`neuro secret add secret:-x`');
});
