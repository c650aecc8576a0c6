/** One job: what it is and what became of it, its output, a terminal in it. */
import { Anchor, Group, Tabs, Text, Title } from '@mantine/core';
import { getRouteApi, Link, useRouter } from '@tanstack/react-router';
import { lazy, Suspense, useState, type ReactElement } from 'react';
import type { NeuroJob } from '../../../api/index.ts';
import { isFinished } from '../../../client/index.ts';
import { isUnread } from '../cluster/live-list.ts';
import { neuroJobs } from '../cluster/object.ts';
import { useLive } from '../cluster/use-live.ts';
import { useMayNot } from '../cluster/use-may-not.ts';
import { took } from '../parts/age.ts';
import { withoutTerminalCodes } from '../parts/bytes.ts';
import { CreateButton } from '../parts/create-button.tsx';
import page from '../parts/page.module.css';
import { usePageTitle } from '../parts/page-title.ts';
import { LoadingRows, Nothing, OfflineBar, Refused } from '../parts/states.tsx';
import { useSeconds } from '../parts/use-now.ts';
import { texts } from '../texts.ts';
import { JobActions } from './job-actions.tsx';
import { JobEvents } from './job-events.tsx';
import { JobOverview } from './job-overview.tsx';
import { JobPill } from './job-pill.tsx';
import { ranSeconds } from './job-rows.ts';
import { hasOutput, jobWords } from './job-words.ts';
import { JobQuestion, type JobQuestionKind } from './job-questions.tsx';
import { jobTabs, type JobTab } from './job-tabs.ts';
import styles from './jobs.module.css';

const JobLog = lazy(async () => ({ default: (await import('./job-log.tsx')).JobLog }));
const JobTerminal = lazy(async () => ({ default: (await import('../terminal/job-terminal.tsx')).JobTerminal }));
const OpenButton = lazy(async () => ({ default: (await import('./open-button.tsx')).OpenButton }));
const route = getRouteApi('/n/$namespace/jobs/$name');

export function JobPage(): ReactElement {
  const { namespace, name } = route.useParams();
  const jobs = useLive(neuroJobs, { namespace });
  usePageTitle(name, texts.jobs.title, namespace);
  const job = jobs.objects.get(`${namespace}/${name}`);
  if (isUnread(jobs) && job === undefined)
    return (
      <div className={page['page']}>
        <OfflineBar lists={[jobs]} />
        <LoadingRows />
      </div>
    );
  if (jobs.phase === 'refused')
    return (
      <div className={page['page']}>
        <Refused list={jobs} />
      </div>
    );
  if (job === undefined)
    return (
      <Nothing title={texts.jobs.gone(name)}>
        <Anchor renderRoot={(props) => <Link to="/n/$namespace/jobs" params={{ namespace }} {...props} />}>
          {texts.jobs.toList}
        </Anchor>
      </Nothing>
    );
  return (
    <div className={page['page']}>
      <OfflineBar lists={[jobs]} />
      {/* A question about one job is none about the next. */}
      <JobHead key={`head ${job.metadata.uid ?? ''}`} job={job} />
      <JobTabs key={`tabs ${job.metadata.uid ?? ''}`} job={job} />
    </div>
  );
}

function JobHead({ job }: { readonly job: NeuroJob }): ReactElement {
  const navigate = route.useNavigate();
  const { history } = useRouter();
  const [{ pathname }] = useState(history.location);
  const now = useSeconds();
  const [asking, setAsking] = useState<JobQuestionKind>();
  const { sentence } = jobWords(job);
  const seconds = ranSeconds(job, now);
  const { namespace = '', name } = job.metadata;
  const mayNotKill = useMayNot({ verb: 'patch', resource: 'neurojobs', namespace, name });
  return (
    <div>
      <div className={styles['head']}>
        <Group gap="sm">
          <Title order={1} size="h3" className="wrap">
            {job.metadata.name}
          </Title>
          <JobPill job={job} />
          {seconds !== undefined && (
            <Text size="sm" c="dimmed">
              {isFinished(job) ? texts.jobs.ran(took(seconds)) : texts.jobs.runs(took(seconds))}
            </Text>
          )}
        </Group>
        <Group gap="xs">
          {job.spec.http !== undefined && !isFinished(job) && (
            <Suspense>
              <OpenButton job={job} />
            </Suspense>
          )}
          {!isFinished(job) && (
            <CreateButton
              whyNot={mayNotKill}
              color="red"
              variant="light"
              loading={job.spec.cancel === true}
              onClick={() => setAsking('kill')}
            >
              {texts.jobs.kill}
            </CreateButton>
          )}
          <JobActions job={job} onAsk={setAsking} />
        </Group>
      </div>
      {sentence !== '' && hasOutput(job) && (
        <figure className={styles['last'] ?? ''}>
          <Text component="figcaption" size="xs" c="dimmed">
            {texts.jobs.lastOutput}
          </Text>
          <pre tabIndex={0}>{withoutTerminalCodes(sentence)}</pre>
        </figure>
      )}
      {sentence !== '' && !hasOutput(job) && (
        <Text size="sm" mt={4} className="wrap" lineClamp={3} lang="en">
          {withoutTerminalCodes(sentence)}
        </Text>
      )}
      {asking !== undefined && (
        <JobQuestion
          kind={asking}
          job={job}
          onClose={() => setAsking(undefined)}
          onRemoved={() => {
            // Nobody is led away from another page.
            if (history.location.pathname === pathname)
              void navigate({ to: '/n/$namespace/jobs', params: { namespace }, search: {} });
          }}
        />
      )}
    </div>
  );
}

function JobTabs({ job }: { readonly job: NeuroJob }): ReactElement {
  const { tab = 'overview' } = route.useSearch();
  const navigate = route.useNavigate();
  // There is no shell in a job that has ended; one who is there sees why.
  const shown = jobTabs.filter((name) => name !== 'terminal' || name === tab || !isFinished(job));
  const select = (value: string | null): void => {
    const next = jobTabs.find((known) => known === value);
    void navigate({ search: next === undefined || next === 'overview' ? {} : { tab: next }, replace: true });
  };
  return (
    <Tabs
      value={tab}
      onChange={select}
      keepMounted={false}
      style={{ flex: 1, minHeight: '16rem', display: 'flex', flexDirection: 'column' }}
    >
      <Tabs.List>
        {shown.map((name) => (
          <Tabs.Tab key={name} value={name}>
            {texts.jobs.tabs[name]}
          </Tabs.Tab>
        ))}
      </Tabs.List>
      {shown.map((name) => (
        <Tabs.Panel
          key={name}
          value={name}
          className={styles['panel'] ?? ''}
          // It scrolls and may have nothing else that takes the focus.
          tabIndex={name === 'overview' ? 0 : undefined}
        >
          <Suspense fallback={<LoadingRows />}>
            <TabContent tab={name} job={job} />
          </Suspense>
        </Tabs.Panel>
      ))}
    </Tabs>
  );
}

function TabContent({ tab, job }: { readonly tab: JobTab; readonly job: NeuroJob }): ReactElement {
  switch (tab) {
    case 'overview':
      return <JobOverview job={job} />;
    case 'logs':
      return <JobLog job={job} />;
    case 'terminal':
      return <JobTerminal job={job} />;
    case 'events':
      return <JobEvents job={job} />;
    default:
      tab satisfies never;
      throw new TypeError('unknown kind');
  }
}
