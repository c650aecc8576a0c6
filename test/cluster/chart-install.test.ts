/** Values that the chart refuses, and what a real API server says to what it renders. */
import { beforeAll, describe, expect, test } from 'vitest';
import { testCluster, untilServed, type TestCluster } from '../support/cluster.ts';
import { buildHelmLimitMs, chartFolder, helm, parsed, render, renderText, type Values } from '../support/helm.ts';
import { monitoringCrds } from '../support/monitoring-crds.ts';
import { eventually } from '../support/until.ts';
import { everything, named } from './chart-parts.ts';

/** All but kubectl's own about objects that another test of this cluster applied without --server-side. */
function warningsOf(stderr: string): readonly string[] {
  return stderr.split('\n').filter((line) => line !== '' && !line.includes('failed to migrate kubectl.kubernetes.io'));
}

beforeAll(() => helm(['version']), buildHelmLimitMs);

describe('values are refused', () => {
  test.each<[string, Values, RegExp]>([
    ['that do not exist', { replica: 3 }, /additional properties 'replica' not allowed/],
    [
      'that do not exist further down',
      { admission: { noPlaintexts: true } },
      /at '\/admission'.*'noPlaintexts' not allowed/,
    ],
    ['of another type', { replicas: 'two' }, /at '\/replicas': got string, want integer/],
    ['beyond what the operator takes', { concurrency: 300 }, /at '\/concurrency': maximum: got 300, want 256/],
    ['that are no log level', { logLevel: 'loud' }, /at '\/logLevel': value must be one of 'trace'/],
    ['that are no duration', { sealing: { renewEvery: 'monthly' } }, /'monthly' does not match pattern/],
    ['that are no digest', { image: { digest: 'latest' } }, /at '\/image\/digest'/],
    [
      'that are no address range',
      { networkPolicy: { apiServer: { cidrs: ['10.0.0.1'] } } },
      /'10.0.0.1' does not match/,
    ],
    ['that name nobody', { admission: { subjectKinds: [] } }, /minItems: got 0, want 1/],
    [
      'that name a kind of subject that is none',
      { admission: { subjectKinds: ['Robot'] } },
      /must be one of 'User', 'Group'/,
    ],
    [
      'that a preset does not have',
      { presets: { small: { image: 'x' } } },
      /at '\/presets\/small'.*'image' not allowed/,
    ],
    [
      'that leave the console without an address',
      { console: { enabled: true } },
      /console.publicUrl is empty: give the address/,
    ],
    [
      'that let the replicas of the console not know each other',
      { console: { enabled: true, publicUrl: 'https://a.example', replicas: 2 } },
      /replicas share the keys of their sessions, so name a Secret/,
    ],
    [
      'that let nobody log in',
      { console: { enabled: true, publicUrl: 'https://a.example', tokenLogin: false } },
      /there is no way to log in/,
    ],
    ['that show the console in the clear', { console: { publicUrl: 'http://a.example' } }, /does not match pattern/],
    ['that are no image', { admission: { images: ["x') || true"] } }, /does not match pattern/],
  ])('%s', async (_what, values, said) => {
    const { code, stderr } = await helm(['template', 'neuro-operator', chartFolder], values);
    expect(code).not.toBe(0);
    expect(stderr).toMatch(said);
  });
});

