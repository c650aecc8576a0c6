/** Rights to single objects, for who has none to all of a namespace: RBAC rules with `resourceNames`. */
import { GROUP } from '../../../api/index.ts';
import type { Connection } from './connection.ts';

/** As the API server lists them. */
export interface ResourceRule {
  readonly verbs: readonly string[];
  readonly apiGroups?: readonly string[];
  readonly resources?: readonly string[];
  readonly resourceNames?: readonly string[];
}

/** One request for all objects. Not promised: rights that a webhook gives, which the API server cannot list. */
export async function rulesIn(connection: Connection, namespace: string): Promise<readonly ResourceRule[]> {
  const review = await connection.post<{ readonly status?: { readonly resourceRules?: readonly ResourceRule[] } }>(
    '/apis/authorization.k8s.io/v1/selfsubjectrulesreviews',
    { apiVersion: 'authorization.k8s.io/v1', kind: 'SelfSubjectRulesReview', spec: { namespace } },
  );
  return review.status?.resourceRules ?? [];
}

export function isAllowedByName(
  rules: readonly ResourceRule[],
  { verb, resource, name }: Readonly<Record<'verb' | 'resource' | 'name', string>>,
): boolean {
  const has = (listed: readonly string[] = [], one: string): boolean => listed.includes('*') || listed.includes(one);
  return rules.some(
    ({ verbs, apiGroups, resources, resourceNames = [] }) =>
      has(verbs, verb) && has(apiGroups, GROUP) && has(resources, resource) && resourceNames.includes(name),
  );
}
