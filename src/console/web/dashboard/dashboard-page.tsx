/** Cards from which jobs are run, and what runs now. */
import { Anchor, Card, Group, Loader, Stack, Text, Title } from '@mantine/core';
import { getRouteApi, Link, useCanGoBack, useRouter } from '@tanstack/react-router';
import { lazy, Suspense, useMemo, type ReactElement } from 'react';
import type { NeuroJob } from '../../../api/index.ts';
import { draftFromJob, draftOf, isFinished, type JobDraft, suggestedTarget } from '../../../client/index.ts';
import type { Widget } from '../../contract.ts';
import { isUnread } from '../cluster/live-list.ts';
import { neuroJobs } from '../cluster/object.ts';
import { useCluster } from '../cluster/use-cluster.ts';
import { useLive } from '../cluster/use-live.ts';
import { useMayNotCreate } from '../cluster/use-may-not.ts';
import { JobLink } from '../jobs/job-link.tsx';
import { JobPill } from '../jobs/job-pill.tsx';
import { CreateButton } from '../parts/create-button.tsx';
import { Dialog } from '../parts/dialog.tsx';
import { Icon } from '../parts/icons.tsx';
import { PageHead } from '../parts/page-head.tsx';
import page from '../parts/page.module.css';
import { usePageTitle } from '../parts/page-title.ts';
import { Loading, OfflineBar, Refused } from '../parts/states.tsx';
import { When } from '../parts/when.tsx';
import { useKept } from '../parts/use-kept.ts';
import { texts } from '../texts.ts';
import styles from './dashboard.module.css';
import { cardsOf } from './cards.ts';
import { FirstSteps } from './first-steps.tsx';
import { Section } from './section.tsx';
import { WhatsUp } from './whats-up.tsx';

const RunDialog = lazy(async () => ({ default: (await import('./run-dialog.tsx')).RunDialog }));
const route = getRouteApi('/n/$namespace/dashboard');
const shownJobs = 8;

export function DashboardPage(): ReactElement {
  const { namespace } = route.useParams();
  return <DashboardOf key={namespace} namespace={namespace} />;
}

interface Starting {
  readonly title: string;
  readonly draft: JobDraft;
}

function DashboardOf({ namespace }: { readonly namespace: string }): ReactElement {
  const { config } = useCluster();
  usePageTitle(texts.dashboard.title, namespace);
  const jobs = useLive(neuroJobs, { namespace });
  const whyNot = useMayNotCreate('neurojobs', namespace);
  const { use, from, card } = route.useSearch();
  const navigate = route.useNavigate();
  const router = useRouter();
  const canGoBack = useCanGoBack();
  // The form stays for what was typed in it, when the job goes.
  const former = useKept(from, from === undefined ? undefined : jobs.objects.get(`${namespace}/${from}`));
  const starting = useMemo(() => {
    if (use !== undefined) return withSecret(cardsOf(config.widgets), use);
    if (former !== undefined) return again(former);
    const widget = cardsOf(config.widgets).find(({ name }) => name === card);
    return widget === undefined ? undefined : { title: widget.title, draft: draftOf(widget) };
  }, [use, former, card, config]);
  const all = useMemo(() => [...jobs.objects.values()], [jobs]);
  const running = useMemo(
    () =>
      all
        // A template never runs.
        .filter((job) => !isFinished(job) && job.spec.suspend !== true)
        .sort((a, b) => ((a.metadata.creationTimestamp ?? '') > (b.metadata.creationTimestamp ?? '') ? -1 : 1)),
    [all],
  );
  const close = (): void => {
    if (card !== undefined) return void navigate({ search: {}, replace: true });
    // Back to the job or the secret where it began. The user has been asked before.
    if (canGoBack) router.history.back({ ignoreBlocker: true });
    else void navigate({ search: {}, replace: true });
  };
  return (
    <div className={page['scroll']}>
      <Stack>
        <PageHead title={texts.dashboard.title} about={texts.dashboard.about} />
        <OfflineBar lists={[jobs]} />
        <FirstSteps namespace={namespace} jobs={jobs} />
        <section aria-label={texts.dashboard.actions} className={styles['cards']}>
          {cardsOf(config.widgets).map((widget) => (
            <WidgetCard
              key={widget.name}
              widget={widget}
              whyNot={whyNot}
              onRun={() => void navigate({ search: { card: widget.name }, replace: true })}
            />
          ))}
        </section>
        <div className={styles['columns']}>
          <Section title={texts.dashboard.running}>
            <Loading list={jobs} />
            {jobs.phase === 'refused' && <Refused list={jobs} />}
            {!isUnread(jobs) && jobs.phase !== 'refused' && running.length === 0 && (
              <Text size="sm" c="dimmed">
                {texts.dashboard.noneRunning}
              </Text>
            )}
            <Stack gap="xs">
              {running.slice(0, shownJobs).map((job) => (
                <RunningJob key={job.metadata.uid ?? job.metadata.name} job={job} namespace={namespace} />
              ))}
              {running.length > shownJobs && (
                <Anchor
                  size="sm"
                  renderRoot={(props) => <Link to="/n/$namespace/jobs" params={{ namespace }} {...props} />}
                >
                  {texts.dashboard.allRunning(running.length)}
                </Anchor>
              )}
            </Stack>
          </Section>
          <Stack>
            <WhatsUp namespace={namespace} jobs={all} />
          </Stack>
        </div>
      </Stack>
      {starting !== undefined && (
        <Suspense fallback={<OpeningDialog title={starting.title} onClose={close} />}>
          <RunDialog
            namespace={namespace}
            title={starting.title}
            initial={starting.draft}
            mayNotRun={whyNot}
            onClose={close}
          />
        </Suspense>
      )}
    </div>
  );
}

