/** What happened with a secret: changes, grants, and uses by jobs and copies, with time, subject and version. Loaded when it is asked for. */
import { Badge, Stack, Table, Text } from '@mantine/core';
import { useMemo, type ReactElement } from 'react';
import { secretLog, type LogEntry } from '../../../client/index.ts';
import { isUnread } from '../cluster/live-list.ts';
import { events, neuroJobs, secretGrants } from '../cluster/object.ts';
import { useLive } from '../cluster/use-live.ts';
import { visibleControls } from '../parts/bytes.ts';
import { LoadingRows, OfflineBar } from '../parts/states.tsx';
import { useNow } from '../parts/use-now.ts';
import { When } from '../parts/when.tsx';
import { texts } from '../texts.ts';
import type { SecretRow } from './secret-rows.ts';

/** More would make the drawer slow, and nobody reads them here. */
const mostEntries = 200;

export function SecretLog({ row }: { readonly row: SecretRow }): ReactElement {
  const { secret, name } = row;
  const { namespace = '', uid = '' } = secret.metadata;
  const fieldSelector = `regarding.kind=UserSecret,regarding.name=${name}`;
  const eventList = useLive(events, { namespace }, { fieldSelector });
  const jobs = useLive(neuroJobs, { namespace });
  const grants = useLive(secretGrants, { namespace });
  const now = useNow();
  const { words } = texts.secretLog;
  const entries = useMemo(() => {
    const over = [...grants.objects.values()].filter(({ spec }) => (spec.secret ?? name) === name);
    const ofThis = [...eventList.objects.values()].filter(({ regarding }) => regarding?.uid === uid);
    const sources = { secret, grants: over, jobs: [...jobs.objects.values()], events: ofThis };
    return secretLog(sources, new Date(now), words);
  }, [secret, grants, jobs, eventList, name, uid, now, words]);
  const lists = { grants, jobs, events: eventList } as const;
  if (Object.values(lists).some(isUnread)) return <LoadingRows />;
  return (
    <Stack gap="xs">
      <OfflineBar lists={Object.values(lists)} />
      <Text size="sm" c="dimmed">
        {texts.secretLog.help}
      </Text>
      <Table>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{texts.secretLog.time}</Table.Th>
            <Table.Th>{texts.secretLog.what}</Table.Th>
            <Table.Th>{texts.secretLog.who}</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {entries.slice(0, mostEntries).map((entry) => (
            <Entry key={`${entry.time} ${entry.what} ${entry.who ?? ''}`} entry={entry} />
          ))}
        </Table.Tbody>
      </Table>
      {entries.length > mostEntries && (
        <Text size="sm" c="dimmed">
          {texts.secretLog.older(entries.length - mostEntries)}
        </Text>
      )}
      {(['grants', 'jobs', 'events'] as const)
        .filter((list) => lists[list].phase === 'refused')
        .map((list) => (
          <Text key={list} size="sm" c="dimmed">
            {texts.secretLog.unseen[list]}
          </Text>
        ))}
    </Stack>
  );
}

function Entry({ entry }: { readonly entry: LogEntry }): ReactElement {
  const { time, kind, what, who = '', version = '' } = entry;
  return (
    <Table.Tr>
      <Table.Td>
        <When time={time} />
      </Table.Td>
      <Table.Td className="wrap">
        <Badge size="xs" variant="outline" tt="none" mr={6}>
          {texts.secretLog.kinds[kind]}
        </Badge>
        {/* An event is in the words of the cluster. */}
        <span lang={kind === 'event' ? 'en' : undefined}>{visibleControls(what)}</span>
        {version !== '' && <div className="mono faint small">{version}</div>}
      </Table.Td>
      <Table.Td className="wrap">{visibleControls(who)}</Table.Td>
    </Table.Tr>
  );
}
