/** One run of a fault: an operator behind a proxy, a workload in a namespace of its own, and hands to do harm with. */
import { writeFile } from 'node:fs/promises';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { PublishedKey } from '../../../src/sealing/index.ts';
import type { DevCluster } from '../../../tools/devcluster/index.ts';
import { untilServed, type TestCluster } from '../../support/cluster.ts';
import { operatorNamespace } from '../../support/operator.ts';
import type { BareClient } from '../operator/bare-client.ts';
import { publishedKey } from '../operator/bench.ts';
import { startOperator, type RunningOperator } from '../operator/operator-process.ts';
import type { FaultProxy } from './fault-proxy.ts';
import { Workload, type Outcome, type Size } from './workload.ts';

interface FaultRunOptions {
  readonly test: TestCluster;
  readonly client: BareClient;
  /** Of the benchmark itself. */
  readonly kubeconfig: string;
  /** Of the operator: through the proxy, and past it for another replica. */
  readonly throughProxy: string;
  readonly direct: string;
  readonly proxy: FaultProxy;
  readonly random: () => number;
  /** What the operator's clock shows more than the machine's; `setClock` writes it. */
  readonly clockFile: string;
  readonly namespace: string;
  readonly size: Size;
  readonly imports?: readonly string[] | undefined;
}

const lookMs = 200;
/** Longer than the longest silence of a watch that the operator bears (100 s), after which it opens another. */
const settleTimeoutMs = 150_000;
/** For one secret after the keys were lost. */
const attemptMs = 10_000;

export class FaultRun {
  readonly workload: Workload;
  readonly proxy: FaultProxy;
  readonly random: () => number;
  readonly cluster: DevCluster;
  readonly client: BareClient;
  readonly #options: FaultRunOptions;
  #operator: RunningOperator | undefined;
  #key: PublishedKey | undefined;

  constructor(options: FaultRunOptions) {
    const { client, namespace, size, proxy, random, test } = options;
    this.#options = options;
    this.workload = new Workload(client, namespace, size);
    this.proxy = proxy;
    this.random = random;
    this.cluster = test.cluster;
    this.client = client;
  }

  /** The key that values are sealed for; there is one from the start on. */
  get sealingKey(): PublishedKey {
    if (this.#key === undefined) throw new Error('no operator was started');
    return this.#key;
  }

  async start(): Promise<void> {
    await this.setClock(0);
    await this.startOperator();
    await this.workload.watch(this.#options.kubeconfig);
  }

  async startOperator(): Promise<void> {
    const { throughProxy: kubeconfig, clockFile, imports = [] } = this.#options;
    const environment = { NEURO_FAULTS_CLOCK: clockFile };
    const nodeOptions = ['shifted-time.ts', ...imports].flatMap((name) => ['--import', pathOf(name)]);
    this.#operator = await startOperator({ kubeconfig, nodeOptions, environment });
    this.#key = await publishedKey(this.#options.client);
  }

  /** A second replica, which takes the lease when it has run out. */
  startOther(): Promise<RunningOperator> {
    return startOperator({ kubeconfig: this.#options.direct, nodeOptions: [] });
  }

  /** Sets the operator's wall clock to that much before or after the machine's. */
  setClock(offsetMs: number): Promise<void> {
    return writeFile(this.#options.clockFile, String(offsetMs));
  }

  signal(signal: NodeJS.Signals): void {
    if (this.#operator !== undefined) process.kill(this.#operator.pid, signal);
  }

  /** Without a chance to clean up. The lease is deleted, so that the next one need not wait for its end. */
  async kill9(): Promise<void> {
    const operator = this.#operator;
    this.#operator = undefined;
    if (operator === undefined) return;
    process.kill(operator.pid, 'SIGKILL');
    await ended(operator);
    const lease = ['delete', 'lease', 'neuro-operator', '-n', operatorNamespace, '--ignore-not-found'];
    await this.#options.test.kubectl('admin', lease);
  }

  /** Resolves when nothing is lost any more, or when nothing has become better for so long that there is no hope: `outcome` says what is. */
  async untilSettled(): Promise<Outcome> {
    let least = Infinity;
    let sinceMs = performance.now();
    for (;;) {
      const outcome = await seen(this.workload);
      const nowMs = performance.now();
      if (openIn(outcome) < least) [least, sinceMs] = [openIn(outcome), nowMs];
      if (isSettled(outcome) || nowMs - sinceMs > settleTimeoutMs) return outcome;
      await pause(lookMs);
    }
  }

  /** Until a secret that is sealed with the key published at the time gets its value. It can take a few: a key goes before the next comes. */
  async freshSecretOpens(): Promise<void> {
    const { client, kubeconfig, namespace } = this.#options;
    const startMs = performance.now();
    for (let attempt = 1; performance.now() - startMs < settleTimeoutMs; attempt += 1) {
      const fresh = new Workload(client, `${namespace}-${String(attempt)}`, { secrets: 1, grants: 0, jobs: 0 });
      await fresh.watch(kubeconfig);
      try {
        await fresh.create(await publishedKey(client));
        if (await isSettledWithin(fresh, attemptMs)) return;
      } finally {
        await fresh.close();
      }
    }
    throw new Error('no secret sealed with the published key was opened');
  }

  async removeAndPutBack(plural: string): Promise<void> {
    const { test } = this.#options;
    const name = `${plural}.neu.ro`;
    const kept = await test.kubectl('admin', ['get', 'crd', name, '-o', 'json']);
    const { apiVersion, kind, metadata, spec } = JSON.parse(kept.stdout) as {
      readonly apiVersion: string;
      readonly kind: string;
      readonly metadata: { readonly labels?: object; readonly annotations?: object };
      readonly spec: unknown;
    };
    await test.kubectl('admin', ['delete', 'crd', name, '--wait=true', '--timeout=60s']);
    const { labels = {}, annotations = {} } = metadata;
    const crd = { apiVersion, kind, metadata: { name, labels, annotations }, spec };
    const created = await test.kubectl('admin', ['create', '-f', '-'], JSON.stringify(crd));
    if (created.code !== 0) throw new Error(created.stderr);
    await untilServed(test.cluster, [name]);
  }

  async stop(): Promise<void> {
    this.proxy.fate = () => 'pass';
    this.proxy.losesEvent = () => false;
    this.proxy.thaw();
    await this.kill9();
    await this.workload.close();
  }
}

function pathOf(name: string): string {
  return fileURLToPath(new URL(name, import.meta.url));
}

async function isSettledWithin(workload: Workload, limitMs: number): Promise<boolean> {
  const startMs = performance.now();
  while (performance.now() - startMs < limitMs) {
    if (isSettled(await seen(workload))) return true;
    await pause(lookMs);
  }
  return false;
}

function isSettled(outcome: Outcome): boolean {
  return openIn(outcome) === 0;
}

function openIn({ lost, kept }: Outcome): number {
  return lost.length + kept.length;
}

/** An API server that has just started refuses some lists for a moment: then nothing is known yet. */
function seen(workload: Workload): Promise<Outcome> {
  return workload.outcome().catch((error: unknown) => ({ lost: [`not seen: ${String(error)}`], kept: [], twice: [] }));
}

/** What it logged meanwhile is not of interest here: faults are errors. */
async function ended(operator: RunningOperator): Promise<void> {
  await operator.stop().catch(() => undefined);
}
