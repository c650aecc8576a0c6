import { describe, expect, test } from 'vitest';
import type { NeuroJobSpec } from '../../../src/api/index.ts';
import { buildPod, buildService } from '../../../src/controllers/neuro-job/build-pod.ts';
import type { Preset } from '../../../src/controllers/neuro-job/presets.ts';
import type { NamespaceView } from '../../../src/controllers/views.ts';
import { deepFreeze } from '../../support/deep-freeze.ts';
import { aJob, aNamespace, aSnapshot, aWholeJob } from './builders.ts';

const alices = { namespace: 'alice', name: 'db-password' };
const restricted = aNamespace({
  metadata: { ...aNamespace().metadata, labels: { 'pod-security.kubernetes.io/enforce': 'restricted' } },
});

function podOf(
  spec: Partial<NeuroJobSpec>,
  more: { preset?: Preset; namespace?: NamespaceView; restarts?: number; labels?: Record<string, string> } = {},
) {
  const pod = buildPod(
    deepFreeze({
      job: aWholeJob(spec, more.labels === undefined ? {} : { labels: more.labels }),
      namespace: more.namespace ?? aNamespace(),
      snapshot: aSnapshot,
      preset: more.preset,
      restarts: more.restarts ?? 0,
    }),
  );
  const [container] = pod.spec?.containers ?? [];
  if (pod.spec === undefined || container === undefined) throw new Error('a Pod has a container');
  return { metadata: pod.metadata, spec: pod.spec, container };
}

test('an ordinary Pod has the defaults of Kubernetes, and no token of its service account', () => {
  const { spec, container } = podOf({ command: ['true'] });
  expect(spec).toEqual({
    restartPolicy: 'Never',
    serviceAccountName: 'default',
    automountServiceAccountToken: false,
    enableServiceLinks: false,
    securityContext: { seccompProfile: { type: 'RuntimeDefault' } },
    containers: [container],
  });
  expect(container).toEqual({
    name: 'job',
    image: 'busybox:1',
    command: ['true'],
    env: [
      { name: 'NEURO_JOB_NAME', value: 'train' },
      { name: 'NEURO_JOB_ID', value: 'uid-train' },
      { name: 'NEURO_JOB_OWNER', value: 'bob' },
    ],
    terminationMessagePolicy: 'FallbackToLogsOnError',
  });
});

test('it belongs to the job, has its name, and passes on the labels of a queue alone', () => {
  const { metadata } = podOf({}, { labels: { 'kueue.x-k8s.io/queue-name': 'q', app: 'x' } });
  expect(metadata).toMatchObject({
    name: 'train',
    namespace: 'bob',
    labels: {
      'kueue.x-k8s.io/queue-name': 'q',
      'neu.ro/managed-by': 'neuro-operator',
      'neu.ro/job': 'train',
      'neu.ro/job-uid': 'uid-train',
    },
    ownerReferences: [{ kind: 'NeuroJob', name: 'train', uid: 'uid-train', controller: true }],
  });
  expect(metadata.labels?.['app']).toBeUndefined();
});

test('labels of the job cannot replace ours', () => {
  expect(podOf({}, { labels: { 'neu.ro/managed-by': 'me' } }).metadata.labels?.['neu.ro/managed-by']).toBe(
    'neuro-operator',
  );
});

test('a Pod made again knows how many restarts there were', () => {
  expect(podOf({}, { restarts: 3 }).metadata.labels?.['neu.ro/restarts']).toBe('3');
});

