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

interface RulesStatus {
  readonly resourceRules?: readonly ResourceRule[];
  /** There may be other rights, such as those that a webhook gives, which the API server cannot list. */
  readonly incomplete?: boolean;
}

/** One request for all objects. */
export async function rulesIn(connection: Connection, namespace: string): Promise<RulesStatus> {
  const { status } = await connection.post<{ readonly status?: RulesStatus }>(
    '/apis/authorization.k8s.io/v1/selfsubjectrulesreviews',
    { apiVersion: 'authorization.k8s.io/v1', kind: 'SelfSubjectRulesReview', spec: { namespace } },
  );
  return status ?? { incomplete: true };
}

/** True also where it is not known, since the review failed or is not whole: the API server has the last word. */
export function mayBeAllowedByName(
  status: RulesStatus | undefined,
  { verb, resource, name }: Readonly<Record<'verb' | 'resource' | 'name', string>>,
): boolean {
  if (status === undefined || status.incomplete === true) return true;
  const has = (listed: readonly string[] = [], one: string): boolean => listed.includes('*') || listed.includes(one);
  return (status.resourceRules ?? []).some(
    ({ verbs, apiGroups, resources, resourceNames = [] }) =>
      has(verbs, verb) && has(apiGroups, GROUP) && has(resources, resource) && resourceNames.includes(name),
  );
}
