import { describe, expect, test } from 'vitest';
import type { NeuroJobRestartPolicy } from '../../../src/api/index.ts';
import { containerStateOf } from '../../../src/controllers/neuro-job/container-state.ts';
import type { PodView } from '../../../src/controllers/pod-view.ts';
import { deepFreeze } from '../../support/deep-freeze.ts';
import { aContainer, aPod, after, endedPod, noon, runningPod, waitingPod } from './builders.ts';

const leaving = { ...aPod().metadata, deletionTimestamp: after(9) };
const drained = [
  { type: 'DisruptionTarget', status: 'True', reason: 'EvictionByEvictionAPI', message: 'Eviction API: evicting' },
];
const terminated = (exitCode: number) => ({ terminated: { exitCode, startedAt: noon, finishedAt: after(1) } });

test.each<[string, PodView, NeuroJobRestartPolicy, object]>([
  ['no node yet', aPod({ nodeName: undefined }), 'Never', { kind: 'waiting', reason: 'Scheduling' }],
  [
    'behind a gate',
    aPod({ nodeName: undefined, isGated: true }),
    'Never',
    { kind: 'waiting', reason: 'SchedulingGated' },
  ],
  ['on its node', aPod(), 'Never', { kind: 'waiting', reason: 'ContainerCreating' }],
  ['waits', waitingPod('PodInitializing'), 'Never', { kind: 'waiting', reason: 'PodInitializing' }],
  ['runs', runningPod(), 'Never', { kind: 'running', startedAt: noon }],
  ['ended well', endedPod(0), 'Never', { kind: 'ended', phase: 'Succeeded', reason: 'Completed', exitCode: 0 }],
  ['ended badly', endedPod(2), 'Never', { kind: 'ended', phase: 'Failed', reason: 'Error', exitCode: 2 }],
  [
    'ended, and another container keeps the Pod alive',
    aPod({ phase: 'Running', container: aContainer(terminated(0)) }),
    'Never',
    { kind: 'ended', phase: 'Succeeded' },
  ],
  [
    'ended badly, to be started again',
    aPod({ phase: 'Running', container: aContainer(terminated(5)) }),
    'OnFailure',
    { kind: 'restarting', exitCode: 5 },
  ],
  [
    'ended well, and is not to be started again',
    aPod({ phase: 'Running', container: aContainer(terminated(0)) }),
    'OnFailure',
    { kind: 'ended', phase: 'Succeeded' },
  ],
  [
    'ended well, to be started again always',
    aPod({ phase: 'Running', container: aContainer(terminated(0)) }),
    'Always',
    { kind: 'restarting', exitCode: 0 },
  ],
  [
    'pauses before it is started again',
    aPod({
      phase: 'Running',
      container: aContainer({ waiting: { reason: 'CrashLoopBackOff' } }, { restartCount: 3, lastState: terminated(1) }),
    }),
    'Always',
    { kind: 'restarting', exitCode: 1, startedAt: noon },
  ],
  [
    'cannot be started again',
    aPod({
      phase: 'Running',
      container: aContainer(
        { waiting: { reason: 'CreateContainerConfigError', message: 'no secret' } },
        { restartCount: 3 },
      ),
    }),
    'Always',
    { kind: 'restarting', blockedBy: 'CreateContainerConfigError', message: 'no secret' },
  ],
  [
    'evicted',
    aPod({ phase: 'Failed', reason: 'Evicted', message: 'disk' }),
    'Never',
    { kind: 'lost', reason: 'Evicted' },
  ],
  [
    'rejected by its node',
    aPod({ phase: 'Failed', reason: 'OutOfcpu', message: 'Pod was rejected: Node did not have enough resource: cpu' }),
    'Never',
    {
      kind: 'lost',
      reason: 'Rejected',
      message: 'the node rejected the Pod (OutOfcpu): Node did not have enough resource: cpu',
    },
  ],
  [
    'rejected by a node with too little memory',
    aPod({
      phase: 'Failed',
      reason: 'Evicted',
      message: 'Pod was rejected: The node had condition: [MemoryPressure]. ',
    }),
    'Never',
    { kind: 'lost', reason: 'Rejected' },
  ],
  [
    'rejected by an older kubelet',
    aPod({ phase: 'Failed', reason: 'OutOfexample.com/device', message: 'Pod Node did not have enough resource' }),
    'Never',
    { kind: 'lost', reason: 'Rejected' },
  ],
  [
    'preempted by its kubelet',
    { ...endedPod(0), phase: 'Failed', reason: 'Preempting', message: 'Preempted in order to admit critical pod' },
    'Never',
    { kind: 'lost', reason: 'Preempted', message: 'the Pod was taken away: Preempted in order to admit critical pod' },
  ],
  [
    'ended by the shutdown of its node, with its exit code',
    { ...endedPod(143), reason: 'Terminated', message: 'Pod was terminated in response to imminent node shutdown.' },
    'Never',
    { kind: 'lost', reason: 'PodLost', exitCode: 143 },
  ],
  [
    'ended well with its node, and is to be started again always',
    endedPod(0),
    'Always',
    { kind: 'lost', reason: 'PodLost', message: 'the Pod was taken away, as when its node shuts down' },
  ],
  [
    'drained from its node, and is to be started again always',
    { ...endedPod(0), metadata: leaving, conditions: drained },
    'Always',
    { kind: 'lost', reason: 'Evicted', message: 'the Pod was taken away: Eviction API: evicting' },
  ],
  [
    'deleted, and ended well in its grace period',
    { ...endedPod(0), metadata: leaving },
    'Never',
    { kind: 'ended', phase: 'Succeeded', exitCode: 0 },
  ],
  [
    'deleted, and ended well while another container of its Pod failed',
    { ...endedPod(0), metadata: leaving, phase: 'Failed', conditions: drained },
    'Never',
    { kind: 'ended', phase: 'Succeeded', exitCode: 0 },
  ],
  [
    'deleted, and ended badly in its grace period',
    { ...endedPod(143), metadata: leaving },
    'Never',
    {
      kind: 'lost',
      reason: 'NotFound',
      exitCode: 143,
      message: 'the Pod was deleted while its container ran; the container ended with exit code 143',
    },
  ],
  [
    'deleted, and ended badly while another container of its Pod runs',
    { ...endedPod(143), metadata: leaving, phase: 'Running' },
    'Never',
    { kind: 'lost', reason: 'NotFound', exitCode: 143 },
  ],
  [
    'drained from its node, and ended badly',
    { ...endedPod(143), metadata: leaving, conditions: drained },
    'Never',
    { kind: 'lost', reason: 'Evicted', exitCode: 143 },
  ],
  [
    'stopped by Kueue, for another one',
    {
      ...endedPod(143),
      metadata: leaving,
      conditions: [{ type: 'TerminationTarget', status: 'True', reason: 'WorkloadEvicted', message: 'Preempted to m' }],
    },
    'Never',
    {
      kind: 'lost',
      reason: 'Evicted',
      message: 'the Pod was taken away: Preempted to m; the container ended with exit code 143',
    },
  ],
  [
    'out of memory while its Pod is deleted',
    { ...endedPod(137, { reason: 'OOMKilled' }), metadata: leaving },
    'Never',
    { kind: 'ended', reason: 'OOMKilled' },
  ],
  [
    'deleted, with an end that its node does not know',
    { ...endedPod(137, { reason: 'ContainerStatusUnknown' }), metadata: leaving },
    'Never',
    { kind: 'lost', reason: 'NotFound', message: 'the Pod was deleted; how its container ended is unknown' },
  ],
  ['gone with its node', aPod({ phase: 'Failed', reason: 'NodeLost' }), 'Never', { kind: 'lost', reason: 'PodLost' }],
  ['failed without a word', aPod({ phase: 'Failed' }), 'Never', { kind: 'lost', reason: 'PodLost' }],
])('a container that %s', (_, pod, restartPolicy, expected) => {
  expect(containerStateOf(deepFreeze(pod), restartPolicy, true)).toMatchObject(expected);
});

