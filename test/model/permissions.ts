/** What rules of RBAC give over UserSecrets, and over anything that has a value. Pure. */
import { GROUP } from '../../src/api/index.ts';
import { secretNames } from './grant-model.ts';
import type { Rule } from './rule-reviews.ts';

interface Permission {
  readonly verb: string;
  readonly name: string;
}

/** Kinds of Kubernetes itself, which no grant may give: each counts as a permission of its own name. */
const never = ['secrets', 'configmaps', 'pods', 'pods/exec', 'pods/log', 'serviceaccounts'];

/** Every verb is here that the rules have, also one that the model does not know. */
export function permissionsOf(rules: readonly Rule[]): readonly Permission[] {
  return rules.flatMap(({ verbs, apiGroups = [], resources = [], resourceNames = [] }) => {
    const has = (listed: readonly string[], one: string): boolean => listed.includes(one) || listed.includes('*');
    const names = resourceNames.length === 0 ? secretNames : resourceNames;
    const ours = has(apiGroups, GROUP) && has(resources, 'usersecrets') ? names : [];
    const others = has(apiGroups, '') ? never.filter((resource) => has(resources, resource)) : [];
    return [...ours, ...others].flatMap((name) => verbs.map((verb) => ({ verb, name })));
  });
}
