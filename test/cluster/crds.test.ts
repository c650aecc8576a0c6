import { readdir, readFile } from 'node:fs/promises';
import { beforeAll, expect, test } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { testCluster, type TestCluster } from '../support/cluster.ts';

interface Sample {
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string };
}

const SAMPLES = new URL('../../manifests/samples/', import.meta.url);
const OURS = ['UserSecret', 'SecretGrant', 'NeuroJob'];

let kube: TestCluster;
let namespace: string;
let samples: readonly Sample[];

beforeAll(async () => {
  kube = await testCluster();
  namespace = await kube.makeNamespace('crds');
  const names = (await readdir(SAMPLES)).filter((name) => name.endsWith('.yaml')).sort();
  const texts = await Promise.all(names.map((name) => readFile(new URL(name, SAMPLES), 'utf8')));
  samples = texts
    .flatMap((text) => parseAllDocuments(text).map((document) => document.toJS() as Sample))
    .filter((sample) => OURS.includes(sample.kind))
    .map((sample) => ({ ...sample, metadata: { ...sample.metadata, namespace } }));
});

test('the samples are accepted, and then differ in nothing', async () => {
  const text = samples.map((sample) => JSON.stringify(sample)).join('\n---\n');
  expect(new Set(samples.map((sample) => sample.kind))).toEqual(new Set(OURS));
  expect(await kube.kubectl('admin', ['apply', '-f', '-'], text)).toMatchObject({ code: 0, stderr: '' });
  expect(await kube.kubectl('admin', ['diff', '-f', '-'], text)).toEqual({ code: 0, stdout: '', stderr: '' });
  const again = await kube.kubectl('admin', ['apply', '-f', '-'], text);
  expect(
    again.stdout
      .trim()
      .split('\n')
      .filter((line) => !line.endsWith(' unchanged')),
  ).toEqual([]);
});

test('and no less after server-side apply', async () => {
  const text = samples
    .map((sample) =>
      JSON.stringify({ ...sample, metadata: { ...sample.metadata, name: `ssa-${sample.metadata.name}` } }),
    )
    .join('\n---\n');
  expect(await kube.kubectl('admin', ['apply', '--server-side', '-f', '-'], text)).toMatchObject({ code: 0 });
  expect(await kube.kubectl('admin', ['diff', '--server-side', '-f', '-'], text)).toEqual({
    code: 0,
    stdout: '',
    stderr: '',
  });
});

test.each([
  ['usec', 'NAME KEY READY SHARED USED UPDATED AGE', 'REASON SECRET VERSION ROTATES DESCRIPTION'],
  ['sg', 'NAME SECRET KIND SUBJECT ACCESS PHASE EXPIRES AGE', 'SUBJECT-NAMESPACE REASON ROLE DESCRIPTION'],
  ['nj', 'NAME PHASE REASON EXIT RESTARTS STARTED AGE', 'IMAGE POD PRESET FINISHED MESSAGE'],
])('kubectl get %s prints what a user looks for', async (kind, columns, wideColumns) => {
  const header = async (...args: readonly string[]) =>
    (await kube.kubectl('admin', ['get', kind, '-n', namespace, ...args])).stdout
      .split('\n')[0]
      ?.trim()
      .split(/\s{2,}| (?=[A-Z])/);
  expect((await header())?.join(' ')).toBe(columns);
  expect((await header('-o', 'wide'))?.join(' ')).toBe(`${columns} ${wideColumns}`);
});

test('all three are found under the category neuro', async () => {
  const found = await kube.kubectl('admin', ['get', 'neuro', '-n', namespace, '-o', 'name']);
  const kinds = new Set(
    found.stdout
      .trim()
      .split('\n')
      .map((line) => line.split('/')[0]),
  );
  expect(kinds).toEqual(new Set(['usersecret.neu.ro', 'secretgrant.neu.ro', 'neurojob.neu.ro']));
});

test.each(['usersecret', 'secretgrant', 'neurojob'])(
  'every field of %s has a description for kubectl explain',
  async (kind) => {
    const definition = await kube.request<{ spec: { versions: readonly { schema: { openAPIV3Schema: Schema } }[] } }>({
      method: 'GET',
      path: `/apis/apiextensions.k8s.io/v1/customresourcedefinitions/${kind}s.neu.ro`,
    });
    expect(undescribed(definition.spec.versions[0]?.schema.openAPIV3Schema ?? {}, kind)).toEqual([`${kind}.metadata`]);
  },
);

interface Schema {
  readonly description?: string;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly items?: Schema;
}

function undescribed(schema: Schema, path: string): readonly string[] {
  return Object.entries(schema.properties ?? schema.items?.properties ?? {}).flatMap(([name, field]) => [
    ...(field.description === undefined ? [`${path}.${name}`] : []),
    ...undescribed(field, `${path}.${name}`),
  ]);
}
