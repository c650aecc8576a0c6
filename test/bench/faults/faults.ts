/** The faults, each as one run: it lets the fault happen while a workload is created, and returns when the fault is over. */
import { setTimeout as pause } from 'node:timers/promises';
import { SEALING_KEY_ACTIVE } from '../../../src/api/index.ts';
import { fillEtcd, makeRoom } from './etcd-space.ts';
import type { Fate } from './fault-proxy.ts';
import type { FaultRun } from './fault-run.ts';
import { corruptKeySecret, deleteKeySecret, listKeySecrets, relabelKeySecret, type KeySecret } from './sealing-keys.ts';
import type { Size } from './workload.ts';

export interface Fault {
  readonly name: string;
  /** What it is, for the table. */
  readonly what: string;
  readonly repetitions: number;
  readonly size: Size;
  /** Two run at the same time, on a cluster each: one that works, and one that mostly waits. */
  readonly lane: Lane;
  /** More modules that the operator loads before itself, by their names in this folder. */
  readonly imports?: readonly string[];
  /** All repetitions are done to one workload, which is made here. */
  prepare?(run: FaultRun): Promise<void>;
  run(run: FaultRun, repetition: number): Promise<void>;
}

export const lanes = ['working', 'waiting'] as const;
export type Lane = (typeof lanes)[number];

const small: Size = { secrets: 1, grants: 1, jobs: 1 };
const some: Size = { secrets: 20, grants: 10, jobs: 20 };
const stormMs = 10_000;
/** Longer than the lease of 15 s. */
const pauseMs = 30_000;
const frozenMs = 20_000;
/** Nothing can be written for so long. */
const fullMs = 5_000;
const hourMs = 3_600_000;
const times = 3;
/** A label that takes a sealing key out of use. */
const outOfUse = 'compromised';

/** Writes of the small workload: Secrets, Roles, bindings, the job's Pod, and the statuses. Where there are fewer, the last runs kill at rest. */
const writePoints = 14;

export function faultsOf(objects: number): readonly Fault[] {
  const working = { lane: 'working', size: some, repetitions: times } as const;
  const waiting = { lane: 'waiting', size: some, repetitions: times } as const;
  return [
    {
      ...working,
      name: 'kill-before-write',
      what: 'kill -9 before write 1, 2, …',
      repetitions: writePoints,
      size: small,
      run: (run, repetition) => killAtWrite(run, repetition, 'before'),
    },
    {
      ...working,
      name: 'kill-after-write',
      what: 'kill -9 after write 1, 2, …, its answer lost',
      repetitions: writePoints,
      size: small,
      run: (run, repetition) => killAtWrite(run, repetition, 'after'),
    },
    { ...waiting, name: 'stolen-lease', what: 'paused for 30 s while another leads', run: stolenLease },
    { ...working, name: 'api-server', what: 'API server killed and started', run: apiServerRestart },
    {
      ...waiting,
      name: 'storm-429',
      what: 'half of all requests get 429 for 10 s',
      run: (run) => storm(run, () => (run.random() < 0.5 ? { status: 429, retryAfterSeconds: 1 } : 'pass')),
    },
    {
      ...waiting,
      name: 'storm-409',
      what: 'a third of all writes get 409 for 10 s',
      run: (run) => storm(run, (isWrite) => (isWrite && run.random() < 0.33 ? { status: 409 } : 'pass')),
    },
    {
      ...waiting,
      name: 'lost-answers',
      what: 'a third of all answers to writes are lost for 10 s',
      run: (run) => storm(run, (isWrite) => (isWrite && run.random() < 0.33 ? 'lose-answer' : 'pass')),
    },
    {
      ...waiting,
      name: 'lost-events',
      what: 'a third of all events of watches are dropped for 10 s, and no watch breaks',
      repetitions: 2,
      imports: ['hastened-audits.ts'],
      run: lostEvents,
    },
    { ...waiting, name: 'frozen', what: 'no byte passes for 20 s', run: frozen },
    { ...working, name: 'compaction', what: 'etcd compacted, API server started again', run: compaction },
    { ...waiting, name: 'disk-full', what: 'etcd is full (alarm NOSPACE) until it is defragmented', run: diskFull },
    {
      ...waiting,
      name: 'clock-forward',
      what: "the operator's clock set an hour forward; grants for half an hour end",
      // Without jobs: by that clock, one whose Pod finds no node has waited too long, and ends as it should.
      size: { ...some, jobs: 0 },
      run: clockForward,
    },
    {
      ...waiting,
      name: 'clock-back',
      what: "the operator's clock set an hour back, and right again",
      run: clockBack,
    },
    { ...working, name: 'key-deleted', what: 'sealing key Secrets deleted', run: keysDeleted },
    { ...working, name: 'key-corrupted', what: 'sealing key Secrets corrupted', run: keysCorrupted },
    {
      ...working,
      name: 'key-relabelled',
      what: 'sealing key Secrets taken out of use, without a label, and back',
      run: keysRelabelled,
    },
    { ...working, name: 'crd', what: 'the CRD of jobs removed and put back', run: crdRemoved },
    {
      ...working,
      name: 'change',
      what: `${String(objects)} objects changed at once`,
      size: { secrets: 0, grants: 0, jobs: 0, plain: objects },
      prepare: async (run) => {
        await run.workload.create(run.sealingKey);
        await run.untilSettled();
      },
      run: (run) => run.workload.change(),
    },
  ];
}

