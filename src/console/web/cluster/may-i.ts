/** Asks the API server whether the user may do something. */
import type { Question } from '../../../client/index.ts';
import type { Connection } from './connection.ts';

export async function mayI(connection: Connection, resourceAttributes: Question): Promise<boolean> {
  const review = await connection.post<{ readonly status?: { readonly allowed?: boolean } }>(
    '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews',
    { apiVersion: 'authorization.k8s.io/v1', kind: 'SelfSubjectAccessReview', spec: { resourceAttributes } },
  );
  return review.status?.allowed === true;
}
