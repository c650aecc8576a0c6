/**
 * By whom things are counted: a user. All service accounts of a namespace are one, because anyone who has the namespace can make any number of them,
 * and tokens of each. Pure.
 */
export function countedAs(username: string): string {
  const namespace = /^system:serviceaccount:([^:]+):[^:]+$/.exec(username)?.[1];
  return namespace === undefined ? username : `system:serviceaccounts:${namespace}`;
}