async function killAtWrite(run: FaultRun, repetition: number, when: 'before' | 'after'): Promise<void> {
  const { proxy } = run;
  let writes = 0;
  let isDead = false;
  const killed = Promise.withResolvers<undefined>();
  const kill = (): void => {
    isDead = true;
    void run.kill9().then(() => killed.resolve(undefined));
  };
  proxy.fate = ({ isWrite }) => {
    // A process that is dead sends nothing, whatever its sockets still hold.
    if (isDead) return { status: 503 };
    if (!isWrite) return 'pass';
    writes += 1;
    if (writes !== repetition) return 'pass';
    if (when === 'after') return 'lose-answer';
    kill();
    return { status: 503 };
  };
  proxy.onDone = ({ isWrite }) => {
    if (when === 'after' && isWrite && writes === repetition && !isDead) kill();
  };
  await run.workload.create(run.sealingKey);
  // Where there are fewer writes than that, it is killed when all is done.
  await Promise.race([killed.promise, run.untilSettled().then(() => (isDead ? killed.promise : run.kill9()))]);
  proxy.fate = () => 'pass';
  proxy.onDone = () => undefined;
  await run.startOperator();
}

async function stolenLease(run: FaultRun): Promise<void> {
  run.signal('SIGSTOP');
  await run.workload.create(run.sealingKey);
  const other = await run.startOther();
  await pause(pauseMs);
  run.signal('SIGCONT');
  await run.workload.change();
  await run.untilSettled();
  await other.stop();
}

async function apiServerRestart(run: FaultRun): Promise<void> {
  await run.workload.create(run.sealingKey);
  await run.cluster.restartApiServer();
}

async function frozen(run: FaultRun): Promise<void> {
  run.proxy.freeze();
  await run.workload.create(run.sealingKey);
  await pause(frozenMs);
  run.proxy.thaw();
}

async function storm(run: FaultRun, fate: (isWrite: boolean) => Fate): Promise<void> {
  run.proxy.fate = ({ isWrite }) => fate(isWrite);
  await run.workload.create(run.sealingKey);
  await pause(stormMs);
  run.proxy.fate = () => 'pass';
}

/** Nothing shows it but the comparison of the stores with the API server, which repairs it in the time that `untilSettled` waits. */
async function lostEvents(run: FaultRun): Promise<void> {
  run.proxy.losesEvent = () => run.random() < 0.33;
  await run.workload.create(run.sealingKey);
  await run.workload.change();
  await pause(stormMs);
  run.proxy.losesEvent = () => false;
}

async function compaction(run: FaultRun): Promise<void> {
  await run.workload.create(run.sealingKey);
  await run.cluster.compactEtcd();
  await run.cluster.restartApiServer();
}

/** The operator sleeps while the workload comes and etcd fills, so that it finds no room for any of its writes. */
async function diskFull(run: FaultRun): Promise<void> {
  run.signal('SIGSTOP');
  await run.workload.create(run.sealingKey);
  await fillEtcd(run.cluster);
  run.signal('SIGCONT');
  await pause(fullMs);
  await makeRoom(run.cluster);
}

async function clockForward(run: FaultRun): Promise<void> {
  await run.workload.createEnding(Date.now() + hourMs / 2);
  await run.workload.create(run.sealingKey);
  await run.untilSettled();
  await run.setClock(hourMs);
  run.workload.expectEnded();
  await run.workload.change();
}

async function clockBack(run: FaultRun): Promise<void> {
  const creating = run.workload.create(run.sealingKey);
  await run.setClock(-hourMs);
  await creating;
  await run.workload.change();
  await pause(fullMs);
  await run.setClock(0);
}

/** Values that were opened stay; what is sealed with the key that is published afterwards opens. */
async function keysDeleted(run: FaultRun): Promise<void> {
  await damaged(run, async (keys) => {
    for (const key of keys) await deleteKeySecret(run.client, key);
  });
}

async function keysCorrupted(run: FaultRun): Promise<void> {
  await damaged(run, async (keys) => {
    for (const key of keys) await corruptKeySecret(run.client, key);
  });
}

async function keysRelabelled(run: FaultRun, repetition: number): Promise<void> {
  const label = repetition === 1 ? outOfUse : null;
  await damaged(run, async (keys) => {
    for (const key of keys) await relabelKeySecret(run.client, key, label);
    if (repetition < times) return;
    for (const key of keys) await relabelKeySecret(run.client, key, SEALING_KEY_ACTIVE);
  });
}

async function damaged(run: FaultRun, damage: (keys: readonly KeySecret[]) => Promise<void>): Promise<void> {
  await run.workload.create(run.sealingKey);
  await run.untilSettled();
  await damage(await listKeySecrets(run.client));
  await run.freshSecretOpens();
  // What is settled stays so without its key, also for a process that never had it.
  await run.kill9();
  await run.startOperator();
}

async function crdRemoved(run: FaultRun): Promise<void> {
  await run.workload.create(run.sealingKey);
  await run.untilSettled();
  await run.removeAndPutBack('neurojobs');
  await run.workload.createJobs();
}
