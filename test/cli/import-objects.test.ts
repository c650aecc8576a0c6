/** What of a Secret or a SealedSecret becomes a UserSecret, and what does not. */
import { describe, expect, test } from 'vitest';
import type { ImportRead } from '../../src/cli/args/import-item.ts';
import { looksLikeObjects, parseObjects, readObjects, type NativeObject } from '../../src/cli/args/import-objects.ts';

const base64 = (text: string): string => Buffer.from(text).toString('base64');

function secret(more: Partial<NativeObject>): NativeObject {
  return { kind: 'Secret', metadata: { name: 's', namespace: 'alice' }, ...more };
}

function sealed(
  annotations: Record<string, string>,
  encryptedData: Record<string, string>,
  type?: string,
): NativeObject {
  return {
    kind: 'SealedSecret',
    metadata: { name: 's', namespace: 'alice', annotations },
    spec: { encryptedData, ...(type === undefined ? {} : { template: { type } }) },
  };
}

const wide = { 'sealedsecrets.bitnami.com/namespace-wide': 'true' };
const widest = { 'sealedsecrets.bitnami.com/cluster-wide': 'true' };

describe('what is imported', () => {
  test.each<[string, NativeObject, object[]]>([
    ['data', secret({ data: { a: base64('\0x') } }), [{ key: 'a', source: { bytes: Buffer.from('\0x') } }]],
    [
      'keys and a type that every object knows',
      secret({
        type: 'constructor',
        data: JSON.parse('{"__proto__":"eA==","constructor":"eA=="}') as Record<string, string>,
      }),
      [{ key: '__proto__' }, { key: 'constructor' }],
    ],
    ['base64 over lines', secret({ data: { a: 'eHg\n x' } }), [{ key: 'a', source: { bytes: Buffer.from('xx1') } }]],
    [
      'stringData wins',
      secret({ data: { a: 'eA==' }, stringData: { a: 'y' } }),
      [{ source: { bytes: Buffer.from('y') } }],
    ],
    [
      'a type with its key',
      secret({ type: 'kubernetes.io/ssh-auth', data: { 'ssh-privatekey': 'eA==' } }),
      [{ type: 'kubernetes.io/ssh-auth' }],
    ],
    [
      'one of the scope strict',
      sealed({}, { a: 'AgB' }),
      [{ key: 'a', source: { sealed: 'AgB', scope: 'strict', namespace: 'alice', name: 's' } }],
    ],
    [
      'two of a namespace',
      sealed(wide, { a: 'AgB', b: 'AgC' }),
      [{ source: { sealed: 'AgB', scope: 'namespace-wide', namespace: 'alice' } }, { key: 'b' }],
    ],
    [
      'of the whole cluster',
      sealed({ ...wide, ...widest }, { a: 'AgB' }),
      [{ source: { sealed: 'AgB', scope: 'cluster-wide' } }],
    ],
    [
      'a sealed type',
      sealed(widest, { '.dockerconfigjson': 'AgB' }, 'kubernetes.io/dockerconfigjson'),
      [{ type: 'kubernetes.io/dockerconfigjson' }],
    ],
  ])('%s', (_name, object, items) => {
    const read = readObjects([object]);
    expect(read.problems).toEqual([]);
    expect(read.items).toMatchObject(items);
    expect(read.items).toHaveLength(items.length);
  });

  test('an item of the type Opaque names no type, and tls becomes Opaque, with a note', () => {
    const read = readObjects([secret({ type: 'kubernetes.io/tls', data: { 'tls.key': 'eA==' } })]);
    expect(read.items[0]).not.toHaveProperty('type');
    expect(read.notes).toHaveLength(1);
  });
});

