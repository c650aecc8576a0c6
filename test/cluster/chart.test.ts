/** The chart: what its values make of it, what they may be, and that a real API server takes all of it. */
import { readFile } from 'node:fs/promises';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { parse } from 'yaml';
import { readConfig } from '../../src/operator/config.ts';
import { optionalPolicies, requiredPolicies } from '../../src/operator/policies.ts';
import { parseOptions as operatorOptions } from '../../src/operator/options.ts';
import { publishedPresets } from '../../src/client/index.ts';
import { readOffer } from '../../src/console/server/config/console-config.ts';
import { parseOptions as consoleOptions } from '../../src/console/server/options.ts';
import { copyCrds, renderManifests } from '../../scripts/render-manifests.ts';
import { testCluster, untilServed, type TestCluster } from '../support/cluster.ts';
import {
  buildHelmLimitMs,
  chartFolder,
  helm,
  parsed,
  render,
  renderText,
  type Rendered,
  type Values,
} from '../support/helm.ts';
import { monitoringCrds } from '../support/monitoring-crds.ts';
import { eventually } from '../support/until.ts';

/** Everything that can be switched on, is. */
const everything: Values = {
  image: { repository: 'registry.example.com/neuro-operator', digest: `sha256:${'a'.repeat(64)}` },
  imagePullSecrets: [{ name: 'registry' }],
  presets: {
    small: { resources: { limits: { memory: '1Gi', cpu: 1 } }, nodeSelector: { pool: 'small' } },
    gpu: { tolerations: [{ key: 'gpu', operator: 'Exists' }], priorityClassName: 'high' },
  },
  sealing: {
    renewEvery: '90d',
    sealedSecretsKeys: [{ namespace: 'kube-system', name: 'sealed-secrets-key' }],
    recoveryKeys: [
      {
        keyId: '0ff9686ffe956f76',
        suite: 'x25519',
        publicKey: 'baVrv1UTych5ydYeHaE_XKWU2N2pRlyMcTE_vmlUxjM',
        createdAt: '2026-01-01T00:00:00Z',
        active: true,
      },
    ],
  },
  podAnnotations: { 'example.com/team': 'platform' },
  podLabels: { team: 'platform' },
  nodeSelector: { 'kubernetes.io/os': 'linux' },
  tolerations: [{ key: 'node-role.kubernetes.io/control-plane', operator: 'Exists' }],
  affinity: {
    nodeAffinity: {
      requiredDuringSchedulingIgnoredDuringExecution: {
        nodeSelectorTerms: [{ matchExpressions: [{ key: 'a', operator: 'Exists' }] }],
      },
    },
  },
  priorityClassName: 'system-cluster-critical',
  topologySpread: 'DoNotSchedule',
  networkPolicy: { apiServer: { ports: [16443], cidrs: ['10.0.0.1/32', 'fd00::1/128'] } },
  serviceAccount: { annotations: { 'example.com/role': 'none' } },
  admission: {
    namespaceSelector: { matchLabels: { strict: 'true' } },
    noPlaintext: true,
    subjectKinds: ['User', 'ServiceAccount'],
    longestGrantDays: 90,
    images: ['busybox:1', 'registry.example.com/team/'],
  },
  metrics: {
    serviceMonitor: { enabled: true, labels: { release: 'prometheus' } },
    prometheusRule: { enabled: true, labels: { release: 'prometheus' } },
    dashboard: { enabled: true, annotations: { 'example.com/folder': 'neuro' } },
  },
  apiPriority: { enabled: true },
  console: {
    enabled: true,
    replicas: 2,
    publicUrl: 'https://neuro.example.com',
    jobDomain: 'jobs.example.net',
    sessionKeySecret: 'neuro-console-session',
    tokenLogin: false,
    oidc: { issuer: 'https://login.example.com', clientId: 'neuro', clientSecret: 'neuro-console-oidc' },
    widgets: [{ name: 'jupyter', title: 'Jupyter', kind: 'web', image: 'jupyter:1', port: 8888 }],
    trustedProxies: ['10.244.0.0/16', 'fd00::/8'],
    ingressFrom: [{ namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'ingress' } } }],
  },
  namespace: { create: true },
};

beforeAll(() => helm(['version']), buildHelmLimitMs);

interface ValueSchema {
  readonly $ref?: string;
  readonly properties?: Readonly<Record<string, ValueSchema>>;
  readonly definitions?: Readonly<Record<string, ValueSchema>>;
}

