/** Whether the API server lets the caller do something: its own answer, not a guess. */
import type { Connection } from './connection.ts';
import { selfSubjectAccessReviews } from './kinds.ts';

export interface Deed {
  readonly group: string;
  readonly resource: string;
  readonly subresource?: string;
  readonly verb: string;
  readonly namespace?: string;
  readonly name?: string;
}

export async function allowed({ client }: Connection, deed: Deed): Promise<boolean> {
  const { group, resource, subresource, verb, namespace, name } = deed;
  const resourceAttributes = { group, resource, subresource, verb, namespace, name };
  const review = (await client.create(selfSubjectAccessReviews, {
    metadata: {},
    spec: { resourceAttributes },
  } as never)) as { readonly status?: { readonly allowed?: boolean } };
  return review.status?.allowed === true;
}
