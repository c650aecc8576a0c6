/** The live list of jobs. */
import { Badge, Button, Code, Group, Select, Text } from '@mantine/core';
import { getRouteApi, Link } from '@tanstack/react-router';
import { useDeferredValue, useMemo, useRef, useState, type ReactElement } from 'react';
import type { NeuroJob } from '../../../api/index.ts';
import { isUnread } from '../cluster/live-list.ts';
import { neuroJobs } from '../cluster/object.ts';
import { useLive } from '../cluster/use-live.ts';
import { useMayNotCreate } from '../cluster/use-may-not.ts';
import { took } from '../parts/age.ts';
import { visibleControls } from '../parts/bytes.ts';
import { CreateButton } from '../parts/create-button.tsx';
import { Icon } from '../parts/icons.tsx';
import { PageHead } from '../parts/page-head.tsx';
import page from '../parts/page.module.css';
import { usePageTitle } from '../parts/page-title.ts';
import { usePageKeys } from '../parts/use-page-keys.ts';
import { SearchBox } from '../parts/search-box.tsx';
import { SelectTable } from '../parts/select-table.tsx';
import { SortButton } from '../parts/sort-button.tsx';
import type { Sorting } from '../parts/sorting.ts';
import { FoundCount, Loading, Nothing, OfflineBar, Refused } from '../parts/states.tsx';
import { useNow, useSeconds } from '../parts/use-now.ts';
import { When } from '../parts/when.tsx';
import { texts } from '../texts.ts';
import { JobActions } from './job-actions.tsx';
import { useBulkJobs } from './bulk-jobs.ts';
import { JobPill } from './job-pill.tsx';
import { JobQuestion, type JobQuestionKind } from './job-questions.tsx';
import { filterJobs, ranSeconds, sortJobs, type JobSort } from './job-rows.ts';
import styles from './jobs.module.css';
import type { JobsSearch } from './jobs-search.ts';

const route = getRouteApi('/n/$namespace/jobs');
const phases = ['Unfinished', 'Pending', 'Running', 'Succeeded', 'Failed', 'Cancelled'] as const;
const sinces: Readonly<Record<string, number>> = { '1h': 1, '24h': 24, '7d': 168 };
const columns = ['name', 'status', 'created', 'duration'] as const satisfies readonly JobSort[];
const rowHeight = 49;

