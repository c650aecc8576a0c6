/**
 * What is kept beside the pages is one user's: the cache of what was read and of what was saved, what is being done to many rows, messages. Nothing of it
 * is left for the next user, who can log in without a reload, and nothing comes of what is still under way (owner.ts).
 */
import { notifications } from '@mantine/notifications';
import type { QueryClient } from '@tanstack/react-query';
import type { Session } from '../../contract.ts';
import { setOwner } from '../cluster/owner.ts';
import { bulkRuns } from '../parts/bulk-runs.ts';

let owner: string | undefined;

/** In the local mode each context has a user of its own, and all of them are one person. */
export function keepFor({ mode, user }: Pick<Session, 'mode' | 'user'>, queries: QueryClient): void {
  const next = mode === 'local' ? 'local' : user.name;
  if (next === owner) return;
  if (owner !== undefined) {
    // Watches end with their page, and remove what they keep.
    queries.removeQueries({ predicate: ({ queryKey: [kind] }) => kind !== 'session' && kind !== 'live' });
    // What was typed to be saved is in them.
    queries.getMutationCache().clear();
    notifications.clean();
  }
  owner = next;
  setOwner(next);
  bulkRuns.keepFor(next);
}
