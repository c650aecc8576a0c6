/** Whether the API server lets the caller do something: its own answer, not a guess. */
import { selfSubjectAccessReviews, type ResourceAttributes } from '../../kernel/index.ts';
import type { Connection } from './connection.ts';

export async function allowed({ client }: Connection, resourceAttributes: ResourceAttributes): Promise<boolean> {
  const { allowed: isAllowed } = await client.review(selfSubjectAccessReviews, { resourceAttributes });
  return isAllowed;
}
