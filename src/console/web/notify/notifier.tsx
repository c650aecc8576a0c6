/** Watches the namespace of the page while notifications are on. Draws nothing but a mark, for tests: from when on news are news. */
import { useNavigate } from '@tanstack/react-router';
import { useEffect, useState, type ReactElement } from 'react';
import { neuroJobs, userSecrets } from '../cluster/object.ts';
import type { LiveList } from '../cluster/live-list.ts';
import type { ClusterObject } from '../cluster/object.ts';
import { useLive } from '../cluster/use-live.ts';
import { useNow } from '../parts/use-now.ts';
import { addressOf } from '../secrets/secret-address.ts';
import { useSharedWithMe } from '../secrets/use-shared-with-me.ts';
import { endedJobs, endingAccess, endingRotation, NewsDesk, type News } from './news.ts';
import { tell } from './tell.ts';

/** Make it new for another namespace: what is there then is no news. */
export function Notifier({ namespace }: { readonly namespace: string }): ReactElement {
  const jobs = useLive(neuroJobs, { namespace });
  const secrets = useLive(userSecrets, { namespace });
  const shared = useSharedWithMe(namespace);
  const now = useNow();
  const navigate = useNavigate();
  const [desk] = useState(() => new NewsDesk());
  useEffect(() => {
    const take = (kind: News['kind'], list: LiveList<ClusterObject>, news: () => readonly News[]): readonly News[] =>
      list.phase === 'live' ? desk.take(kind, news(), now) : [];
    const news = [
      ...take('job', jobs, () => endedJobs(jobs.objects.values())),
      ...take('access', shared.list, () => endingAccess(shared.entries, now)),
      ...take('rotate', secrets, () => endingRotation(secrets.objects.values(), now)),
    ];
    if (news.length === 0) return;
    void tell(news, (one) => {
      if (one?.kind === 'job')
        void navigate({ to: '/n/$namespace/jobs/$name', params: { namespace, name: one.job.metadata.name } });
      else if (one?.kind === 'rotate')
        void navigate({ to: '/n/$namespace/secrets', params: { namespace }, search: addressOf(one) });
      else if (one?.kind === 'access')
        void navigate({ to: '/n/$namespace/secrets', params: { namespace }, search: { show: 'shared' } });
      else void navigate({ to: '/n/$namespace/dashboard', params: { namespace } });
    });
  }, [desk, jobs, secrets, shared, now, navigate, namespace]);
  const isReady = [jobs, secrets, shared.list].every(({ phase }) => phase === 'live');
  return <span hidden data-notifies={isReady} />;
}
