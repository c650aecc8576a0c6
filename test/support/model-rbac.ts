/** RBAC over the Roles and RoleBindings of a ModelApi, as the API server's authorizer decides: anything that is allowed by one rule is. */
import { roleBindingType, roleType, type Role, type RoleBinding } from '../../src/controllers/resources.ts';
import type { ModelApi } from './model-api.ts';

export interface Identity {
  readonly user: string;
  readonly groups: readonly string[];
}

export interface Attributes {
  readonly verb: string;
  readonly group: string;
  readonly resource: string;
  readonly namespace: string;
  readonly name?: string;
}

export function isAllowedBy(model: ModelApi, who: Identity, attributes: Attributes): boolean {
  const bindings = model.all(roleBindingType) as unknown as readonly RoleBinding[];
  return bindings.some(({ metadata, roleRef, subjects = [] }) => {
    if (metadata.namespace !== attributes.namespace || !subjects.some((subject) => covers(subject, who))) return false;
    const role = model.get(roleType, { namespace: attributes.namespace, name: roleRef.name }) as unknown as
      Role | undefined;
    return role?.rules?.some((rule) => permits(rule, attributes)) === true;
  });
}

function covers(
  { kind, name, namespace }: NonNullable<RoleBinding['subjects']>[number],
  { user, groups }: Identity,
): boolean {
  switch (kind) {
    case 'User':
      return name === user;
    case 'Group':
      return groups.includes(name);
    case 'ServiceAccount':
      return `system:serviceaccount:${namespace ?? ''}:${name}` === user;
    default:
      return false;
  }
}

function permits(
  { apiGroups = [], resources = [], resourceNames = [], verbs }: NonNullable<Role['rules']>[number],
  { verb, group, resource, name }: Attributes,
): boolean {
  return (
    has(verbs, verb) &&
    has(apiGroups, group) &&
    has(resources, resource) &&
    (resourceNames.length === 0 || (name !== undefined && resourceNames.includes(name)))
  );
}

function has(list: readonly string[], word: string): boolean {
  return list.includes('*') || list.includes(word);
}
