/**
 * Returns the name that a user's requests, streams and memory are counted under. All service accounts of a namespace share one name, because anyone
 * who owns the namespace can create any number of them, and of their tokens. Pure.
 */
export function countedAs(username: string): string {
  const namespace = /^system:serviceaccount:([^:]+):[^:]+$/.exec(username)?.[1];
  return namespace === undefined ? username : `system:serviceaccounts:${namespace}`;
}
