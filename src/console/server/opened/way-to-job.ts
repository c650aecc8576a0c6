/** The answer to a request for the page of a job: where the browser gets it. */
import type { OpenAnswer, OpenRequest } from '../../contract.ts';
import { ConsoleError } from '../errors.ts';
import { isObjectName } from '../proxy/forwarded-target.ts';
import type { UserSession } from '../sessions/authenticator.ts';
import type { JobPages } from './job-pages.ts';

export async function wayToJob(
  body: unknown,
  session: UserSession,
  pagesOfJobs: JobPages | undefined,
  signal: AbortSignal,
): Promise<OpenAnswer> {
  if (pagesOfJobs === undefined) {
    throw new ConsoleError(
      'JobsNotOpened',
      'The pages of jobs cannot be opened here: the administrator has to set console.jobDomain.',
    );
  }
  return pagesOfJobs.open(session, openRequestIn(body), signal);
}

function openRequestIn(body: unknown): OpenRequest {
  const wanted = jsonIn(body);
  const { context, namespace, name } = wanted;
  if (typeof context !== 'string' || !isObjectName(namespace) || !isObjectName(name))
    throw new ConsoleError('MalformedRequest', 'To open a job takes its context, namespace and name.');
  return { context, namespace, name };
}

function jsonIn(body: unknown): Readonly<Record<string, unknown>> {
  try {
    return (JSON.parse(Buffer.isBuffer(body) ? body.toString('utf8') : '') as Record<string, unknown> | null) ?? {};
  } catch {
    throw new ConsoleError('MalformedRequest', 'The body of the request has to be JSON.');
  }
}