export function JobsPage(): ReactElement {
  const { namespace } = route.useParams();
  const { q = '', phase = '', since = '' } = route.useSearch();
  const navigate = route.useNavigate();
  const jobs = useLive(neuroJobs, { namespace });
  const whyNot = useMayNotCreate('neurojobs', namespace);
  usePageTitle(texts.jobs.title, namespace);
  const now = useNow();
  const text = useDeferredValue(q);
  const [sorting, setSorting] = useState<Sorting<JobSort>>({ by: 'created', isDescending: true });
  const [asked, setAsked] = useState<{ readonly kind: JobQuestionKind; readonly job: NeuroJob }>();
  const search = useRef<HTMLInputElement>(null);
  usePageKeys([['/', () => search.current?.focus()]]);
  const found = useMemo(() => {
    const filter = { text, phase, sinceHours: sinces[since] };
    return sortJobs(filterJobs(jobs.objects.values(), filter, now), sorting, now);
  }, [jobs, text, phase, since, sorting, now]);
  const actions = useBulkJobs(namespace, whyNot);
  const change = (part: JobsSearch): void => {
    const next = { q, phase, since, ...part };
    void navigate({
      search: Object.fromEntries(Object.entries(next).filter(([, value]) => value !== '')) as JobsSearch,
      replace: true,
    });
  };
  const title = (by: JobSort, label: string): ReactElement => (
    <SortButton by={by} label={label} sorting={sorting} onSort={setSorting} />
  );
  return (
    <div className={page['page']}>
      <PageHead title={texts.jobs.title} about={texts.jobs.about}>
        <Group gap="sm" className={page['tools'] ?? ''}>
          <SearchBox ref={search} label={texts.jobs.search} text={q} onSearch={(text) => change({ q: text })} />
          <Select
            aria-label={texts.jobs.status}
            data={phases.map((value) => ({ value, label: texts.phases[value] }))}
            value={phase === '' ? null : phase}
            placeholder={texts.jobs.anyStatus}
            clearable
            onChange={(value) => change({ phase: value ?? '' })}
            w={150}
          />
          <Select
            aria-label={texts.jobs.since}
            data={Object.keys(sinces).map((value) => ({ value, label: texts.jobs.sinces[value] ?? value }))}
            value={since === '' ? null : since}
            placeholder={texts.jobs.anyTime}
            clearable
            onChange={(value) => change({ since: value ?? '' })}
            w={150}
          />
          <CreateButton
            whyNot={whyNot}
            leftSection={<Icon name="add" />}
            renderRoot={(props) => <Link to="/n/$namespace/dashboard" params={{ namespace }} {...props} />}
          >
            {texts.jobs.run}
          </CreateButton>
        </Group>
      </PageHead>
      <OfflineBar lists={[jobs]} />
      <Loading list={jobs} />
      {jobs.phase === 'refused' && <Refused list={jobs} />}
      {!isUnread(jobs) && jobs.phase !== 'refused' && found.length === 0 && (
        <Nothing title={jobs.objects.size === 0 ? texts.jobs.none : texts.jobs.noMatch}>
          {jobs.objects.size === 0 && <Text ta="center">{texts.jobs.noneHelp}</Text>}
          {jobs.objects.size === 0 && (
            <CreateButton
              whyNot={whyNot}
              renderRoot={(props) => <Link to="/n/$namespace/dashboard" params={{ namespace }} {...props} />}
            >
              {texts.jobs.run}
            </CreateButton>
          )}
          {jobs.objects.size > 0 && (
            <Button variant="default" onClick={() => change({ q: '', phase: '', since: '' })}>
              {texts.jobs.showAll}
            </Button>
          )}
          {jobs.objects.size === 0 && (
            <Text size="sm" c="dimmed">
              {texts.secrets.orCommand} <Code>{texts.jobs.runCommand}</Code>
            </Text>
          )}
        </Nothing>
      )}
      {found.length > 0 && <FoundCount query={`${q}${phase}${since}`} count={found.length} all={jobs.objects.size} />}
      <SelectTable
        // A question about jobs of another namespace would act in this one.
        key={namespace}
        list="jobs"
        label={texts.jobs.title}
        rows={found}
        keyOf={idOf}
        nameOf={nameOf}
        actions={actions}
        rowHeight={rowHeight}
        columnsClass={styles['list'] ?? ''}
        header={[
          title('name', texts.jobs.name),
          title('status', texts.jobs.status),
          title('created', texts.jobs.when),
          title('duration', texts.jobs.duration),
          texts.jobs.tags,
          texts.actions.title,
        ]}
        labels={[undefined, undefined, texts.jobs.when, texts.jobs.duration, undefined, undefined]}
        sorted={{ column: columns.indexOf(sorting.by), isDescending: sorting.isDescending }}
        render={(job) => [
          <NameCell key="name" job={job} namespace={namespace} />,
          <JobPill key="status" job={job} />,
          <When key="when" time={job.metadata.creationTimestamp} />,
          <Duration key="duration" job={job} />,
          <Tags key="tags" job={job} />,
          <JobActions key="actions" job={job} onAsk={(kind) => setAsked({ kind, job })} />,
        ]}
      />
      {asked !== undefined && asked.job.metadata.namespace === namespace && (
        <JobQuestion key={idOf(asked.job)} kind={asked.kind} job={asked.job} onClose={() => setAsked(undefined)} />
      )}
    </div>
  );
}

const idOf = ({ metadata }: NeuroJob): string => metadata.uid ?? metadata.name;
const nameOf = ({ metadata }: NeuroJob): string => metadata.name;

function NameCell({ job, namespace }: { readonly job: NeuroJob; readonly namespace: string }): ReactElement {
  const { name } = job.metadata;
  const { image, description } = job.spec;
  const more = visibleControls(description ?? image);
  return (
    <>
      <Link to="/n/$namespace/jobs/$name" params={{ namespace, name }} className={`${styles['name'] ?? ''} cut`}>
        {name}
      </Link>
      <div className="faint small cut" title={more}>
        {more}
      </div>
    </>
  );
}

function Duration({ job }: { readonly job: NeuroJob }): ReactElement | null {
  const seconds = ranSeconds(job, useSeconds());
  return seconds === undefined ? null : <>{took(seconds)}</>;
}

const shownTags = 3;

function Tags({ job }: { readonly job: NeuroJob }): ReactElement {
  const tags = job.spec.tags ?? [];
  return (
    <Group gap={4}>
      {tags.slice(0, shownTags).map((tag) => (
        <Badge key={tag} size="xs" variant="default" tt="none" maw="8rem">
          {visibleControls(tag)}
        </Badge>
      ))}
      {tags.length > shownTags && <Text size="xs">+{tags.length - shownTags}</Text>}
    </Group>
  );
}