function OpeningDialog({ title, onClose }: { readonly title: string; readonly onClose: () => void }): ReactElement {
  return (
    <Dialog onClose={onClose} title={title} size={1100}>
      <Loader aria-label={texts.states.loading} />
    </Dialog>
  );
}

interface WidgetCardProps {
  readonly widget: Widget;
  readonly whyNot: string | undefined;
  readonly onRun: () => void;
}

function WidgetCard({ widget, whyNot, onRun }: WidgetCardProps): ReactElement {
  const id = `widget-${widget.name}`;
  return (
    <Card withBorder component="article" aria-labelledby={id} className={styles['card'] ?? ''}>
      <Group gap="xs" mb={4}>
        <Icon name={widget.kind === 'terminal' ? 'terminal' : widget.kind === 'web' ? 'dashboard' : 'jobs'} />
        <Title order={2} size="h5" id={id}>
          {widget.title}
        </Title>
      </Group>
      <Text size="sm" c="dimmed" flex={1} mb="md">
        {widget.description}
      </Text>
      <CreateButton whyNot={whyNot} onClick={onRun} aria-describedby={id} variant="light" autoContrast>
        {texts.dashboard.run}
      </CreateButton>
    </Card>
  );
}

function RunningJob({ job, namespace }: { readonly job: NeuroJob; readonly namespace: string }): ReactElement {
  return (
    <Group gap={4} justify="space-between">
      <Group gap="xs" wrap="nowrap" miw={0} maw="100%">
        <JobLink namespace={namespace} name={job.metadata.name} isCut />
        <Text size="xs" c="dimmed" style={{ whiteSpace: 'nowrap' }}>
          <When time={job.metadata.creationTimestamp} />
        </Text>
      </Group>
      <JobPill job={job} />
    </Group>
  );
}

/** The first card that asks for everything, with this secret attached. */
function withSecret(widgets: readonly Widget[], uri: string): Starting | undefined {
  const widget = widgets.find(({ kind, image }) => kind === 'job' && image === undefined) ?? widgets[0];
  if (widget === undefined) return undefined;
  const key = uri.slice(Math.max(uri.lastIndexOf('/'), uri.indexOf(':')) + 1);
  const attachment = { id: 0, kind: 'env', secret: uri, target: suggestedTarget('env', key) } as const;
  return { title: widget.title, draft: { ...draftOf(widget), attachments: [attachment] } };
}

function again(job: NeuroJob): Starting {
  return { title: texts.run.again(job.metadata.name), draft: draftFromJob(job) };
}
