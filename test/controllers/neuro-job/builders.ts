/** Facts about jobs for tables of cases: what a case does not name is an ordinary job of Bob at noon. */
import type { Condition, NeuroJobSpec, NeuroJobStatus } from '../../../src/api/index.ts';
import type { JobFacts, Snapshot, WholeJob } from '../../../src/controllers/neuro-job/facts.ts';
import { type ViewMeta } from '../../../src/controllers/meta-view.ts';
import { type PodView } from '../../../src/controllers/pod-view.ts';
import { viewNeuroJob, type NeuroJobView } from '../../../src/controllers/neuro-job-view.ts';
import type { SecretView } from '../../../src/controllers/secret-view.ts';
import type { UserSecretView } from '../../../src/controllers/user-secret-view.ts';
import type { NamespaceView } from '../../../src/controllers/views.ts';

export const noon = '2026-03-01T12:00:00Z';
export const noonMs = Date.parse(noon);

/** A time so many seconds after noon, as Kubernetes writes it. */
export function after(seconds: number): string {
  return new Date(noonMs + seconds * 1000).toISOString().replace('.000Z', 'Z');
}

export function metaOf(name: string, more: Partial<ViewMeta> = {}): ViewMeta {
  return {
    namespace: 'bob',
    name,
    uid: `uid-${name}`,
    resourceVersion: '1',
    generation: 1,
    creationTimestamp: noon,
    ...more,
  };
}

export function aJob(
  spec: Partial<NeuroJobSpec> = {},
  status: NeuroJobStatus = {},
  metadata: Partial<ViewMeta> = {},
): NeuroJobView {
  return viewNeuroJob({ metadata: metaOf('train', metadata), spec: { image: 'busybox:1', ...spec }, status });
}

/** The job as the API server has it. */
export function aWholeJob(spec: Partial<NeuroJobSpec> = {}, metadata: Partial<ViewMeta> = {}): WholeJob {
  return { metadata: metaOf('train', metadata), spec: { image: 'busybox:1', ...spec } };
}

/** A job with one variable from Alice's secret. */
export function aBorrowingJob(spec: Partial<NeuroJobSpec> = {}, status: NeuroJobStatus = {}): NeuroJobView {
  return aJob(
    { env: [{ name: 'PASSWORD', fromSecret: { namespace: 'alice', name: 'db-password' } }], ...spec },
    status,
  );
}

export function aNamespace(more: Partial<NamespaceView> = {}): NamespaceView {
  return {
    metadata: { name: 'bob', uid: 'uid-ns', resourceVersion: '1' },
    user: 'bob',
    groups: [],
    wantsSharedList: false,
    ...more,
  };
}

type ContainerStatus = NonNullable<PodView['container']>;

export function aPod(more: Partial<PodView> = {}, metadata: Partial<ViewMeta> = {}): PodView {
  return {
    metadata: metaOf('train', { uid: 'uid-pod', ...metadata }),
    ownerUid: 'uid-train',
    nodeName: 'node-1',
    isGated: false,
    phase: 'Pending',
    reason: undefined,
    message: undefined,
    conditions: undefined,
    container: undefined,
    hasOutput: false,
    hasOthers: false,
    initFailure: undefined,
    isEnding: false,
    restartsBefore: 0,
    ...more,
  };
}

export function aContainer(state: ContainerStatus['state'], more: Partial<ContainerStatus> = {}): ContainerStatus {
  return {
    name: 'job',
    image: 'busybox:1',
    imageID: '',
    ready: false,
    restartCount: 0,
    ...(state === undefined ? {} : { state }),
    ...more,
  };
}

export function runningPod(startedAt = noon, metadata: Partial<ViewMeta> = {}): PodView {
  return aPod({ phase: 'Running', container: aContainer({ running: { startedAt } }) }, metadata);
}

export function endedPod(exitCode: number, more: Readonly<Record<string, string>> = {}): PodView {
  const terminated = {
    exitCode,
    reason: exitCode === 0 ? 'Completed' : 'Error',
    startedAt: noon,
    finishedAt: after(9),
    ...more,
  };
  return aPod({ phase: exitCode === 0 ? 'Succeeded' : 'Failed', container: aContainer({ terminated }) });
}

export function waitingPod(reason: string, message?: string): PodView {
  const waiting = { reason, ...(message === undefined ? {} : { message }) };
  return aPod({ container: aContainer({ waiting }) });
}

export const ready: Condition = {
  type: 'Ready',
  status: 'True',
  reason: 'Synced',
  message: 'm',
  lastTransitionTime: noon,
};

export function aUserSecret(
  name = 'db-password',
  more: Partial<UserSecretView> = {},
  metadata: Partial<ViewMeta> = {},
): UserSecretView {
  return {
    metadata: metaOf(name, { namespace: 'alice', ...metadata }),
    key: name,
    secretName: name,
    type: 'Opaque',
    sourceKind: 'sealed',
    onRevoke: 'Continue',
    deletionPolicy: 'Delete',
    sourceHash: 'h',
    status: { observedGeneration: 1, conditions: [ready] },
    bytes: 1_000,
    ...more,
  };
}

export const aSnapshot: Snapshot = {
  name: 'neuro-job-uid-train',
  taken: [
    {
      namespace: 'alice',
      name: 'db-password',
      uid: 'uid-db-password',
      key: 'db-password',
      version: 'v1',
      secretName: 'neuro-job-uid-train',
      dataKey: 's0',
    },
  ],
};

export function aSecret(name: string): SecretView {
  return {
    metadata: metaOf(name),
    type: 'Opaque',
    immutable: true,
    hasMoreKeys: false,
    dataBytes: 0,
    ownerUid: 'uid-train',
    versions: {},
  };
}

export function factsOf(more: Partial<JobFacts> = {}): JobFacts {
  const nowMs = more.nowMs ?? noonMs + 10_000;
  return {
    job: aJob(),
    namespace: aNamespace(),
    pod: undefined,
    service: undefined,
    snapshot: undefined,
    ownSecrets: [],
    userSecrets: new Map([['alice/db-password', aUserSecret()]]),
    settings: { defaultScheduleTimeoutMs: 300_000, imagePullDelayMs: 60_000, presetNames: new Set(['cpu-small']) },
    nowMs,
    wallMs: nowMs,
    firstSeenMs: noonMs,
    changedMs: noonMs,
    areWordsDue: false,
    repairWaitMs: { Pod: 0, Service: 0 },
    ...more,
  };
}

export const allowed = new Map([['alice/db-password', 'allowed' as const]]);
export const denied = new Map([['alice/db-password', 'denied' as const]]);
export const unsettled = new Map([['alice/db-password', 'unsettled' as const]]);
