/**
 * Names of the Roles and RoleBindings of a grant. They do not depend on the grant's name, so that no two grants can meet in one and
 * nobody can take one beforehand. Pure.
 */
const person = '-person';

export function useRoleName(uid: string): string {
  return `neuro-grant-${uid}`;
}

/** The role with the rights that only the person gets: to write and to share. */
export function personRoleName(uid: string): string {
  return `${useRoleName(uid)}${person}`;
}

export function isPersonRoleName(name: string): boolean {
  return name.startsWith(useRoleName('')) && name.endsWith(person);
}
