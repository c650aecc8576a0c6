/** The jobs that are open now, by session: which Pod and port each is, and the connections to it. */
import type { Duplex } from 'node:stream';
import { GROUP, KINDS, VERSION, type NeuroJob } from '../../../api/index.ts';
import { defined } from '../../../defined.ts';
import { isKernelError, type Clock, type ResourceType } from '../../../kernel/index.ts';
import { ConsoleError } from '../errors.ts';
import type { RequestGate } from '../proxy/request-gate.ts';
import { clientOf } from '../proxy/user-client.ts';
import type { UserSession } from '../sessions/authenticator.ts';
import { noAccess } from '../streams/access-watch.ts';
import type { StreamKeeper } from '../streams/stream-keeper.ts';
import { labelOf, type JobPlace } from './job-origin.ts';
import { PodAgent } from './pod-agent.ts';
import { connectToPod, type PodPort } from './pod-connection.ts';

const { kind, plural } = KINDS.NeuroJob;
const neuroJobs: ResourceType<NeuroJob> = { group: GROUP, version: VERSION, namespaced: true, plural, kind };
/** A job whose Pod was made again is found that much later. */
const podKnownMs = 5_000;
/** Agents of one user, more than a person has pages of jobs open; the one that was used longest ago is closed, with its connections. */
export const maxAgentsOfUser = 30;
/** Of all users: memory. Each is without connections most of the time. */
const maxAgents = 2_000;

interface OpenedJobsOptions {
  readonly keeper: StreamKeeper;
  /** Of requests to the API server. */
  readonly gate: RequestGate;
  readonly clock: Clock;
}

interface OpenedJob {
  readonly agent: PodAgent;
  /** The session of the newest request: its token is the newest. */
  session: UserSession;
}

interface Known {
  readonly until: number;
  readonly pod: Promise<PodPort>;
}

export class OpenedJobs {
  readonly #options: OpenedJobsOptions;
  /** By session and label, in the order of their last use. */
  readonly #jobs = new Map<string, OpenedJob>();
  readonly #pods = new Map<string, Known>();

  constructor(options: OpenedJobsOptions) {
    this.#options = options;
  }

  agentOf(session: UserSession, place: JobPlace): PodAgent {
    const key = `${session.sessionId} ${labelOf(place)}`;
    const known = this.#jobs.get(key);
    this.#jobs.delete(key);
    const job: OpenedJob = known ?? {
      agent: new PodAgent(() => this.connect(job.session, place), this.#options.clock),
      session,
    };
    job.session = session;
    this.#jobs.set(key, job);
    if (known === undefined) this.#closeOldest(session.user);
    return job.agent;
  }

  /** Where the user has too many, one of theirs. */
  #closeOldest(user: string): void {
    const ofUser = [...this.#jobs].filter(([, { session }]) => session.user === user);
    const [oldest] = ofUser.length > maxAgentsOfUser ? ofUser : this.#jobs.size > maxAgents ? this.#jobs : [];
    if (oldest === undefined) return;
    this.#jobs.delete(oldest[0]);
    oldest[1].agent.destroy();
  }

  async connect(session: UserSession, place: JobPlace): Promise<Duplex> {
    const { keeper, gate, clock } = this.#options;
    return connectToPod(await this.#podOf(session, place), { session, keeper, gate, clock });
  }

  async #podOf(session: UserSession, place: JobPlace): Promise<PodPort> {
    const key = `${session.sessionId} ${labelOf(place)}`;
    const now = this.#options.clock.steadyNow();
    const known = this.#pods.get(key);
    if (known !== undefined && known.until > now) return known.pod;
    for (const [other, { until }] of this.#pods) if (until <= now) this.#pods.delete(other);
    const pod = this.#options.gate.run(session.user, new AbortController().signal, () => podOf(session, place));
    this.#pods.set(key, { until: now + podKnownMs, pod });
    pod.catch(() => this.#pods.delete(key));
    return pod;
  }

  close(): void {
    for (const { agent } of this.#jobs.values()) agent.destroy();
  }
}

interface JobToOpen {
  readonly uid: string;
  readonly port: number;
  /** Absent: it does not run. */
  readonly pod?: string;
}

/** Reads the job with the user's own rights. Rejects with a `ConsoleError` where it cannot be opened. */
export async function jobToOpen(
  session: UserSession,
  { context, namespace, name }: Omit<JobPlace, 'uid'>,
  signal?: AbortSignal,
): Promise<JobToOpen> {
  const client = clientOf(await session.credentials(context));
  const job = await client.get(neuroJobs, { namespace, name }, { signal }).catch((error: unknown) => {
    if (isKernelError(error, 'Forbidden', 'Unauthorized')) throw noAccess();
    throw error;
  });
  if (job === undefined) throw gone();
  const { metadata, spec, status } = job;
  if (spec.http === undefined)
    throw new ConsoleError('JobNotReachable', 'The job has no page: it was started without an HTTP port.');
  const pod = status?.phase === 'Running' ? status.podName : undefined;
  return { uid: metadata.uid ?? '', port: spec.http.port, ...defined({ pod }) };
}

async function podOf(session: UserSession, place: JobPlace): Promise<PodPort> {
  const { uid, port, pod } = await jobToOpen(session, place);
  // Another job of the same name has an origin of its own.
  if (uid !== place.uid) throw gone();
  if (pod === undefined)
    throw new ConsoleError('JobNotReachable', 'The job is not running: it has not started yet, or it has ended.');
  const { context, namespace } = place;
  return { context, namespace, pod, port };
}

function gone(): ConsoleError {
  return new ConsoleError(
    'NotFound',
    'This job does not exist any more: it was deleted, or replaced by another one of its name.',
  );
}
