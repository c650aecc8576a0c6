/**
 * The Pod of a job, and the Service in front of it. Pure.
 *
 * Promise: the only Secrets that it refers to are the snapshots of this job, whatever the job says; and its service
 * account's token is not in it unless the job asks for it. Else Kubernetes' own defaults, so that ordinary images work.
 */
import {
  JOB_CONTAINER,
  JOB_VARIABLE_PREFIX,
  LABEL_RESTARTS,
  type NeuroJobVolume,
  type SecretReference,
} from '../../api/index.ts';
import { defined } from '../../defined.ts';
import type { Pod, Service } from '../resources.ts';
import { pullRefsOf, refKey } from '../secret-refs.ts';
import type { NeuroJobView } from '../neuro-job-view.ts';
import type { NamespaceView } from '../views.ts';
import { partKey, ROTATION_KEYS } from './build-snapshot.ts';
import type { Snapshot, TakenSecret, WholeJob } from './facts.ts';
import { defaultModeOf, fileGroupOf } from './file-modes.ts';
import { LABEL_JOB_UID, ownedMetadata, pullSecretName, queueLabels, snapshotName } from './object-names.ts';
import { placementOf, type Preset } from './presets.ts';
import { securityOf } from './security.ts';

interface PodInput {
  readonly job: WholeJob;
  readonly namespace: NamespaceView;
  readonly snapshot: Snapshot | undefined;
  readonly preset: Preset | undefined;
  /** The UserSecret whose rotation it is the hook of. */
  readonly rotates?: NeuroJobView['rotates'] | undefined;
  /** Restarts of the job before this Pod. */
  readonly restarts: number;
}

type PodSpec = NonNullable<Pod['spec']>;
type Container = PodSpec['containers'][number];
type Volume = NonNullable<PodSpec['volumes']>[number];
type VolumeMount = NonNullable<Container['volumeMounts']>[number];
type ProjectedSource = NonNullable<NonNullable<Volume['projected']>['sources']>[number];

const secretsVolumeName = 'neuro-secrets';

export function buildPod(input: PodInput): Omit<Pod, 'apiVersion' | 'kind'> {
  const { job, snapshot } = input;
  const { spec } = job;
  const placement = placementOf(spec, input.preset);
  const hook = { isHook: input.rotates !== undefined };
  const security = securityOf(job, input.namespace, fileGroupOf(job, hook));
  const defaultMode = defaultModeOf(job, hook);
  const rotation = hook.isHook ? rotationVolume(job, defaultMode) : undefined;
  const mounted = mountsOf(job, snapshot, defaultMode);
  const volumes = [...mounted.volumes, ...(rotation === undefined ? [] : [rotation.volume])];
  const mounts = [...mounted.mounts, ...(rotation === undefined ? [] : [rotation.mount])];
  const metadata = ownedMetadata(job, job.metadata.name);
  const pullSecrets = pullRefsOf(spec, job.metadata.namespace).map((_, index) => ({
    name: pullSecretName(job, index),
  }));
  const { nodeSelector, priorityClassName, tolerations } = placement;
  const { schedulingGates, imagePullPolicy, workingDir, tty, stdin } = spec;
  const restarts = input.restarts === 0 ? {} : { [LABEL_RESTARTS]: String(input.restarts) };
  return {
    metadata: { ...metadata, labels: { ...queueLabels(job), ...restarts, ...metadata.labels } },
    spec: {
      restartPolicy: spec.restartPolicy ?? 'Never',
      serviceAccountName: spec.serviceAccountName ?? 'default',
      automountServiceAccountToken: spec.automountServiceAccountToken ?? false,
      enableServiceLinks: false,
      securityContext: security.pod,
      ...(pullSecrets.length === 0 ? {} : { imagePullSecrets: pullSecrets }),
      ...defined({ nodeSelector, priorityClassName, tolerations, schedulingGates }),
      ...(volumes.length === 0 ? {} : { volumes }),
      containers: [
        {
          name: JOB_CONTAINER,
          image: spec.image,
          ...defined({ imagePullPolicy, command: spec.command?.map(asGiven), args: spec.args?.map(asGiven) }),
          ...defined({ workingDir, tty, stdin }),
          // The job sees the end of what is piped into it. On a terminal it does not, because people come back to it.
          ...(stdin === true && tty !== true ? { stdinOnce: true } : {}),
          env: [...variablesOf(input), ...rotationVariables(input)],
          ...(placement.resources === undefined
            ? {}
            : { resources: placement.resources as Container['resources'] & {} }),
          ...(spec.http === undefined ? {} : { ports: [{ name: 'http', containerPort: spec.http.port }] }),
          ...(mounts.length === 0 ? {} : { volumeMounts: mounts }),
          ...defined({ securityContext: security.container }),
          terminationMessagePolicy: 'FallbackToLogsOnError',
        },
      ],
    },
  };
}

const rotationVolumeName = 'neuro-rotation';
/** Files `next` and `previous`. */
const rotationPath = '/run/neuro/rotation';

function rotationVolume(job: WholeJob, defaultMode: number): { readonly volume: Volume; readonly mount: VolumeMount } {
  const items = Object.values(ROTATION_KEYS).map((key) => ({ key, path: key }));
  const secret = { secretName: snapshotName(job), items, defaultMode, optional: true };
  return {
    volume: { name: rotationVolumeName, secret },
    mount: { name: rotationVolumeName, mountPath: rotationPath, readOnly: true },
  };
}

