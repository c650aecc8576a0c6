/** A subject that is valid, and probably not what was meant. Pure. */
import type { SecretGrantSubject } from '../api/index.ts';

/** Prefixes that people write in the place of ours, and a name that is nothing but a prefix. User names of an identity provider have others. */
const likeAPrefix = /^(?:u|users?|g|groups?|sa|svc|service-?accounts?|ns|namespaces?)[:/]|^[^:]+:$|^@/i;

/** A sentence; undefined: nothing is odd. */
export function subjectDoubt({ kind, name }: SecretGrantSubject): string | undefined {
  if (kind !== 'User' || !likeAPrefix.test(name)) return undefined;
  return `'${name}' is taken as the name of a user. Is it right? Other subjects are group:NAME, serviceaccount:NAMESPACE/NAME and namespace:NAME.`;
}