describe('secrets', () => {
  test('a variable refers to the snapshot', () => {
    const { container } = podOf({ env: [{ name: 'PASSWORD', fromSecret: alices }] });
    expect(container.env?.[0]).toEqual({
      name: 'PASSWORD',
      valueFrom: { secretKeyRef: { name: 'neuro-job-uid-train', key: 's0' } },
    });
  });

  test('files come from one volume, each in its place with its mode, and hide nothing', () => {
    const { spec, container } = podOf({
      files: [
        { path: '/etc/app/password', fromSecret: alices },
        { path: '/root/key', fromSecret: alices, mode: 0o400 },
      ],
    });
    expect(spec.volumes).toEqual([
      {
        name: 'neuro-secrets',
        projected: {
          sources: [
            {
              secret: {
                name: 'neuro-job-uid-train',
                items: [
                  { key: 's0', path: 'f0', mode: 0o444 },
                  { key: 's0', path: 'f1', mode: 0o400 },
                ],
              },
            },
          ],
        },
      },
    ]);
    expect(container.volumeMounts).toEqual([
      { name: 'neuro-secrets', mountPath: '/etc/app/password', subPath: 'f0', readOnly: true },
      { name: 'neuro-secrets', mountPath: '/root/key', subPath: 'f1', readOnly: true },
    ]);
  });

  test.each<[string, Partial<NeuroJobSpec>, number, number | undefined]>([
    ['our group reads them', {}, 0o440, 65_532],
    ['the group of the job, where it sets one', { securityContext: { fsGroup: 7 } }, 0o440, 7],
    [
      'all read them where a claim is mounted, whose files a group would change',
      { volumes: [{ mountPath: '/d', persistentVolumeClaim: { claimName: 'c' } }] },
      0o444,
      undefined,
    ],
  ])('files of secrets: %s', (_, more, mode, fsGroup) => {
    const { spec } = podOf({ files: [{ path: '/p', fromSecret: alices }], ...more });
    const volume = spec.volumes?.find(({ name }) => name === 'neuro-secrets');
    expect(volume?.projected?.sources?.[0]?.secret?.items?.[0]?.mode).toBe(mode);
    expect(spec.securityContext?.fsGroup).toBe(fsGroup);
  });

  test.each<[string, Partial<NeuroJobSpec>, readonly string[]]>([
    ['one', { imagePullSecret: alices }, ['neuro-job-uid-train-pull']],
    [
      'several',
      { imagePullSecrets: [alices, { name: 'own' }] },
      ['neuro-job-uid-train-pull', 'neuro-job-uid-train-pull-1'],
    ],
    [
      'one that is named twice',
      { imagePullSecrets: [{ name: 'own' }, { namespace: 'bob', name: 'own' }] },
      ['neuro-job-uid-train-pull'],
    ],
    ['none', { imagePullSecrets: [] }, []],
  ])('the image is pulled with Secrets of the job alone: %s', (_, spec, names) => {
    expect(podOf(spec).spec.imagePullSecrets ?? []).toEqual(names.map((name) => ({ name })));
  });

  test.each([
    ['a$$b$(HOME)c', 'a$$$$b$$(HOME)c'],
    ['$(SECRET)', '$$(SECRET)'],
    ['100 $', '100 $$'],
    ['no dollar', 'no dollar'],
  ])('texts are as given, since Kubernetes makes of %s again what it was', (given, written) => {
    const { container } = podOf({ command: [given], args: [given], env: [{ name: 'A', value: given }] });
    expect([container.command, container.args, container.env?.[0]?.value]).toEqual([[written], [written], written]);
    expect(asKubernetesExpands(written)).toBe(given);
  });

  test('a Pod is never made with a reference that the snapshot does not hold', () => {
    expect(() => podOf({ env: [{ name: 'A', fromSecret: { name: 'other' } }] })).toThrow(RangeError);
  });
});

