/** What a namespace is, for people who find nothing in it. Asked only then: most commands need no word about it. */
import { ANNOTATION_GROUPS, ANNOTATION_SHARED_WITH_ME, ANNOTATION_USER, parseGroups } from '../../api/index.ts';
import { isKernelError } from '../../kernel/index.ts';
import type { Connection } from '../connect/connection.ts';
import { namespaces } from '../connect/kinds.ts';

export interface NamespaceState {
  /** `unknown`: the caller may not look. */
  readonly presence: 'there' | 'missing' | 'unknown';
  /** The operator lists there what is shared with its people and jobs. */
  readonly hasList: boolean;
}

export async function namespaceState({ client }: Connection, name: string): Promise<NamespaceState> {
  try {
    const found = await client.get(namespaces, { name });
    if (found === undefined) return { presence: 'missing', hasList: false };
    const { annotations = {} } = found.metadata;
    const isHome =
      (annotations[ANNOTATION_USER] ?? '') !== '' || parseGroups(annotations[ANNOTATION_GROUPS]).length > 0;
    return { presence: 'there', hasList: isHome || annotations[ANNOTATION_SHARED_WITH_ME] === 'true' };
  } catch (error) {
    if (isKernelError(error, 'Forbidden')) return { presence: 'unknown', hasList: true };
    throw error;
  }
}

export function missingSentence(name: string): string {
  return `The namespace '${name}' does not exist; choose another with --namespace, or ask an administrator to make it.`;
}

/** Why the list of what others share is empty. */
export function nothingSharedSentence(name: string, { hasList }: NamespaceState): string {
  return hasList
    ? `Nothing is shared with the namespace '${name}'.`
    : `No list is kept in the namespace '${name}', since it is nobody's home: what is shared with it works, and is not shown. ` +
        `An administrator changes that: \`kubectl annotate namespace ${name} ${ANNOTATION_SHARED_WITH_ME}=true\`.`;
}
