/** The faults, each as one run: it lets the fault happen while a workload is created, and returns when the fault is over. */
import { setTimeout as pause } from 'node:timers/promises';
import type { Fate } from './fault-proxy.ts';
import type { FaultRun } from './fault-run.ts';
import type { Size } from './workload.ts';

export interface Fault {
  readonly name: string;
  /** What it is, for the table. */
  readonly what: string;
  readonly repetitions: number;
  readonly size: Size;
  run(run: FaultRun, repetition: number): Promise<void>;
}

const small: Size = { secrets: 1, grants: 1, jobs: 1 };
const some: Size = { secrets: 20, grants: 10, jobs: 20 };
const stormMs = 10_000;
/** Longer than the lease of 15 s. */
const pauseMs = 30_000;
const frozenMs = 20_000;

/** Writes of the small workload: Secrets, Roles, bindings, the job's Pod, and the statuses. Where there are fewer, the last runs kill at rest. */
const writePoints = 12;

export function faultsOf(objects: number): readonly Fault[] {
  return [
    {
      name: 'kill-before-write',
      what: 'kill -9 before write 1, 2, …',
      repetitions: writePoints,
      size: small,
      run: (run, repetition) => killAtWrite(run, repetition, 'before'),
    },
    {
      name: 'kill-after-write',
      what: 'kill -9 after write 1, 2, …, its answer lost',
      repetitions: writePoints,
      size: small,
      run: (run, repetition) => killAtWrite(run, repetition, 'after'),
    },
    { name: 'stolen-lease', what: 'paused for 30 s while another leads', repetitions: 1, size: some, run: stolenLease },
    { name: 'api-server', what: 'API server killed and started', repetitions: 3, size: some, run: apiServerRestart },
    {
      name: 'storm-429',
      what: 'half of all requests get 429 for 10 s',
      repetitions: 1,
      size: some,
      run: (run) => storm(run, () => (run.random() < 0.5 ? { status: 429, retryAfterSeconds: 1 } : 'pass')),
    },
    {
      name: 'storm-409',
      what: 'a third of all writes get 409 for 10 s',
      repetitions: 1,
      size: some,
      run: (run) => storm(run, (isWrite) => (isWrite && run.random() < 0.33 ? { status: 409 } : 'pass')),
    },
    {
      name: 'lost-answers',
      what: 'a third of all answers to writes are lost for 10 s',
      repetitions: 1,
      size: some,
      run: (run) => storm(run, (isWrite) => (isWrite && run.random() < 0.33 ? 'lose-answer' : 'pass')),
    },
    { name: 'compaction', what: 'etcd compacted', repetitions: 3, size: some, run: compaction },
    { name: 'key-corrupted', what: 'sealing key Secrets corrupted', repetitions: 1, size: some, run: keysCorrupted },
    { name: 'crd', what: 'the CRD of jobs removed and put back', repetitions: 1, size: some, run: crdRemoved },
    {
      name: 'change',
      what: `${String(objects)} objects changed at once`,
      repetitions: 1,
      size: { secrets: Math.ceil(objects / 3), grants: 0, jobs: 0 },
      run: changedAtOnce,
    },
    { name: 'frozen', what: 'no byte passes for 20 s', repetitions: 1, size: some, run: frozen },
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

async function compaction(run: FaultRun): Promise<void> {
  await run.workload.create(run.sealingKey);
  await run.cluster.compactEtcd();
  await run.cluster.restartApiServer();
}

/** Values that were opened stay; what is sealed with the key that is published afterwards opens. */
async function keysCorrupted(run: FaultRun): Promise<void> {
  await run.workload.create(run.sealingKey);
  await run.untilSettled();
  for (const { name, data } of await run.sealingKeySecrets()) await run.corruptKeySecret(name, Object.keys(data));
  await run.freshSecretOpens();
}

async function crdRemoved(run: FaultRun): Promise<void> {
  await run.workload.create(run.sealingKey);
  await run.untilSettled();
  await run.removeAndPutBack('neurojobs');
  await run.workload.createJobs();
}

async function changedAtOnce(run: FaultRun): Promise<void> {
  await run.workload.create(run.sealingKey);
  await run.untilSettled();
  await run.workload.change();
}
