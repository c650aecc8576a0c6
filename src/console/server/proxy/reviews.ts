/** Two questions to the API server, asked with a user's own credentials: who am I, and may I. */
import type { AccessAttributes } from './forwarded-target.ts';
import { ConsoleError, sessionExpired } from '../errors.ts';
import { unreachable, type Upstream } from './upstream.ts';

/** An API server, and what a request there needs to be its user's. */
export interface Reach {
  readonly upstream: Upstream;
  readonly headers: Readonly<Record<string, string>>;
}

export interface UserInfo {
  readonly name: string;
  readonly groups: readonly string[];
}

/**
 * The user as the API server knows them; undefined where it knows nobody. `system:anonymous` is nobody, also where the API server
 * lets it in: a blank or odd token must not look like a login.
 */
export async function whoAmI(reach: Reach, signal?: AbortSignal): Promise<UserInfo | undefined> {
  const review = await post(reach, '/apis/authentication.k8s.io/v1/selfsubjectreviews', selfSubjectReview, signal);
  if (review === undefined) return undefined;
  const { username, groups = [] } =
    (review as { status?: { userInfo?: { username?: string; groups?: string[] } } }).status?.userInfo ?? {};
  const isNobody =
    username === undefined ||
    username === '' ||
    username === 'system:anonymous' ||
    groups.includes('system:unauthenticated') ||
    !groups.includes('system:authenticated');
  return isNobody ? undefined : { name: username, groups };
}

/** Rejects with `SessionExpired` where the credentials are not taken any more. */
export async function mayI(reach: Reach, attributes: AccessAttributes, signal?: AbortSignal): Promise<boolean> {
  const body = {
    apiVersion: 'authorization.k8s.io/v1',
    kind: 'SelfSubjectAccessReview',
    spec: { resourceAttributes: attributes },
  };
  const review = await post(reach, '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews', body, signal);
  if (review === undefined) throw sessionExpired();
  return (review as { status?: { allowed?: boolean } }).status?.allowed === true;
}

const selfSubjectReview = { apiVersion: 'authentication.k8s.io/v1', kind: 'SelfSubjectReview' };

/** Undefined for 401. */
async function post({ upstream, headers }: Reach, path: string, body: unknown, signal?: AbortSignal): Promise<unknown> {
  const response = await upstream.request({
    method: 'POST',
    path,
    headers: { ...headers, accept: 'application/json', 'content-type': 'application/json' },
    body: JSON.stringify(body),
    ...(signal === undefined ? {} : { signal }),
  });
  try {
    const answer = await response.body.text();
    if (response.statusCode === 401) return undefined;
    // Who is nobody may not even ask; a real user may by default.
    if (response.statusCode === 403) return {};
    if (response.statusCode >= 300) throw new ConsoleError('ApiServerUnreachable', notNow(response.statusCode));
    return JSON.parse(answer) as unknown;
  } catch (error) {
    if (error instanceof ConsoleError) throw error;
    throw unreachable(error);
  }
}

function notNow(status: number): string {
  return `The API server could not say who you are or what you may do (status ${String(status)}): try again in a moment.`;
}