describe('what is not imported', () => {
  test.each<[string, NativeObject]>([
    ['a token of a service account', secret({ type: 'kubernetes.io/service-account-token', data: { token: 'eA==' } })],
    ['a Helm release', secret({ type: 'helm.sh/release.v1', data: { release: 'eA==' } })],
    ['nothing', secret({ data: {} })],
    ['an empty value', secret({ data: { a: '' } })],
    ['no base64', secret({ data: { a: 'secret-text!' } })],
    ['a number', secret({ data: { a: 12 } })],
    ['another kind', { kind: 'ConfigMap', metadata: { name: 'c' }, data: { a: 'eA==' } }],
    ['two of the scope strict', sealed({}, { a: 'AgB', b: 'AgC' })],
    ['a sealed one without a value', sealed(widest, { a: '' })],
  ])('%s', (_name, object) => {
    const read: ImportRead = readObjects([object]);
    expect(read.items).toEqual([]);
    expect(read.problems).toHaveLength(1);
    expect(JSON.stringify(read.problems)).not.toContain('secret-text');
  });
});

describe('the text', () => {
  test.each<[string, boolean]>([
    ['{"kind":"Secret"}', true],
    ['---\napiVersion: v1\nkind: Secret\n', true],
    ['kind=1\napiVersion=2\n', false],
    ['KEY=VALUE\n', false],
  ])('%j', (text, expected) => {
    expect(looksLikeObjects(text)).toBe(expected);
  });

  test('holds one object, several, or a List', async () => {
    const one = 'apiVersion: v1\nkind: Secret\nmetadata: {name: a}\n';
    expect(await parseObjects(`${one}---\n${one}---\n`)).toHaveLength(2);
    expect(await parseObjects('{"kind": "List", "items": [{"kind": "Secret"}, {"kind": "Secret"}]}')).toHaveLength(2);
  });

  test('is not repeated when it is no YAML', async () => {
    await expect(parseObjects('kind: Secret\ndata:\n  a: "secret-text\n')).rejects.toThrow(/^(?!.*secret-text)/s);
  });
});

test.each<[string, object, RegExp]>([
  [
    'a key that the type of a Secret does not know',
    { kind: 'Secret', type: 'kubernetes.io/basic-auth', stringData: { password: 'p', note: 'n' } },
    /its type kubernetes\.io\/basic-auth has no key note, so that becomes a secret of the type Opaque/,
  ],
  [
    'a key that the type of a SealedSecret does not know',
    { kind: 'SealedSecret', spec: { encryptedData: { pw: 'AgB' }, template: { type: 'kubernetes.io/ssh-auth' } } },
    /its type kubernetes\.io\/ssh-auth has no key pw/,
  ],
  ['an immutable Secret', { kind: 'Secret', immutable: true, stringData: { a: 'b' } }, /it is immutable/],
  [
    'an immutable SealedSecret',
    { kind: 'SealedSecret', spec: { encryptedData: { pw: 'AgB' }, template: { immutable: true } } },
    /it is immutable/,
  ],
])('%s is said', (_what, object, expected) => {
  const { items, notes } = readObjects([{ metadata: { name: 'x', namespace: 'alice' }, ...object }]);
  expect(items.length).toBeGreaterThan(0);
  expect(notes.join('\n')).toMatch(expected);
});

test('an ordinary one has no note', () => {
  for (const object of [
    { kind: 'Secret', stringData: { a: 'b' } },
    { kind: 'Secret', type: 'kubernetes.io/basic-auth', stringData: { username: 'u', password: 'p' } },
    { kind: 'SealedSecret', spec: { encryptedData: { pw: 'AgB' } } },
  ])
    expect(readObjects([{ metadata: { name: 'x', namespace: 'alice' }, ...object }])).toMatchObject({
      problems: [],
      notes: [],
    });
});

test('base64 that kubectl prints without quotes, because it is too large for a number, is taken as it is', async () => {
  const text = 'kind: Secret\nmetadata: { name: s, namespace: alice }\ndata:\n  a: 685e2309\n';
  const { items, problems } = readObjects(await parseObjects(text));
  expect(problems).toEqual([]);
  expect(items).toMatchObject([{ key: 'a', source: { bytes: Buffer.from('685e2309', 'base64') } }]);
});
