/**
 * Lets in who has a session, and keeps the page standing when the session ends: what was typed is still there after logging in again.
 */
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useSearch } from '@tanstack/react-router';
import { lazy, Suspense, useEffect, useRef, type ReactElement } from 'react';
import type { Session } from '../../contract.ts';
import { clusterNow } from '../cluster/cluster-clock.ts';
import { readSession, type SessionState } from '../cluster/session.ts';
import { Problem } from '../parts/problem.tsx';
import { Waiting } from '../parts/waiting.tsx';
import { texts } from '../texts.ts';
import { ClusterFrame } from './cluster-frame.tsx';
import { keepFor } from './keep-for.ts';
import { otherTabs, type OtherTabs } from './other-tabs.ts';

const LoginPage = lazy(async () => ({ default: (await import('./login-page.tsx')).LoginPage }));
const soonestRefreshMs = 5_000;

export function Gate(): ReactElement {
  const queries = useQueryClient();
  const { context } = useSearch({ from: '__root__' });
  const key = ['session', context];
  const { data, error, refetch } = useQuery({
    queryKey: key,
    queryFn: async ({ signal }) => {
      const state = await readSession(context, signal);
      if (state.isIn) keepFor(state.session, queries);
      return state;
    },
    staleTime: Infinity,
    refetchInterval: ({ state }) => refreshInMs(state.data),
    refetchIntervalInBackground: true,
    // Who logged in again in another tab is in here, too.
    refetchOnWindowFocus: ({ state }) => (state.data?.isIn === false ? 'always' : false),
  });
  useSessionOfTabs(data);
  const [last, isEnded] = useLastSession(data);
  // Without an answer yet for another context there is nothing to show of it.
  if (last !== undefined && data !== undefined)
    return (
      <ClusterFrame
        // Another user sees nothing of the former one, not even what was typed.
        key={last.user.name}
        session={last}
        ended={isEnded && !data.isIn ? data : undefined}
        onEnded={({ code, message, lang }) =>
          queries.setQueryData<SessionState>(key, (state) =>
            // A request of the session before this one came to its end late.
            state?.isIn === true && state.session.csrf !== last.csrf
              ? state
              : {
                  isIn: false,
                  logins: state?.isIn === false ? state.logins : last.mode === 'local' ? [] : ['token'],
                  // That there is none is what the title says.
                  ...{ message: code === 'NoSession' ? '' : message, lang },
                },
          )
        }
      />
    );
  if (data !== undefined && !data.isIn)
    return (
      <Suspense fallback={<Waiting />}>
        <LoginPage state={data} />
      </Suspense>
    );
  if (error !== null) return <Problem title={texts.states.cannotBegin} error={error} onRetry={() => void refetch()} />;
  return <Waiting />;
}

/** The session, or the one that was when it has ended meanwhile. */
function useLastSession(state: SessionState | undefined): readonly [Session | undefined, boolean] {
  const last = useRef<Session>(undefined);
  // eslint-disable-next-line react-hooks/refs -- remembers the last render's session on purpose: an ended one keeps its page
  if (state?.isIn === true) last.current = state.session;
  // eslint-disable-next-line react-hooks/refs -- as above
  return [last.current, state?.isIn === false];
}

/** Another tab may log in as another user: what is shown here is nobody's then. */
function useSessionOfTabs(state: SessionState | undefined): void {
  const queries = useQueryClient();
  const tabs = useRef<OtherTabs>(undefined);
  useEffect(() => {
    const opened = otherTabs(() => void queries.invalidateQueries({ queryKey: ['session'] }));
    tabs.current = opened;
    return () => opened.close();
  }, [queries]);
  const csrf = state?.isIn === true ? state.session.csrf : undefined;
  useEffect(() => {
    // Over plain HTTP a browser has no hashes: the other tabs then find out at their next request.
    if (csrf !== undefined) tabs.current?.tell(csrf).catch(() => undefined);
  }, [csrf]);
}

function refreshInMs(state: SessionState | undefined): number | false {
  if (state?.isIn !== true || state.session.refreshAt === undefined) return false;
  return Math.max(soonestRefreshMs, new Date(state.session.refreshAt).getTime() - clusterNow());
}