describe('where and how it runs', () => {
  const preset: Preset = {
    resources: { requests: { cpu: '1', memory: '1Gi' }, limits: { memory: '2Gi', 'nvidia.com/gpu': 1 } },
    nodeSelector: { pool: 'gpu', zone: 'a' },
    tolerations: [{ key: 'gpu', operator: 'Exists' }],
    priorityClassName: 'low',
  };

  test('a preset gives what the job does not say', () => {
    const { spec, container } = podOf({ preset: 'gpu' }, { preset });
    expect(container.resources).toEqual(preset.resources);
    expect(spec).toMatchObject({ nodeSelector: preset.nodeSelector, priorityClassName: 'low' });
  });

  test('what the job says wins: a resource that it names is its own, in requests and limits', () => {
    const spec = {
      resources: { requests: { memory: '4Gi' } },
      nodeSelector: { zone: 'b' },
      tolerations: [{ key: 'spot' }],
      priorityClassName: 'high',
    };
    const pod = podOf(spec, { preset });
    expect(pod.container.resources).toEqual({ requests: { cpu: '1', memory: '4Gi' }, limits: { 'nvidia.com/gpu': 1 } });
    expect(pod.spec.nodeSelector).toEqual({ pool: 'gpu', zone: 'b' });
    expect(pod.spec.tolerations).toEqual([{ key: 'gpu', operator: 'Exists' }, { key: 'spot' }]);
    expect(pod.spec.priorityClassName).toBe('high');
  });

  test('a namespace that demands restricted Pods gets them', () => {
    const { spec, container } = podOf({}, { namespace: restricted });
    expect(spec.securityContext).toEqual({ seccompProfile: { type: 'RuntimeDefault' }, runAsNonRoot: true });
    expect(container.securityContext).toEqual({ allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } });
  });

  test('unless the job says otherwise', () => {
    const own = { runAsNonRoot: false, allowPrivilegeEscalation: true, capabilities: { drop: ['CHOWN'] } };
    const { spec, container } = podOf({ securityContext: own }, { namespace: restricted });
    expect(spec.securityContext?.runAsNonRoot).toBe(false);
    expect(container.securityContext).toEqual({ allowPrivilegeEscalation: true, capabilities: { drop: ['CHOWN'] } });
  });

  test('volumes, shared memory and ports', () => {
    const { spec, container } = podOf({
      volumes: [
        { mountPath: '/claim', persistentVolumeClaim: { claimName: 'c' }, readOnly: true, subPath: 's' },
        { mountPath: '/config', configMap: { name: 'm' } },
        { mountPath: '/tmp', emptyDir: { sizeLimit: 5 } },
      ],
      shm: '1Gi',
      http: { port: 8080 },
    });
    expect(spec.volumes).toEqual([
      { name: 'volume-0', persistentVolumeClaim: { claimName: 'c' } },
      { name: 'volume-1', configMap: { name: 'm' } },
      { name: 'volume-2', emptyDir: { sizeLimit: '5' } },
      { name: 'neuro-shm', emptyDir: { medium: 'Memory', sizeLimit: '1Gi' } },
    ]);
    expect(container.volumeMounts?.[0]).toEqual({
      name: 'volume-0',
      mountPath: '/claim',
      subPath: 's',
      readOnly: true,
    });
    expect(container.ports).toEqual([{ name: 'http', containerPort: 8080 }]);
  });

  test.each<[string, Partial<NeuroJobSpec>, object]>([
    ['an input ends with what is given to it first', { stdin: true }, { stdin: true, stdinOnce: true }],
    [
      'a terminal stays, for who comes back',
      { stdin: true, tty: true },
      { stdin: true, tty: true, stdinOnce: undefined },
    ],
    ['no input', {}, { stdin: undefined, stdinOnce: undefined }],
  ])('%s', (_name, spec, expected) => {
    const { stdin, stdinOnce, tty } = podOf(spec).container;
    expect({ stdin, stdinOnce, tty }).toEqual(expected);
  });

  test('the Service finds the Pod of this job and no other', () => {
    const { metadata } = podOf({});
    const service = buildService(aJob(), 8080);
    const [[label, value] = ['', '']] = Object.entries(service.spec?.selector ?? {});
    expect(metadata.labels?.[label]).toBe(value);
    expect(value).toBe('uid-train');
  });
});

/** The rule of Kubernetes' `expansion.Expand`, for a container without variables. */
function asKubernetesExpands(text: string): string {
  return text.replace(/\$(?:\$|\(([^)]*)\))/g, (whole) => (whole === '$$' ? '$' : `<value of ${whole}>`));
}

test('whatever a job says, its Pod names no other Secret than those of its snapshot', () => {
  const { spec } = podOf({
    env: [{ name: 'A', fromSecret: alices }],
    files: [{ path: '/a', fromSecret: alices }],
    imagePullSecret: alices,
    volumes: [{ mountPath: '/m', configMap: { name: 'm' } }],
  });
  const named = new Set<string>();
  const walk = (value: unknown, path: string): void => {
    if (typeof value !== 'object' || value === null) return;
    for (const [key, inner] of Object.entries(value)) {
      if (
        key === 'name' &&
        typeof inner === 'string' &&
        /secretKeyRef|secret$|imagePullSecrets|secretRef/.test(path.replace(/\.\d+$/, ''))
      )
        named.add(inner);
      if (key === 'secretName' && typeof inner === 'string') named.add(inner);
      walk(inner, `${path}.${key}`);
    }
  };
  walk(spec, '');
  expect([...named].sort()).toEqual(['neuro-job-uid-train', 'neuro-job-uid-train-pull']);
});

test('the hook of a rotation has both values as variables and files, out of its own snapshot, and no other job has', () => {
  const job = aWholeJob({ env: [{ name: 'NEURO_ROTATION_NEXT', value: 'forged' }] });
  const input = { job, namespace: aNamespace(), snapshot: undefined, preset: undefined, restarts: 0 };
  const { spec } = buildPod({ ...input, rotates: { name: 'db', uid: 'uid-db' } });
  const from = (key: string) => ({ secretKeyRef: { name: 'neuro-job-uid-train', key, optional: true } });
  expect(spec?.containers[0]?.env?.slice(-2)).toEqual([
    { name: 'NEURO_ROTATION_NEXT', valueFrom: from('next') },
    { name: 'NEURO_ROTATION_PREVIOUS', valueFrom: from('previous') },
  ]);
  expect(spec?.volumes?.at(-1)?.secret).toMatchObject({ secretName: 'neuro-job-uid-train', defaultMode: 0o440 });
  expect(spec?.containers[0]?.volumeMounts?.at(-1)).toMatchObject({ mountPath: '/run/neuro/rotation', readOnly: true });
  expect(JSON.stringify(buildPod(input))).not.toContain('/run/neuro/rotation');
});
