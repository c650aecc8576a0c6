/** Who takes part, and what is found out about each. */
import type { ResourceType } from '../../../src/kernel/index.ts';
import type { TestCluster } from '../../support/cluster.ts';
import type { BareClient } from '../operator/bare-client.ts';

export type Race = 'secrets' | 'jobs';

export interface Contestant {
  /** For the command line. */
  readonly id: string;
  readonly race: Race;
  readonly title: string;
  /** How it was started, for the page. */
  readonly flags: string;
  /** For the cluster that it runs on. */
  readonly controllerManagerFlags?: readonly string[];
  /** Objects of a burst, and one at a time. Slow ones get fewer, so that a run ends. */
  readonly burst: number;
  readonly single: number;
  /** Undefined: it cannot run on this machine; `onProgress` says why. */
  start(arena: Arena): Promise<Starter | undefined>;
}

/**
 * One at a time, of those that are not slow: the 99th percentile of 60 would be the slowest alone. Jobs are fewer, because after 5 s without a
 * node each begins to say that it waits, which is work beside those that follow.
 */
export const singles: Readonly<Record<Race, number>> = { secrets: 300, jobs: 60 };

/** A control plane with nothing on it but a client that may do everything. */
export interface Arena {
  readonly test: TestCluster;
  readonly client: BareClient;
  readonly kubeconfig: string;
  /** For files of the run. */
  readonly folder: string;
  readonly controllerManagerPid: number;
  makeNamespace(name: string): Promise<void>;
  onProgress(line: string): void;
}

/** A contestant that runs. */
export interface Starter {
  /** What a request for it makes in the end. */
  readonly product: ResourceType;
  /** The kind that is created, where its status is written too before the work is done. */
  readonly request?: ResourceType;
  /** The process that works; undefined where that is the benchmark itself. */
  readonly pid: number | undefined;
  /** Rejects when that process ends by itself; the race is over then. */
  readonly ended?: Promise<never>;
  /** What comes before `create`, such as sealing, which is not measured. */
  prepare(namespace: string, name: string): Promise<Task>;
  stop(): Promise<void>;
}

export interface Task {
  readonly key: string;
  create(): Promise<unknown>;
}

/** Of one run. Milliseconds, but for the rate. */
export interface Figures {
  readonly perSecond: number;
  readonly controllerCpuMs: number | undefined;
  readonly apiServerCpuMs: number;
  /** Writes for each object, the one that creates it left out. */
  readonly writes: number;
  readonly events: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly peakMiB: number | undefined;
}
