/** What the chart renders of its values, and what the repository keeps of it. */
import { readFile } from 'node:fs/promises';
import { beforeAll, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { readConfig } from '../../src/operator/config.ts';
import { optionalPolicies, requiredPolicies } from '../../src/operator/policies.ts';
import { parseOptions as operatorOptions } from '../../src/operator/options.ts';
import { publishedPresets } from '../../src/client/index.ts';
import { readOffer } from '../../src/console/server/config/console-config.ts';
import { parseOptions as consoleOptions } from '../../src/console/server/options.ts';
import { copyCrds, renderManifests } from '../../scripts/render-manifests.ts';
import {
  buildHelmLimitMs,
  chartFolder,
  helm,
  render,
  renderText,
  type Rendered,
  type Values,
} from '../support/helm.ts';
import { everything, named, kinds, podAnnotations } from './chart-parts.ts';

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

/** Whether Helm, Argo CD and Flux leave it where it is when the whole is deleted. */
function staysEverywhere({ metadata: { annotations = {} } }: Rendered): boolean {
  return (
    annotations['helm.sh/resource-policy'] === 'keep' &&
    annotations['argocd.argoproj.io/sync-options'] === 'Prune=false' &&
    annotations['kustomize.toolkit.fluxcd.io/prune'] === 'disabled'
  );
}

/** Roles that let anybody at Secrets. */
function secretRights(objects: readonly Rendered[]): readonly string[] {
  return objects
    .filter(({ rules }) => JSON.stringify(rules ?? []).includes('"secrets"'))
    .map(({ kind, metadata }) => `${kind} ${metadata.namespace ?? ''}/${metadata.name}`)
    .sort();
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

beforeAll(() => helm(['version']), buildHelmLimitMs);

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
      { crds: { keep: false }, namespace: { create: true } },
      (objects) => objects.filter(({ metadata }) => metadata.annotations !== undefined).map(({ kind }) => kind),
      [],
    ],
    [
      'what stays in any case: with it objects and keys would go, or be unguarded',
      { namespace: { create: true } },
      (objects) => objects.filter(staysEverywhere).map(({ kind, metadata }) => `${kind} ${metadata.name}`),
      expect.arrayContaining([
        'Namespace neuro-system',
        ...['neurojobs', 'neuroschedules', 'secretgrants', 'usersecrets'].map(
          (name) => `CustomResourceDefinition ${name}.neu.ro`,
        ),
        ...policiesOfEveryCluster.flatMap((name) => [
          `ValidatingAdmissionPolicy ${name}`,
          `ValidatingAdmissionPolicyBinding ${name}`,
        ]),
      ]),
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
    // An amount may be a number.
    const asText = (_key: string, value: unknown): unknown => (typeof value === 'number' ? String(value) : value);
    expect(config.presets).toEqual(JSON.parse(JSON.stringify(values['presets'] ?? {}), asText));
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

  test('offers in the console what its values say, and the presets of the operator', async () => {
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