describe('a real API server', () => {
  let kube: TestCluster;

  beforeAll(async () => {
    kube = await testCluster();
    expect(await kube.apply('admin', ...monitoringCrds)).toMatchObject({ code: 0 });
    await untilServed(
      kube.cluster,
      monitoringCrds.map(({ metadata }) => metadata.name),
    );
    const namespace = parsed(await renderText({ namespace: { create: true } })).filter(
      ({ kind }) => kind === 'Namespace',
    );
    expect(await kube.apply('admin', ...namespace)).toMatchObject({ code: 0 });
  });

  test.each<[string, Values]>([
    ['the defaults', {}],
    ['everything', everything],
    [
      'little',
      { networkPolicy: { enabled: false }, podDisruptionBudget: { enabled: false }, topologySpread: '', replicas: 1 },
    ],
  ])('takes %s without a warning, in a namespace of restricted Pods', async (_what, values) => {
    const flags = ['--server-side', '--force-conflicts', '--dry-run=server', '--validate=strict'];
    const { code, stderr } = await kube.kubectl('admin', ['apply', ...flags, '-f', '-'], await renderText(values));
    expect({ code, warnings: warningsOf(stderr) }).toEqual({ code: 0, warnings: [] });
  });

  test('lets the Pods in, which it would not if they asked for more', async () => {
    const { metadata, spec } = (
      named(await render({}), 'Deployment').spec as { template: { metadata: object; spec: object } }
    ).template;
    const create = (podSpecification: object): Promise<{ code: number; stderr: string }> =>
      kube.kubectl(
        'admin',
        ['create', '--dry-run=server', '-f', '-'],
        JSON.stringify({
          apiVersion: 'v1',
          kind: 'Pod',
          metadata: { ...metadata, name: 'p', namespace: 'neuro-system' },
          spec: podSpecification,
        }),
      );
    // The controller of service accounts may need its moment.
    const account = JSON.stringify({
      apiVersion: 'v1',
      kind: 'ServiceAccount',
      metadata: { name: 'neuro-operator', namespace: 'neuro-system' },
    });
    await kube.kubectl('admin', ['apply', '-f', '-'], account);
    expect(await create(spec)).toMatchObject({ code: 0, stderr: '' });
    const refused = await create({ ...spec, hostNetwork: true });
    expect(refused.stderr).toMatch(/violates PodSecurity "restricted:latest"/);
  });

  test.each([
    ['its requests', '/api/v1/namespaces', 'neuro-operator'],
    [
      'the renewal of its lease',
      '/apis/coordination.k8s.io/v1/namespaces/neuro-system/leases/neuro-operator',
      'neuro-operator-lease',
    ],
  ])('keeps a place in the order of requests for %s', async (_what, path, schema) => {
    const objects = (await render({})).filter(({ apiVersion }) => apiVersion.startsWith('flowcontrol.'));
    expect(await kube.apply('admin', ...objects)).toMatchObject({ code: 0 });
    try {
      const { stdout: uid } = await kube.kubectl('admin', [
        'get',
        'flowschema',
        schema,
        '-o',
        'jsonpath={.metadata.uid}',
      ]);
      // Whether it may is asked after its place is found.
      const ask = ['get', '--raw', path, '--as', 'system:serviceaccount:neuro-system:neuro-operator', '-v=8'];
      await eventually(
        async () =>
          /x-kubernetes-pf-flowschema-uid: "?([0-9a-f-]+)/i.exec((await kube.kubectl('admin', ask)).stderr)?.[1],
        (found) => found === uid,
        `its place is ${uid}`,
      );
    } finally {
      const kinds = 'flowschemas,prioritylevelconfigurations';
      await kube.kubectl('admin', ['delete', kinds, '-l', 'app.kubernetes.io/name=neuro-operator']);
    }
  });

  test.each([
    ['manifests', ['CustomResourceDefinition', 'Deployment', 'ValidatingAdmissionPolicy']],
    ['manifests/samples', ['Namespace', 'UserSecret', 'SecretGrant', 'NeuroJob']],
    ['crds', ['CustomResourceDefinition']],
  ])('takes what kustomize makes of %s', async (folder, kindsOfIt) => {
    const path = new URL(`../../${folder}`, import.meta.url).pathname;
    const { code, stdout, stderr } = await kube.kubectl('admin', ['kustomize', path]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const made = new Set(parsed(stdout).map(({ kind }) => kind));
    expect(kindsOfIt.filter((kind) => !made.has(kind))).toEqual([]);
    // Objects that need a namespace which this very input makes cannot be tried without making it.
    const inPlace = parsed(stdout).filter(
      ({ metadata }) => metadata.namespace === undefined || metadata.namespace === 'neuro-system',
    );
    const applied = await kube.kubectl(
      'admin',
      ['apply', '--server-side', '--force-conflicts', '--dry-run=server', '--validate=strict', '-f', '-'],
      inPlace.map((object) => JSON.stringify(object)).join('\n---\n'),
    );
    expect({ code: applied.code, warnings: warningsOf(applied.stderr) }).toEqual({ code: 0, warnings: [] });
  });
});
