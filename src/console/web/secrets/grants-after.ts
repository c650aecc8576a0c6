/** What becomes of the grants over a secret that is deleted. Pure. */
import { formatSubject, type SecretGrant, type UserSecret } from '../../../api/index.ts';

const madeByLabel = 'app.kubernetes.io/managed-by';
const madeByUs = ['neuro', 'neuro-console'];

/** Whether the grant goes with the secret: it is over this one alone, and the command or the console made it. */
export function goesWith(secret: UserSecret, { metadata, spec }: SecretGrant): boolean {
  return spec.secret === secret.metadata.name && madeByUs.includes(metadata.labels?.[madeByLabel] ?? '');
}

/** Those over this secret alone that stay, and hold again for a new secret of its name; `mayNotDelete` says why not, by the name of a grant. */
export function stayingAfter(
  secret: UserSecret,
  grants: readonly SecretGrant[],
  mayNotDelete: (name: string) => string | undefined,
): readonly SecretGrant[] {
  return grants
    .filter(({ spec }) => spec.secret === secret.metadata.name)
    .filter((grant) => !goesWith(secret, grant) || mayNotDelete(grant.metadata.name) !== undefined);
}

/** As people read them, each once. */
export function subjectsOf(grants: readonly SecretGrant[]): readonly string[] {
  return [...new Set(grants.map(({ spec }) => formatSubject(spec.subject)))];
}
