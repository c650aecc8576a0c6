/** What the real Kustomize makes of names in our resources, with manifests/kustomize/references.yaml. */
import { copyFile, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { testCluster, type TestCluster } from '../support/cluster.ts';
import { parsed } from '../support/helm.ts';

const apiVersion = 'neu.ro/v1';
const secret = (name: string, spec: object) => ({ apiVersion, kind: 'UserSecret', metadata: { name }, spec });
const objects = [
  secret('src', { generate: { type: 'Password', rotateHook: 'job' } }),
  secret('dsn', { template: { text: '$(p)', parts: [{ name: 'p', secret: 'src' }] } }),
  secret('ref', { secretKeyRef: { name: 'native', key: 'k' } }),
  secret('host', { configMapKeyRef: { name: 'settings', key: 'k' } }),
  secret('copy', { sharedFrom: { namespace: 'platform', name: 'src' } }),
  {
    apiVersion,
    kind: 'SecretGrant',
    metadata: { name: 'grant' },
    spec: { secret: 'src', subject: { kind: 'Namespace', name: 'web' } },
  },
  {
    apiVersion,
    kind: 'NeuroJob',
    metadata: { name: 'job' },
    spec: {
      image: 'busybox:1',
      serviceAccountName: 'runner',
      env: [
        { name: 'OWN', fromSecret: { name: 'src' } },
        { name: 'PLAIN', value: 'src' },
        { name: 'OTHERS', fromSecret: { namespace: 'platform', name: 'src' } },
        { name: 'ELSEWHERE', fromSecret: { name: 'not-here' } },
      ],
      files: [{ path: '/etc/x', fromSecret: { name: 'src' } }],
      imagePullSecrets: [{ name: 'src' }, { namespace: 'platform', name: 'src' }],
      volumes: [
        { mountPath: '/settings', configMap: { name: 'settings' } },
        { mountPath: '/data', persistentVolumeClaim: { claimName: 'data' } },
      ],
    },
  },
  {
    apiVersion,
    kind: 'NeuroJob',
    metadata: { name: 'job-2' },
    spec: { image: 'busybox:1', imagePullSecret: { name: 'src' } },
  },
  {
    apiVersion,
    kind: 'NeuroSchedule',
    metadata: { name: 'nightly' },
    spec: { schedule: '0 3 * * *', jobTemplate: { name: 'job' } },
  },
  { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'native' }, stringData: { k: 'v' } },
  { apiVersion: 'v1', kind: 'PersistentVolumeClaim', metadata: { name: 'data' }, spec: {} },
  { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'runner' } },
];

let kube: TestCluster;
let folder: string;

beforeAll(async () => {
  kube = await testCluster();
  folder = await mkdtemp(join(tmpdir(), 'neuro-kustomize-'));
});

afterAll(() => rm(folder, { recursive: true, force: true }));

test('a prefix changes every name in a field that names another object of it, and no other', async () => {
  const references = new URL('../../manifests/kustomize/references.yaml', import.meta.url);
  await copyFile(references, join(folder, 'references.yaml'));
  await writeFile(join(folder, 'objects.yaml'), objects.map((object) => JSON.stringify(object)).join('\n---\n'));
  const kustomization = {
    namePrefix: 'dev-',
    namespace: 'alice',
    resources: ['objects.yaml'],
    configurations: ['references.yaml'],
    configMapGenerator: [{ name: 'settings', literals: ['k=v'] }],
  };
  await writeFile(join(folder, 'kustomization.yaml'), JSON.stringify(kustomization));
  const { code, stdout, stderr } = await kube.kubectl('admin', ['kustomize', folder]);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  const made = parsed(stdout);
  const settings = made.find(({ kind }) => kind === 'ConfigMap')?.metadata.name;
  expect(settings).toMatch(/^dev-settings-\w+$/);
  const specOf = (name: string): unknown =>
    made.find(({ apiVersion: version, metadata }) => version === apiVersion && metadata.name === name)?.spec;
  const src = { namespace: 'alice', name: 'dev-src' };
  const others = { namespace: 'platform', name: 'src' };
  expect(specOf('dev-src')).toMatchObject({ generate: { rotateHook: 'dev-job' } });
  expect(specOf('dev-dsn')).toMatchObject({ template: { parts: [{ secret: 'dev-src' }] } });
  expect(specOf('dev-ref')).toMatchObject({ secretKeyRef: { name: 'dev-native' } });
  expect(specOf('dev-host')).toMatchObject({ configMapKeyRef: { name: settings } });
  expect(specOf('dev-copy')).toMatchObject({ sharedFrom: others });
  expect(specOf('dev-grant')).toMatchObject({ secret: 'dev-src', subject: { name: 'web' } });
  expect(specOf('dev-nightly')).toMatchObject({ jobTemplate: { name: 'dev-job' } });
  expect(specOf('dev-job-2')).toMatchObject({ imagePullSecret: src });
  expect(specOf('dev-job')).toMatchObject({
    serviceAccountName: 'dev-runner',
    env: [{ fromSecret: src }, { value: 'src' }, { fromSecret: others }, { fromSecret: { name: 'not-here' } }],
    files: [{ fromSecret: src }],
    imagePullSecrets: [src, others],
    volumes: [{ configMap: { name: settings } }, { persistentVolumeClaim: { claimName: 'dev-data' } }],
  });
});