describe('what the status shows', () => {
  test.each<[string, string, string | undefined]>([
    ['of the image', 'ErrImagePull', 'said'],
    ['of the configuration', 'CreateContainerConfigError', 'said'],
    // The runtime quotes the command, in which a variable's value may stand.
    ['of the container runtime', 'CreateContainerError', undefined],
    ['of the start', 'RunContainerError', undefined],
  ])('a message %s', (_, reason, expected) => {
    const state = containerStateOf(waitingPod(reason, 'said'), 'Never', false);
    expect(state.kind === 'waiting' ? state.message : 'not waiting').toBe(expected);
  });

  test('a container that was never started has no start, though the runtime names the start of time', () => {
    const pod = endedPod(128, { reason: 'StartError', startedAt: '1970-01-01T00:00:00Z' });
    const state = containerStateOf(pod, 'Never', false);
    expect(state).toMatchObject({
      kind: 'ended',
      reason: 'ContainerCannotRun',
      message: expect.stringContaining('did not start'),
    });
    expect(state.kind === 'ended' ? state.startedAt : noon).toBeUndefined();
  });
});

describe('a container that cannot be started', () => {
  const terminated = { exitCode: 128, reason: 'StartError', startedAt: '1970-01-01T00:00:00Z', finishedAt: noon };
  const tries: readonly [string, PodView][] = [
    ['has just failed to start', aPod({ phase: 'Running', container: aContainer({ terminated }) })],
    ...['CrashLoopBackOff', 'RunContainerError'].map((reason): [string, PodView] => [
      `waits with ${reason}`,
      aPod({
        phase: 'Running',
        container: aContainer({ waiting: { reason } }, { restartCount: 1, lastState: { terminated } }),
      }),
    ]),
  ];
  test.each(tries)('and %s has not run, so that the time to start limits it', (_, pod) => {
    expect(containerStateOf(pod, 'OnFailure', false)).toMatchObject({
      kind: 'waiting',
      reason: 'ContainerCannotRun',
      message: expect.stringContaining('did not start (exit code 128)'),
    });
  });

  test.each(tries)('and %s after it ran is blocked', (_, pod) => {
    expect(containerStateOf(pod, 'Always', true)).toMatchObject({
      kind: 'restarting',
      blockedBy: 'ContainerCannotRun',
      exitCode: 128,
    });
  });
});