/** What the schema knows and the defaults do not have; of maps that are empty by default, nothing. */
function pathsOf(
  root: ValueSchema,
  schema: ValueSchema,
  defaults: Record<string, unknown>,
  at = '',
): readonly string[] {
  const resolved = schema.$ref === undefined ? schema : root.definitions?.[schema.$ref.replace('#/definitions/', '')];
  return Object.entries(resolved?.properties ?? {}).flatMap(([name, property]) => {
    const path = `${at}/${name}`;
    if (path === '/global') return [];
    if (!(name in defaults)) return [path];
    const value = defaults[name];
    const isMap = typeof value === 'object' && value !== null && !Array.isArray(value) && Object.keys(value).length > 0;
    return isMap ? pathsOf(root, property, value as Record<string, unknown>, path) : [];
  });
}

function named(objects: readonly Rendered[], kind: string, name = 'neuro-operator'): Rendered {
  const found = objects.find((object) => object.kind === kind && object.metadata.name === name);
  if (found === undefined) throw new Error(`there is no ${kind} ${name}`);
  return found;
}

const policiesOfEveryCluster = [...requiredPolicies, ...optionalPolicies].sort();
/** The policies that have a binding, in order. */
function policyNames(objects: readonly Rendered[]): readonly string[] {
  const namesOf = (kind: string): readonly string[] =>
    objects.filter((object) => object.kind === kind).map(({ metadata }) => metadata.name);
  const bound = namesOf('ValidatingAdmissionPolicyBinding');
  return namesOf('ValidatingAdmissionPolicy')
    .filter((name) => bound.includes(name))
    .sort();
}

describe('what is kept in the repository', () => {
  test.each([
    ['manifests', renderManifests],
    ['the copies of the CRDs', copyCrds],
  ])('%s are what "npm run manifests" writes', async (_what, written) => {
    for (const [path, text] of await written())
      expect({ path, text: await readFile(new URL(`../../${path}`, import.meta.url), 'utf8') }).toEqual({ path, text });
  });
});

test('every value that may be set has a default', async () => {
  const schema = JSON.parse(await readFile(`${chartFolder}/values.schema.json`, 'utf8')) as ValueSchema;
  const defaults = parse(await readFile(`${chartFolder}/values.yaml`, 'utf8')) as Record<string, unknown>;
  expect(pathsOf(schema, schema, defaults)).toEqual([]);
});

describe('helm lint', () => {
  test.each<[string, Values]>([
    ['the defaults', {}],
    ['everything', everything],
  ])('finds nothing in %s', async (_what, values) => {
    expect(await helm(['lint', '--strict', chartFolder], values)).toMatchObject({ code: 0 });
  });
});

