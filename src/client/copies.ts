/** Words about copies of secrets of other namespaces. Pure. */
import { formatSecretUri, type UserSecretSharedFrom } from '../api/index.ts';

/** What is copied, by the `metadata.name` of the UserSecret: its key can be another, and only its namespace knows that. */
export function copySource({ namespace, name }: UserSecretSharedFrom): string {
  return formatSecretUri({ owner: namespace, key: name });
}

export const copySentence = 'Anyone who can read Secrets in this namespace can read the copy.';
