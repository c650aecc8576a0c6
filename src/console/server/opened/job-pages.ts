/** The pages of jobs, as the console's listener sees them: what is for one of them by its `Host` goes there, and nowhere else. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import type { Clock, Logger } from '../../../kernel/index.ts';
import type { OpenAnswer, OpenRequest } from '../../contract.ts';
import type { OpenConnections } from '../open-connections.ts';
import type { Limits } from '../limits.ts';
import { RequestGate } from '../proxy/request-gate.ts';
import type { Authenticator, UserSession } from '../sessions/authenticator.ts';
import type { CookieStyle } from '../sessions/session-cookie.ts';
import type { SessionKeys } from '../sessions/session-keys.ts';
import type { ClaimTicket } from '../sessions/ticket-claims.ts';
import type { StreamKeeper } from '../streams/stream-keeper.ts';
import { labelIn, labelOf, originOf, type JobDomain } from './job-origin.ts';
import { openPath } from './job-request.ts';
import { JobTickets } from './job-tickets.ts';
import { jobToOpen, OpenedJobs } from './opened-jobs.ts';
import { serveJob, upgradeToJob } from './serve-job.ts';

export interface JobPagesOptions {
  readonly authenticator: Authenticator;
  readonly limits: Limits;
  readonly keys: SessionKeys;
  readonly style: CookieStyle;
  /** Set where there are several replicas. */
  readonly claimTicket?: ClaimTicket | undefined;
  readonly clock: Clock;
  readonly log: Logger;
  readonly domain: JobDomain;
  readonly consoleUrl: string;
  readonly keeper: StreamKeeper;
  /** Limits requests to the API server. */
  readonly gate: RequestGate;
  readonly connections: OpenConnections;
}

export interface JobPages {
  isForJob(request: IncomingMessage): boolean;
  /** False: the request is not for a job. */
  serve(request: IncomingMessage, response: ServerResponse): boolean;
  upgrade(request: IncomingMessage, connection: Duplex, head: Buffer): boolean;
  /** Rejects where the user cannot read the job, or it has no page. */
  open(session: UserSession, wanted: OpenRequest, signal: AbortSignal): Promise<OpenAnswer>;
  close(): void;
}

export function jobPages(options: JobPagesOptions): JobPages {
  const { domain, authenticator, keys, style, clock, claimTicket: claim } = options;
  // The port in its name: two consoles on one machine may have the same job open.
  const cookieName = `neuro-opened${style.isSecure ? '' : `-${domain.port}`}`;
  const tickets = new JobTickets({ keys, style, cookieName, clock, claim });
  const jobs = new OpenedJobs(options);
  // The limit is for each user. A job decides how long a response takes, so with a limit for all users together some could block the others. The limits of
  // connections and streams bound the total.
  const gate = new RequestGate({ ...options.limits, requests: Infinity }, clock);
  const served = { ...options, tickets, jobs, gate };
  return {
    isForJob: ({ headers }) => labelIn(headers.host, domain) !== undefined,
    serve: (request, response) => {
      const label = labelIn(request.headers.host, domain);
      if (label !== undefined) void serveJob(request, response, label, served);
      return label !== undefined;
    },
    upgrade: (request, connection, head) => {
      const label = labelIn(request.headers.host, domain);
      if (label !== undefined) void upgradeToJob(request, connection, head, label, served);
      return label !== undefined;
    },
    open: async (session, wanted, signal) => {
      const { uid } = await jobToOpen(session, wanted, signal);
      const place = { ...wanted, uid };
      const ticket = await tickets.issue({ place, carried: authenticator.carry(session) }, session.user);
      return { address: `${originOf(labelOf(place), domain)}${openPath}`, ticket };
    },
    close: () => jobs.close(),
  };
}