describe('the rendered chart', () => {
  test('with everything switched on is what it was', async () => {
    expect(await renderText({ ...everything, crds: { install: false } })).toMatchSnapshot();
  });

  test('names each object once, and nothing outside of its namespace but what the cluster has one of', async () => {
    const objects = await render(everything);
    const ids = objects.map(({ kind, metadata }) => `${kind}/${metadata.name}`);
    expect(ids.filter((id, at) => ids.indexOf(id) !== at)).toEqual([]);
    const elsewhere = objects.filter(({ metadata }) => metadata.namespace !== 'neuro-system').map(({ kind }) => kind);
    expect([...new Set(elsewhere)].sort()).toEqual([
      'ClusterRole',
      'ClusterRoleBinding',
      'CustomResourceDefinition',
      'FlowSchema',
      'Namespace',
      'PriorityLevelConfiguration',
      'ValidatingAdmissionPolicy',
      'ValidatingAdmissionPolicyBinding',
    ]);
  });

  test.each<[string, Values, (objects: readonly Rendered[]) => unknown, unknown]>([
    ['an image by its tag', { image: { tag: '9.9.9' } }, container('image'), 'neuro-operator:9.9.9'],
    [
      'an image by its digest, whatever the tag',
      { image: { tag: 'x', digest: `sha256:${'b'.repeat(64)}` } },
      container('image'),
      `neuro-operator@sha256:${'b'.repeat(64)}`,
    ],
    [
      'a log level',
      { logLevel: 'debug' },
      container('args'),
      ['--config=/etc/neuro-operator/config.yaml', '--log-level=debug'],
    ],
    [
      'that grants wait for no admission policy',
      { admission: { require: false } },
      container('args'),
      ['--config=/etc/neuro-operator/config.yaml', '--log-level=info', '--no-require-policies'],
    ],
    [
      'the namespaces that are served, and its own',
      { rbac: { namespaces: ['alice', 'neuro-system'] } },
      container('args'),
      ['--config=/etc/neuro-operator/config.yaml', '--log-level=info', '--namespaces=alice,neuro-system'],
    ],
    [
      'no rights to Secrets outside of them',
      { rbac: { namespaces: ['alice'] }, sealing: { sealedSecretsKeys: [{ namespace: 'kube-system', name: 'key' }] } },
      secretRights,
      [
        'Role neuro-system/neuro-operator-work',
        'Role alice/neuro-operator-work',
        'Role kube-system/neuro-operator-sealed-secrets',
      ].sort(),
    ],
    ['a number of replicas', { replicas: 3 }, ofDeployment('replicas'), 3],
    ['no CRDs', { crds: { install: false } }, kinds('CustomResourceDefinition'), 0],
    [
      'CRDs that an uninstall takes away',
      { crds: { keep: false } },
      (objects) =>
        objects.filter(({ metadata }) => metadata.annotations?.['helm.sh/resource-policy'] === 'keep').length,
      0,
    ],
    [
      'CRDs that stay',
      {},
      (objects) =>
        objects.filter(
          ({ kind, metadata }) =>
            kind === 'CustomResourceDefinition' && metadata.annotations?.['helm.sh/resource-policy'] === 'keep',
        ).length,
      4,
    ],
    ['no admission', { admission: { install: false } }, kinds('ValidatingAdmissionPolicy'), 0],
    ['the policies that are always there', {}, policyNames, policiesOfEveryCluster],
    [
      'no rule about homes',
      { admission: { homes: false } },
      policyNames,
      policiesOfEveryCluster.filter((name) => name !== 'homes.neu.ro'),
    ],
    [
      'an optional policy beside them',
      { admission: { noPlaintext: true } },
      policyNames,
      [...policiesOfEveryCluster, 'no-plaintext.neu.ro'].sort(),
    ],
    ['no NetworkPolicy', { networkPolicy: { enabled: false } }, kinds('NetworkPolicy'), 0],
    [
      'a closed port of metrics',
      { networkPolicy: { metricsFrom: [] } },
      (objects) => (named(objects, 'NetworkPolicy').spec as { ingress: unknown[] }).ingress.length,
      1,
    ],
    ['no budget', { podDisruptionBudget: { enabled: false } }, kinds('PodDisruptionBudget'), 0],
    [
      'no rule of spreading',
      { topologySpread: '' },
      (objects) => podSpec(objects)['topologySpreadConstraints'],
      undefined,
    ],
    [
      'roles that nothing takes up',
      { rbac: { aggregate: false } },
      (objects) =>
        Object.keys(named(objects, 'ClusterRole', 'neuro-user').metadata.labels ?? {}).filter((label) =>
          label.includes('aggregate'),
        ),
      [],
    ],
    [
      'no right for the console whose sessions end with it, and no token',
      { console: { enabled: true, publicUrl: 'https://neuro.example.com' } },
      (objects) => [
        objects.filter(({ kind, metadata }) => /Role/.test(kind) && metadata.name === 'neuro-console').length,
        JSON.stringify(podSpec(objects, 'neuro-console')).includes('serviceAccountToken'),
      ],
      [0, false],
    ],
    [
      'one right for the console whose log-outs must be known to all replicas',
      everything,
      (objects) => named(objects, 'Role', 'neuro-console')['rules'],
      [
        {
          apiGroups: [''],
          resources: ['configmaps'],
          resourceNames: ['neuro-console-ended-sessions'],
          verbs: ['get', 'patch'],
        },
      ],
    ],
    [
      'a token for that right alone, which no container gets unasked',
      everything,
      (objects) => podSpec(objects, 'neuro-console')['automountServiceAccountToken'],
      false,
    ],
    [
      'nothing for monitoring by default',
      {},
      (objects) => objects.filter(({ apiVersion }) => apiVersion.startsWith('monitoring')).length,
      0,
    ],
  ])('has %s', async (_what, values, read, expected) => {
    expect(read(await render(values))).toEqual(expected);
  });

  test('starts new Pods when the configuration changes, and only then', async () => {
    const hashes = await Promise.all(
      [{}, { replicas: 3 }, { concurrency: 8 }, { presets: { small: { resources: { limits: { cpu: '1' } } } } }].map(
        async (values) => podAnnotations(await render(values))['neu.ro/config-hash'],
      ),
    );
    expect(hashes[1]).toBe(hashes[0]);
    expect(new Set(hashes).size).toBe(3);
  });

  test.each<[string, Values]>([
    ['the defaults', {}],
    ['everything', everything],
    ['keys that are never renewed', { sealing: { renewEvery: 0 } }],
  ])('gives the operator a configuration that it takes: %s', async (_what, values) => {
    const text = named(await render(values), 'ConfigMap', 'neuro-operator-config').data?.['config.yaml'] ?? '';
    const config = readConfig(parse(text));
    expect(config.presets).toEqual(values['presets'] ?? {});
    const { renewEvery = '30d' } = (values['sealing'] ?? {}) as { renewEvery?: string | number };
    expect(config.sealing.renewEveryMs).toBe({ '30d': 30, '90d': 90, 0: 0 }[renewEvery as '30d'] * 86_400_000);
  });

  test('starts the programs with arguments that they take', async () => {
    const objects = await render(everything);
    const argumentsOf = (name: string): readonly string[] =>
      (podSpec(objects, name)['containers'] as readonly [{ readonly args: readonly string[] }])[0].args;
    expect(operatorOptions(argumentsOf('neuro-operator'), { POD_NAMESPACE: 'neuro-system' })).toMatchObject({
      config: '/etc/neuro-operator/config.yaml',
      logLevel: 'info',
      namespace: 'neuro-system',
      httpPort: 8080,
      healthPort: 8081,
    });
    const ofCluster = { KUBERNETES_SERVICE_HOST: '10.0.0.1', KUBERNETES_SERVICE_PORT: '443' };
    expect(consoleOptions(argumentsOf('neuro-console'), ofCluster, '/app/console')).toMatchObject({
      publicUrl: 'https://neuro.example.com',
      jobDomain: 'jobs.example.net',
      operatorNamespace: 'neuro-system',
      tokenLogin: false,
      trustedProxies: ['10.244.0.0/16', 'fd00::/8'],
      oidcClientId: 'neuro',
      port: 8080,
      healthPort: 8081,
    });
  });

  test('offers in the console what it is told, and the presets of the operator', async () => {
    const text = named(await render(everything), 'ConfigMap', 'neuro-console').data?.['config.yaml'] ?? '';
    const { widgets, presets } = readOffer(text);
    expect(widgets.map(({ name }) => name)).toEqual(['terminal', 'custom-job', 'jupyter']);
    expect(presets.map(({ name }) => name).sort()).toEqual(['gpu', 'small']);
  });

  test('publishes the names and resources of the presets, and nothing else of them', async () => {
    const objects = await render({
      presets: { small: { resources: { limits: { cpu: 1, memory: '1Gi' } }, nodeSelector: { pool: 'x' } }, gpu: {} },
    });
    const { data } = named(objects, 'ConfigMap', 'neuro-presets');
    expect(publishedPresets(data)).toEqual([
      { name: 'gpu', requests: {}, limits: {} },
      { name: 'small', requests: {}, limits: { cpu: '1', memory: '1Gi' } },
    ]);
    expect(JSON.stringify(data)).not.toContain('pool');
    expect(publishedPresets(named(await render({}), 'ConfigMap', 'neuro-presets').data)).toEqual([]);
  });

  test('gives no container more than it needs', async () => {
    const specs = (await render(everything))
      .filter(({ kind }) => kind === 'Deployment')
      .map((object) => podSpec([object], object.metadata.name));
    for (const spec of specs) {
      expect(spec).toMatchObject({
        enableServiceLinks: false,
        securityContext: { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } },
      });
      for (const each of spec['containers'] as readonly Record<string, unknown>[]) {
        expect(each['securityContext']).toEqual({
          allowPrivilegeEscalation: false,
          readOnlyRootFilesystem: true,
          capabilities: { drop: ['ALL'] },
        });
        expect(JSON.stringify(each['env'] ?? [])).not.toMatch(/secretKeyRef|"value"/);
        expect(each['resources']).toMatchObject({
          requests: { memory: expect.any(String) },
          limits: { memory: expect.any(String) },
        });
      }
    }
  });
});

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
  }, 240_000);

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

