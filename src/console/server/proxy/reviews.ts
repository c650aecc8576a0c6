/** Two questions to the API server, asked with a user's own credentials: who am I, and may I. */
import {
  isKernelError,
  selfSubjectAccessReviews,
  selfSubjectReviews,
  type ResourceAttributes,
} from '../../../kernel/index.ts';
import { clientOf, requestFailed, type UserCredentials } from './user-client.ts';

export interface User {
  readonly name: string;
  readonly groups: readonly string[];
}

/**
 * The user as the API server knows them; undefined where it knows nobody. `system:anonymous` is nobody, also where the API server
 * lets it in: a blank or odd token must not look like a login.
 */
export async function whoAmI(credentials: UserCredentials, signal?: AbortSignal): Promise<User | undefined> {
  try {
    const { userInfo = {} } = await clientOf(credentials).review(selfSubjectReviews, undefined, { signal });
    const { username, groups = [] } = userInfo;
    const isNobody =
      username === undefined ||
      username === '' ||
      username === 'system:anonymous' ||
      groups.includes('system:unauthenticated') ||
      !groups.includes('system:authenticated');
    return isNobody ? undefined : { name: username, groups };
  } catch (error) {
    // Nobody may not even ask; a real user may by default.
    if (isKernelError(error, 'Unauthorized', 'Forbidden')) return undefined;
    throw requestFailed(error, 'say who you are');
  }
}

/** Rejects with `SessionExpired` where the credentials are not accepted any more. */
export async function mayI(
  credentials: UserCredentials,
  resourceAttributes: ResourceAttributes,
  signal?: AbortSignal,
): Promise<boolean> {
  try {
    const { allowed } = await clientOf(credentials).review(
      selfSubjectAccessReviews,
      { resourceAttributes },
      { signal },
    );
    return allowed;
  } catch (error) {
    if (isKernelError(error, 'Forbidden')) return false;
    throw requestFailed(error, 'say what you may do');
  }
}
