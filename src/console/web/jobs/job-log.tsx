/** The output of a job: live, to search, to download. */
import { ActionIcon, Button, Checkbox, Group, Text, TextInput } from '@mantine/core';
import { useVirtualizer } from '@tanstack/react-virtual';
import { useMemo, useRef, useState, type ReactElement, type ReactNode } from 'react';
import { JOB_CONTAINER, type NeuroJob } from '../../../api/index.ts';
import { isContainerGone, isFinished, isOnlyUnwatched } from '../../../client/index.ts';
import { pathOf, pods } from '../cluster/object.ts';
import { useCluster } from '../cluster/use-cluster.ts';
import { withoutTerminalCodes } from '../parts/bytes.ts';
import { Icon } from '../parts/icons.tsx';
import { texts } from '../texts.ts';
import styles from './jobs.module.css';
import { findLines, type LogLine } from './log-lines.ts';
import { useFollow } from './use-follow.ts';
import { useJobLog, type JobLogState } from './use-job-log.ts';

const lineHeight = 20;
const aheadLines = 30;

export function JobLog({ job }: { readonly job: NeuroJob }): ReactElement {
  'use no memo';
  const { connection } = useCluster();
  const { namespace = '' } = job.metadata;
  const { podName } = job.status ?? {};
  const state = useJobLog(namespace, podName, isFinished(job));
  const { log } = state;
  const { lines } = log;
  const [search, setSearch] = useState('');
  const [current, setCurrent] = useState(0);
  const [hasTimes, setHasTimes] = useState(false);
  const scroller = useRef<HTMLDivElement>(null);
  const { isFollowing, newCount, follow, pause, handlers } = useFollow(scroller, log.dropped + lines.length);
  // eslint-disable-next-line react-hooks/incompatible-library -- the virtualizer changes inside of itself; this component is not memoised
  const virtualizer = useVirtualizer({
    count: lines.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => lineHeight,
    getItemKey: (index) => lines[index]?.number ?? index,
    overscan: aheadLines,
  });
  const found = useMemo(() => findLines(lines, search), [lines, search]);
  const isFound = useMemo(() => new Set(found), [found]);
  const at = found.length === 0 ? undefined : found[Math.min(current, found.length - 1)];
  const go = (step: number): void => {
    if (found.length === 0) return;
    const next = (current + step + found.length) % found.length;
    setCurrent(next);
    pause();
    virtualizer.scrollToIndex(found[next] ?? 0, { align: 'center' });
  };
  const download =
    podName === undefined
      ? undefined
      : connection.address(pathOf(pods, { namespace, name: podName, subresource: 'log' }), {
          container: JOB_CONTAINER,
        });
  return (
    <>
      <Group gap="xs" mb="xs">
        <TextInput
          aria-label={texts.log.search}
          placeholder={texts.log.search}
          leftSection={<Icon name="search" size={16} />}
          value={search}
          onChange={(event) => {
            setSearch(event.currentTarget.value);
            setCurrent(0);
          }}
          onKeyDown={(event) => {
            if (event.key === 'Enter') go(event.shiftKey ? -1 : 1);
          }}
          w={240}
        />
        {search !== '' && (
          <Group gap={2} wrap="nowrap">
            <Text size="sm" role="status">
              {found.length === 0 ? texts.log.notFound : texts.log.found(current + 1, found.length)}
            </Text>
            <Step label={texts.log.previous} sign="↑" onClick={() => go(-1)} />
            <Step label={texts.log.next} sign="↓" onClick={() => go(1)} />
          </Group>
        )}
        <Checkbox
          label={texts.log.times}
          checked={hasTimes}
          onChange={(event) => setHasTimes(event.currentTarget.checked)}
        />
        <Text size="sm" c="dimmed" role="status" aria-label={texts.log.state} flex={1}>
          {words(state, job)}
        </Text>
        {!isFollowing && (
          <Button size="xs" variant="default" onClick={follow}>
            {texts.log.jump(newCount)}
          </Button>
        )}
        {download !== undefined && (
          <Button
            component="a"
            href={download}
            download={`${job.metadata.name}.log`}
            size="xs"
            variant="default"
            leftSection={<Icon name="down" size={15} />}
          >
            {texts.actions.download}
          </Button>
        )}
      </Group>
      {log.dropped > 0 && (
        <Text size="xs" c="dimmed">
          {texts.log.dropped(log.dropped)}
        </Text>
      )}
      <div className={styles['log']} ref={scroller} {...handlers} tabIndex={0} role="log" aria-label={texts.log.label}>
        <div style={{ height: virtualizer.getTotalSize(), position: 'relative' }}>
          {virtualizer.getVirtualItems().map(({ index, key, start }) => {
            const line = lines[index];
            return line === undefined ? null : (
              <div
                key={key}
                ref={virtualizer.measureElement}
                data-index={index}
                data-current={index === at && search !== ''}
                className={styles['line']}
                style={{ transform: `translateY(${String(start)}px)` }}
              >
                {hasTimes && <span className={styles['time']}>{line.time}</span>}
                <LineText line={line} search={isFound.has(index) ? search : ''} />
              </div>
            );
          })}
        </div>
      </div>
    </>
  );
}

function Step({
  label,
  sign,
  onClick,
}: Readonly<Record<'label' | 'sign', string>> & { onClick: () => void }): ReactElement {
  return (
    <ActionIcon variant="subtle" color="gray" aria-label={label} data-tip={label} onClick={onClick}>
      <span aria-hidden="true">{sign}</span>
    </ActionIcon>
  );
}

function LineText({ line, search }: { readonly line: LogLine; readonly search: string }): ReactElement {
  const { text } = line;
  if (search === '') return <>{text === '' ? '\u00a0' : text}</>;
  const isExact = search !== search.toLowerCase();
  const [haystack, needle] = isExact ? [text, search] : [text.toLowerCase(), search.toLowerCase()];
  const parts: ReactElement[] = [];
  let from = 0;
  for (let at = haystack.indexOf(needle); at !== -1; at = haystack.indexOf(needle, from)) {
    parts.push(<span key={`t${String(from)}`}>{text.slice(from, at)}</span>);
    parts.push(
      <mark key={`m${String(at)}`} className={styles['found']}>
        {text.slice(at, at + needle.length)}
      </mark>,
    );
    from = at + needle.length;
  }
  parts.push(<span key={`t${String(from)}`}>{text.slice(from)}</span>);
  return <>{parts}</>;
}

function words({ phase, problem, log }: JobLogState, job: NeuroJob): ReactNode {
  const said = <span lang={problem?.lang}>{problem?.message}</span>;
  if (problem?.kind === 'forbidden' || problem?.kind === 'sessionEnded') return said;
  if (phase === 'broken')
    return (
      <>
        {texts.log.broken} {said} {texts.log.retrying}
      </>
    );
  if (phase === 'waiting')
    return isFinished(job) && job.status?.podName === undefined ? texts.log.never : texts.log.waiting;
  if (phase === 'open') return isFinished(job) ? texts.log.ending : texts.log.live;
  const { nodeMessage } = log;
  if ((problem !== undefined || isContainerGone(nodeMessage)) && log.lines.length === 0)
    return texts.log.gone(withoutTerminalCodes(job.status?.message ?? ''));
  return nodeMessage === undefined || isOnlyUnwatched(nodeMessage) ? texts.log.ended : texts.log.unread(nodeMessage);
}
