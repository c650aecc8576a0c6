/**
 * What is refused before anything looks at the session: requests to the page of a job that do not come from that very page. Pure.
 *
 * The pages of two jobs, and of the console, may be one site for cookies (siblings of a domain), so SameSite does not keep them apart; this does.
 */
import { ConsoleError } from '../errors.ts';
import type { RequestFacts } from '../origin.ts';

/** The path on which the console hands the session over to the page. */
export const openPath = '/.neuro/open';

/** Rules in order, the first that holds decides. Undefined lets it pass. */
export function refusedOnJob(request: RequestFacts, origin: string): ConsoleError | undefined {
  // Absolute form, `//host/…` and back slashes are read differently by different programs.
  if (!/^\/(?![/\\])[\x21-\x5b\x5d-\x7e]*$/.test(request.target))
    return new ConsoleError('MalformedRequest', 'The address of the request has to be a plain path.');
  // A tunnel is no request to the page; an echo of it would show the cookie to scripts.
  if (['CONNECT', 'TRACE', 'TRACK'].includes(request.method.toUpperCase()))
    return new ConsoleError('MalformedRequest', 'This method is not forwarded.');
  if (request.isUpgrade) return request.origin?.toLowerCase() === origin ? undefined : foreign();
  // The ticket in the body says enough: it is good once, and only the console's page has it.
  if (request.method === 'POST' && request.target === openPath) return undefined;
  if (request.secFetchSite !== undefined && !['same-origin', 'none'].includes(request.secFetchSite)) return foreign();
  if (request.origin !== undefined && request.origin.toLowerCase() !== origin) return foreign();
  return undefined;
}

function foreign(): ConsoleError {
  return new ConsoleError(
    'ForeignOrigin',
    'The request comes from another page, which may not use this job for you. Open the job from the console.',
  );
}
