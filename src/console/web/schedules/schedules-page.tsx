/** The live list of schedules: when each runs, and how its last job ended. */
import { Anchor, Badge, Code, Text } from '@mantine/core';
import { getRouteApi, Link } from '@tanstack/react-router';
import { useMemo, useState, type ReactElement } from 'react';
import type { NeuroSchedule } from '../../../api/index.ts';
import { scheduleMessage, scheduleState, type ScheduleState } from '../../../client/index.ts';
import { isUnread } from '../cluster/live-list.ts';
import { neuroSchedules } from '../cluster/object.ts';
import { useLive } from '../cluster/use-live.ts';
import { useMayNotCreate } from '../cluster/use-may-not.ts';
import { visibleControls } from '../parts/bytes.ts';
import { compareText } from '../language/local.ts';
import { CreateButton } from '../parts/create-button.tsx';
import { Icon } from '../parts/icons.tsx';
import { PageHead } from '../parts/page-head.tsx';
import page from '../parts/page.module.css';
import { usePageTitle } from '../parts/page-title.ts';
import { SelectTable } from '../parts/select-table.tsx';
import { Loading, Nothing, OfflineBar, Refused } from '../parts/states.tsx';
import { When } from '../parts/when.tsx';
import { texts } from '../texts.ts';
import styles from '../jobs/jobs.module.css';
import { useBulkSchedules } from './bulk-schedules.ts';
import { RemoveSchedule } from './remove-schedule.tsx';
import { ScheduleActions } from './schedule-actions.tsx';

const route = getRouteApi('/n/$namespace/schedules');
const rowHeight = 56;
const tones: Readonly<Record<ScheduleState, string>> = {
  active: 'pine',
  paused: 'gray',
  waiting: 'blue',
  problem: 'red',
  new: 'gray',
};

export function SchedulesPage(): ReactElement {
  const { namespace } = route.useParams();
  const schedules = useLive(neuroSchedules, { namespace });
  const mayNotRun = useMayNotCreate('neurojobs', namespace);
  // A schedule has a job as its template.
  const whyNot = useMayNotCreate('neuroschedules', namespace) ?? mayNotRun;
  usePageTitle(texts.schedules.title, namespace);
  const rows = useMemo(
    () => [...schedules.objects.values()].sort((a, b) => compareText(a.metadata.name, b.metadata.name)),
    [schedules],
  );
  const actions = useBulkSchedules(namespace);
  const [removed, setRemoved] = useState<NeuroSchedule>();
  const isKnown = !isUnread(schedules) && schedules.phase !== 'refused';
  return (
    <div className={page['page']}>
      <PageHead title={texts.schedules.title} about={texts.schedules.about}>
        <CreateButton
          whyNot={whyNot}
          leftSection={<Icon name="add" />}
          renderRoot={(props) => <Link to="/n/$namespace/dashboard" params={{ namespace }} {...props} />}
        >
          {texts.schedules.new}
        </CreateButton>
      </PageHead>
      <OfflineBar lists={[schedules]} />
      <Loading list={schedules} />
      {schedules.phase === 'refused' && <Refused list={schedules} />}
      {isKnown && rows.length === 0 && (
        <Nothing title={texts.schedules.none}>
          <Text ta="center">{texts.schedules.noneHelp}</Text>
          <CreateButton
            whyNot={whyNot}
            renderRoot={(props) => <Link to="/n/$namespace/dashboard" params={{ namespace }} {...props} />}
          >
            {texts.schedules.new}
          </CreateButton>
          <Text size="sm" c="dimmed" ta="center">
            {texts.secrets.orCommand} <Code>{texts.schedules.command}</Code>
          </Text>
        </Nothing>
      )}
      <SelectTable
        // A question about schedules of another namespace would act in this one.
        key={namespace}
        list="schedules"
        label={texts.schedules.title}
        rows={rows}
        keyOf={idOf}
        nameOf={nameOf}
        actions={actions}
        rowHeight={rowHeight}
        columnsClass={styles['schedules'] ?? ''}
        header={[
          texts.schedules.name,
          texts.schedules.when,
          texts.schedules.state,
          texts.schedules.next,
          texts.schedules.last,
          texts.actions.title,
        ]}
        labels={[undefined, texts.schedules.when, undefined, texts.schedules.next, texts.schedules.last, undefined]}
        render={(schedule) => [
          <Name key="name" schedule={schedule} namespace={namespace} />,
          <Times key="when" schedule={schedule} />,
          <State key="state" schedule={schedule} />,
          <When key="next" time={schedule.status?.nextScheduleTime} />,
          <Last key="last" schedule={schedule} namespace={namespace} />,
          <ScheduleActions key="actions" schedule={schedule} onRemove={() => setRemoved(schedule)} />,
        ]}
      />
      {removed !== undefined && removed.metadata.namespace === namespace && (
        <RemoveSchedule key={idOf(removed)} schedule={removed} onClose={() => setRemoved(undefined)} />
      )}
    </div>
  );
}

const idOf = ({ metadata }: NeuroSchedule): string => metadata.uid ?? metadata.name;
const nameOf = ({ metadata }: NeuroSchedule): string => metadata.name;

interface CellProps {
  readonly schedule: NeuroSchedule;
}
interface LinkingCellProps extends CellProps {
  readonly namespace: string;
}

/** Leads to its jobs. */
function Name({ schedule, namespace }: LinkingCellProps): ReactElement {
  const { name } = schedule.metadata;
  const more = visibleControls(schedule.spec.description ?? '');
  return (
    <>
      <Link
        to="/n/$namespace/jobs"
        params={{ namespace }}
        search={{ q: `${name}-` }}
        className={`${styles['name'] ?? ''} cut`}
      >
        {name}
      </Link>
      {more !== '' && (
        <div className="faint small cut" title={more}>
          {more}
        </div>
      )}
    </>
  );
}

function Times({ schedule: { spec } }: CellProps): ReactElement {
  return (
    <>
      <span className="mono">{spec.schedule}</span>
      <div className="faint small cut">{spec.timeZone ?? 'UTC'}</div>
    </>
  );
}

function State({ schedule }: CellProps): ReactElement {
  const state = scheduleState(schedule);
  const message = scheduleMessage(schedule);
  const { activeCount = 0 } = schedule.status ?? {};
  return (
    <>
      <Badge
        variant="light"
        color={tones[state]}
        tt="none"
        className={styles['pill'] ?? ''}
        {...(message === undefined ? {} : { 'data-tip': message, 'data-tip-lang': 'en' })}
      >
        {texts.schedules.states[state]}
      </Badge>
      {activeCount > 0 && <div className="faint small">{texts.schedules.running(activeCount)}</div>}
      {state === 'problem' && (
        <div className="small wrap" lang="en">
          {message}
        </div>
      )}
    </>
  );
}

function Last({ schedule, namespace }: LinkingCellProps): ReactElement {
  const { lastScheduleTime, lastFinished } = schedule.status ?? {};
  return (
    <>
      <When time={lastScheduleTime} />
      {lastFinished?.phase !== undefined && (
        <div className="small cut">
          <Anchor
            inherit
            {...(lastFinished.phase === 'Failed' ? { c: 'red' } : {})}
            renderRoot={(props) => (
              <Link to="/n/$namespace/jobs/$name" params={{ namespace, name: lastFinished.name }} {...props} />
            )}
          >
            {texts.phases[lastFinished.phase]}
          </Anchor>
        </div>
      )}
    </>
  );
}
