/** The jobs that are open now, by session: which Pod and port each is, and the connections to it. Nobody's requests are closed for another page. */
import type { Duplex } from 'node:stream';
import { GROUP, KINDS, VERSION, type NeuroJob } from '../../../api/index.ts';
import { defined } from '../../../defined.ts';
import { isKernelError, type Clock, type ResourceType } from '../../../kernel/index.ts';
import { EntriesByUser } from '../entries-by-user.ts';
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
/** Agents of one user, more than a person has pages of jobs open. Those in use stay: their connections are among the streams of their user. */
export const maxAgentsOfUser = 30;
/** Agents of all users, limited for memory. Most of the time an agent has no connections. */
export const maxAgents = 2_000;

interface OpenedJobsOptions {
  readonly keeper: StreamKeeper;
  /** Limits requests to the API server. */
  readonly gate: RequestGate;
  readonly clock: Clock;
}

interface OpenedJob {
  readonly agent: PodAgent;
  /** The session of the newest request: its token is the newest. */
  session: UserSession;
  /** Which Pod it is, as far as that is known. */
  known?: Known | undefined;
}

interface Known {
  readonly until: number;
  readonly pod: Promise<PodPort>;
}

export class OpenedJobs {
  readonly #options: OpenedJobsOptions;
  /** The key is the session and the label. */
  readonly #jobs = new EntriesByUser<OpenedJob>({
    maxOfUser: maxAgentsOfUser,
    max: maxAgents,
    mayGo: ({ agent }) => !agent.isInUse,
    gone: ({ agent }) => agent.destroy(),
  });

  constructor(options: OpenedJobsOptions) {
    this.#options = options;
  }

  /** The caller's next request is to use it at once: unused, it may be closed for another one. */
  agentOf(session: UserSession, place: JobPlace): PodAgent {
    return this.#jobOf(session, place).agent;
  }

  /** See `connectToPod`. */
  connect(session: UserSession, place: JobPlace): Duplex {
    return this.#connect(this.#jobOf(session, place), place);
  }

  #jobOf(session: UserSession, place: JobPlace): OpenedJob {
    const key = `${session.sessionId} ${labelOf(place)}`;
    const job: OpenedJob = this.#jobs.get(key) ?? {
      agent: new PodAgent(() => this.#connect(job, place), this.#options.clock),
      session,
    };
    job.session = session;
    this.#jobs.set(session.user, key, job);
    return job;
  }

  #connect(job: OpenedJob, place: JobPlace): Duplex {
    const { keeper, gate, clock } = this.#options;
    const { session } = job;
    return connectToPod(this.#podOf(job, place), { session, keeper, gate, clock });
  }

  #podOf(job: OpenedJob, place: JobPlace): Promise<PodPort> {
    const { gate, clock } = this.#options;
    const { session } = job;
    const now = clock.steadyNow();
    if (job.known !== undefined && job.known.until > now) return job.known.pod;
    const pod = gate.run(session.user, new AbortController().signal, () => podOf(session, place));
    job.known = { until: now + podKnownMs, pod };
    pod.catch(() => (job.known = undefined));
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
