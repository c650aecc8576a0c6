/** All that needs a session: the way to the cluster, the watches, the frame of the pages. */
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Outlet, useSearch } from '@tanstack/react-router';
import { lazy, Suspense, useEffect, useMemo, useState, type ReactElement } from 'react';
import type { Session } from '../../contract.ts';
import { openConnection } from '../cluster/connection.ts';
import type { ClusterError } from '../cluster/errors.ts';
import { LiveLists } from '../cluster/live-lists.ts';
import { readConfig, type SessionState } from '../cluster/session.ts';
import { ClusterContext, type Cluster } from '../cluster/use-cluster.ts';
import { Problem } from '../parts/problem.tsx';
import { Waiting } from '../parts/waiting.tsx';
import { texts } from '../texts.ts';
import { Frame } from './frame.tsx';

const loadSessionEnded = () => import('./session-ended-dialog.tsx');
const SessionEndedDialog = lazy(async () => ({ default: (await loadSessionEnded()).SessionEndedDialog }));

interface ClusterFrameProps {
  readonly session: Session;
  readonly ended: (SessionState & { readonly isIn: false }) | undefined;
  readonly onEnded: (error: ClusterError) => void;
}

export function ClusterFrame({ session, ended, onEnded }: ClusterFrameProps): ReactElement {
  const queries = useQueryClient();
  const { context: asked } = useSearch({ from: '__root__' });
  const context = asked !== undefined && session.contexts.includes(asked) ? asked : session.context;
  const [liveLists] = useState(() => new LiveLists(queries));
  const { csrf } = session;
  const config = useQuery({
    // Not by session: the page stays as it is when the same user logs in again.
    queryKey: ['config', context, session.user.name],
    queryFn: ({ signal }) => readConfig(context, signal),
    staleTime: Infinity,
  });
  const recheckEveryMs = config.data?.recheckEveryMs;
  const connection = useMemo(() => {
    // A new session or context begins with nothing of the former one.
    liveLists.clear();
    if (recheckEveryMs === undefined) return undefined;
    return openConnection({ context, recheckEveryMs, csrf: () => csrf, onSessionEnded: onEnded });
    // eslint-disable-next-line react-hooks/exhaustive-deps -- every render makes another onEnded, which does the same
  }, [context, csrf, liveLists, recheckEveryMs]);
  useEffect(() => () => liveLists.clear(), [liveLists]);
  // It has to be there when the session ends, even where the console itself has gone.
  useEffect(() => {
    loadSessionEnded().catch(() => undefined);
  }, []);
  const cluster = useMemo<Cluster | undefined>(
    () =>
      config.data === undefined || connection === undefined
        ? undefined
        : { session, connection, liveLists, config: config.data },
    [session, connection, liveLists, config.data],
  );
  return (
    <>
      {cluster === undefined ? (
        config.error === null ? (
          <Waiting />
        ) : (
          <Problem title={texts.states.cannotBegin} error={config.error} onRetry={() => void config.refetch()} />
        )
      ) : (
        <ClusterContext value={cluster}>
          <Frame>
            {/* What is open on a page is about objects of its cluster. */}
            <Outlet key={context} />
          </Frame>
        </ClusterContext>
      )}
      {ended !== undefined && (
        <Suspense>
          <SessionEndedDialog state={ended} userName={session.user.name} />
        </Suspense>
      )}
    </>
  );
}