/** The same as variables; after those of the job, so that they cannot be others. */
function rotationVariables({ job, rotates }: PodInput): NonNullable<Container['env']> {
  if (rotates === undefined) return [];
  return Object.values(ROTATION_KEYS).map((key) => ({
    name: `NEURO_ROTATION_${key.toUpperCase()}`,
    valueFrom: { secretKeyRef: { name: snapshotName(job), key, optional: true } },
  }));
}

function variablesOf({ job, namespace, snapshot }: PodInput): NonNullable<Container['env']> {
  const own = (job.spec.env ?? []).map(({ name, value, fromSecret }) => {
    if (fromSecret === undefined) return { name, value: asGiven(value ?? '') };
    const { secretName, dataKey } = placeOf(job, snapshot, fromSecret);
    return { name, valueFrom: { secretKeyRef: { name: secretName, key: dataKey } } };
  });
  const ours = {
    NAME: job.metadata.name,
    ID: job.metadata.uid,
    OWNER: namespace.user ?? job.metadata.namespace,
  };
  return [
    ...own,
    ...Object.entries(ours).map(([name, value]) => ({ name: `${JOB_VARIABLE_PREFIX}${name}`, value: asGiven(value) })),
  ];
}

/**
 * Kubernetes replaces `$(NAME)` in commands, arguments and variables by the value of a variable, and `$$` by `$`. A job's texts are
 * as given: so that a script keeps its `$$`, and so that no secret gets into a command line, where every process of the node can read it,
 * because of two brackets. A job that wants that says it to a shell.
 */
function asGiven(text: string): string {
  return text.replaceAll('$', '$$$$');
}

function mountsOf(
  job: WholeJob,
  snapshot: Snapshot | undefined,
  defaultMode: number,
): { readonly volumes: readonly Volume[]; readonly mounts: readonly VolumeMount[] } {
  const volumes: Volume[] = [];
  const mounts: VolumeMount[] = [];
  for (const [index, volume] of (job.spec.volumes ?? []).entries()) {
    const name = `volume-${index}`;
    volumes.push({ name, ...volumeSource(volume) });
    mounts.push({
      name,
      mountPath: volume.mountPath,
      ...defined({ subPath: volume.subPath, readOnly: volume.readOnly }),
    });
  }
  if (job.spec.shm !== undefined) {
    volumes.push({ name: 'neuro-shm', emptyDir: { medium: 'Memory', sizeLimit: String(job.spec.shm) } });
    mounts.push({ name: 'neuro-shm', mountPath: '/dev/shm' });
  }
  const files = job.spec.files ?? [];
  if (files.length > 0)
    volumes.push({ name: secretsVolumeName, projected: { sources: fileSources(job, snapshot, defaultMode) } });
  for (const [index, { path }] of files.entries()) {
    // A subPath mount puts one file in its place and leaves the folder around it as the image has it.
    mounts.push({ name: secretsVolumeName, mountPath: path, subPath: fileName(index), readOnly: true });
  }
  return { volumes, mounts };
}

function volumeSource({ persistentVolumeClaim, configMap, emptyDir }: NeuroJobVolume): Omit<Volume, 'name'> {
  if (persistentVolumeClaim !== undefined) return { persistentVolumeClaim };
  if (configMap !== undefined) return { configMap };
  const { medium, sizeLimit } = emptyDir ?? {};
  return {
    emptyDir: {
      ...defined({ medium }),
      ...(sizeLimit === undefined ? {} : { sizeLimit: String(sizeLimit) }),
    },
  };
}

/** One source for each native Secret, with one item for each file: a value can be two files of different modes. */
function fileSources(job: WholeJob, snapshot: Snapshot | undefined, defaultMode: number): readonly ProjectedSource[] {
  const items = new Map<string, { key: string; path: string; mode: number }[]>();
  for (const [index, { fromSecret, mode = defaultMode }] of (job.spec.files ?? []).entries()) {
    const { secretName, dataKey } = placeOf(job, snapshot, fromSecret);
    items.set(secretName, [...(items.get(secretName) ?? []), { key: dataKey, path: fileName(index), mode }]);
  }
  return [...items].map(([name, list]) => ({ secret: { name, items: list } }));
}

function fileName(index: number): string {
  return `f${index}`;
}

function placeOf(
  job: WholeJob,
  snapshot: Snapshot | undefined,
  { namespace = job.metadata.namespace, name, part }: SecretReference,
): Required<Pick<TakenSecret, 'secretName' | 'dataKey'>> {
  const taken = snapshot?.taken.find((secret) => refKey(secret) === refKey({ namespace, name }));
  if (taken?.secretName === undefined || taken.dataKey === undefined) {
    throw new RangeError(
      `building the Pod of ${job.metadata.namespace}/${job.metadata.name}: the snapshot lacks ${namespace}/${name}`,
    );
  }
  const { secretName, dataKey } = taken;
  return { secretName, dataKey: part === undefined ? dataKey : partKey(dataKey, part) };
}

/** Has the name of the job. */
export function buildService(job: NeuroJobView, port: number): Omit<Service, 'apiVersion' | 'kind'> {
  return {
    metadata: ownedMetadata(job, job.metadata.name),
    spec: {
      selector: { [LABEL_JOB_UID]: job.metadata.uid },
      ports: [{ name: 'http', port, targetPort: port }],
    },
  };
}
