/** Events of a job and of its Pod, which has its name. */
import { Badge, Stack, Table, Text } from '@mantine/core';
import { useMemo, type ReactElement } from 'react';
import type { NeuroJob } from '../../../api/index.ts';
import { isUnread } from '../cluster/live-list.ts';
import { events, type ClusterEvent } from '../cluster/object.ts';
import { useLive } from '../cluster/use-live.ts';
import { numberText } from '../language/local.ts';
import { withoutTerminalCodes } from '../parts/bytes.ts';
import { LoadingRows, Nothing, OfflineBar, Refused } from '../parts/states.tsx';
import { Clock } from '../parts/clock.tsx';
import { texts } from '../texts.ts';

export function JobEvents({ job }: { readonly job: NeuroJob }): ReactElement {
  const { namespace = '', name } = job.metadata;
  const list = useLive(events, { namespace }, { fieldSelector: `regarding.name=${name}` });
  const sorted = useMemo(() => [...list.objects.values()].sort((a, b) => (timeOf(a) > timeOf(b) ? -1 : 1)), [list]);
  if (isUnread(list))
    return (
      <Stack gap="xs">
        <OfflineBar lists={[list]} />
        <LoadingRows />
      </Stack>
    );
  if (list.phase === 'refused') return <Refused list={list} />;
  if (sorted.length === 0)
    return (
      <Nothing title={texts.jobs.noEvents}>
        <Text c="dimmed">{texts.jobs.noEventsHelp}</Text>
      </Nothing>
    );
  return (
    <Stack gap="xs">
      <OfflineBar lists={[list]} />
      <Table>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{texts.jobs.when}</Table.Th>
            <Table.Th>{texts.jobs.event}</Table.Th>
            <Table.Th>{texts.jobs.message}</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {sorted.map((event) => {
            const count = event.series?.count ?? event.deprecatedCount ?? 1;
            return (
              <Table.Tr key={event.metadata.uid ?? event.metadata.name}>
                <Table.Td w="min(110px, 22vw)">
                  <Text size="xs">
                    <Clock time={timeOf(event)} />
                  </Text>
                </Table.Td>
                <Table.Td w="min(240px, 30vw)">
                  <Text size="sm" fw={600}>
                    {event.reason}
                    {count > 1 ? ` × ${numberText(count)}` : ''}
                  </Text>
                  <Badge size="xs" variant="outline" color={event.type === 'Warning' ? 'orange' : 'gray'} tt="none">
                    {event.regarding?.kind}
                  </Badge>
                </Table.Td>
                <Table.Td className="wrap" lang="en">
                  {withoutTerminalCodes(event.note ?? event.message ?? '')}
                </Table.Td>
              </Table.Tr>
            );
          })}
        </Table.Tbody>
      </Table>
    </Stack>
  );
}

function timeOf(event: ClusterEvent): string {
  const times = [event.series?.lastObservedTime, event.eventTime, event.deprecatedLastTimestamp, event.lastTimestamp];
  return times.find((time) => time !== undefined && time !== null) ?? event.metadata.creationTimestamp ?? '';
}
