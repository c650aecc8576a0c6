/** Objects of every release, with what its operator wrote into them: the CRDs of today take them whole, and they can go on. */
import { readdir, readFile } from 'node:fs/promises';
import { beforeAll, expect, test } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { testCluster, type TestCluster } from '../support/cluster.ts';

interface Released {
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace: string };
  readonly spec: object;
  readonly status?: object;
}

const releases = new URL('../fixtures/releases/', import.meta.url);

let kube: TestCluster;

beforeAll(async () => {
  kube = await testCluster();
});

test('every kind of every release is taken as it was, and labelled, described and deleted as any other', async () => {
  const entries = await readdir(releases, { withFileTypes: true });
  for (const version of entries.filter((entry) => entry.isDirectory()).map(({ name }) => name)) {
    const namespace = await kube.makeNamespace('release');
    const text = await readFile(new URL(`${version}/objects.yaml`, releases), 'utf8');
    const objects = parseAllDocuments(text)
      .map((document) => document.toJS() as Released)
      .map((object) => ({ ...object, metadata: { ...object.metadata, namespace } }));
    expect(new Set(objects.map(({ kind }) => kind))).toEqual(new Set(['UserSecret', 'SecretGrant', 'NeuroJob']));
    for (const object of objects) await expectTaken(object);
    const all = ['usersecrets,secretgrants,neurojobs', '--all', '-n', namespace];
    expect(await kube.kubectl('admin', ['label', ...all, 'seen=yes'])).toMatchObject({ code: 0 });
    expect(await kube.kubectl('admin', ['delete', ...all, '--timeout=300s'])).toMatchObject({ code: 0 });
  }
});

async function expectTaken(object: Released): Promise<void> {
  const { kind, metadata, spec, status } = object;
  const what = `${kind}/${metadata.name}`;
  const text = JSON.stringify(object);
  const written = await kube.kubectl('admin', ['create', '--validate=strict', '-f', '-'], text);
  expect({ what, code: written.code, stderr: written.stderr }).toEqual({ what, code: 0, stderr: '' });
  if (status !== undefined) {
    const args = [
      'apply',
      '--server-side',
      '--force-conflicts',
      '--subresource=status',
      '--validate=strict',
      '-f',
      '-',
    ];
    const updated = await kube.kubectl('admin', args, text);
    expect({ what, code: updated.code, stderr: updated.stderr }).toEqual({ what, code: 0, stderr: '' });
  }
  const shown = await kube.kubectl('admin', ['get', kind, metadata.name, '-n', metadata.namespace, '-o', 'json']);
  const found = JSON.parse(shown.stdout) as Released;
  expect({ what, spec: found.spec }).toEqual({ what, spec: expect.objectContaining(spec) });
  if (status !== undefined) expect({ what, status: found.status }).toEqual({ what, status });
}