/** All but kubectl's own about objects that another test of this cluster applied without --server-side. */
function warningsOf(stderr: string): readonly string[] {
  return stderr.split('\n').filter((line) => line !== '' && !line.includes('failed to migrate kubectl.kubernetes.io'));
}

/** Roles that let anybody at Secrets. */
function secretRights(objects: readonly Rendered[]): readonly string[] {
  return objects
    .filter(({ rules }) => JSON.stringify(rules ?? []).includes('"secrets"'))
    .map(({ kind, metadata }) => `${kind} ${metadata.namespace ?? ''}/${metadata.name}`)
    .sort();
}

function kinds(kind: string): (objects: readonly Rendered[]) => number {
  return (objects) => objects.filter((object) => object.kind === kind).length;
}

function ofDeployment(field: string): (objects: readonly Rendered[]) => unknown {
  return (objects) => (named(objects, 'Deployment').spec as Record<string, unknown>)[field];
}

function container(field: string): (objects: readonly Rendered[]) => unknown {
  return (objects) => (podSpec(objects)['containers'] as readonly Record<string, unknown>[])[0]?.[field];
}

function podSpec(objects: readonly Rendered[], name?: string): Record<string, unknown> {
  return (named(objects, 'Deployment', name).spec as { template: { spec: Record<string, unknown> } }).template.spec;
}

function podAnnotations(objects: readonly Rendered[]): Record<string, string> {
  const { template } = named(objects, 'Deployment').spec as {
    template: { metadata: { annotations: Record<string, string> } };
  };
  return template.metadata.annotations;
}
