/** What a list shows in the place of rows: loading, empty, no right, and above them that it may be old. */
import { Alert, Center, Skeleton, Stack, Text, Title } from '@mantine/core';
import type { ReactElement, ReactNode } from 'react';
import { isUnread, troubleOf, type LiveList } from '../cluster/live-list.ts';
import type { ClusterObject } from '../cluster/object.ts';
import { texts } from '../texts.ts';

const skeletonRows = [1, 2, 3, 4, 5, 6];

export function LoadingRows(): ReactElement {
  return (
    <Stack gap="xs" role="status" aria-label={texts.states.loading}>
      {skeletonRows.map((row) => (
        <Skeleton key={row} height={44} />
      ))}
    </Stack>
  );
}

/** While a list is being read: rows to come, or that there are more than those that are shown. */
export function Loading({ list }: { readonly list: LiveList<ClusterObject> }): ReactElement | null {
  if (!isUnread(list)) return null;
  if (list.objects.size === 0) return <LoadingRows />;
  return (
    <Text size="sm" c="dimmed" role="status">
      {texts.states.more(list.objects.size)}
    </Text>
  );
}

interface NothingProps {
  readonly title: string;
  readonly children?: ReactNode;
}

export function Nothing({ title, children }: NothingProps): ReactElement {
  return (
    <Center p="xl" flex={1}>
      <Stack align="center" gap="sm" maw={520} style={{ textWrap: 'balance' }}>
        <Title order={2} size="h4" ta="center" className="wrap">
          {title}
        </Title>
        {children}
      </Stack>
    </Center>
  );
}

interface RefusedProps {
  readonly list: LiveList<ClusterObject>;
  /** In the words of the page, where those of the API name an object that nobody has heard of. */
  readonly why?: string;
}

export function Refused({ list, why }: RefusedProps): ReactElement {
  return (
    <Nothing title={texts.states.refused}>
      <Text ta="center" c="dimmed" className="wrap" lang={why === undefined ? list.problem?.lang : undefined}>
        {why ?? list.problem?.message}
      </Text>
      <Text ta="center">{texts.states.refusedHelp}</Text>
    </Nothing>
  );
}

/** `3 of 305`, while something narrows a list. */
export function FoundCount({
  query,
  count,
  all,
}: Readonly<Record<'count' | 'all', number>> & { readonly query: string }): ReactElement | null {
  if (query === '') return null;
  return (
    <Text size="sm" c="dimmed" role="status">
      {texts.states.someOf(count, all)}
    </Text>
  );
}

/** Nothing while all is live. */
export function OfflineBar({ lists }: { readonly lists: readonly LiveList<ClusterObject>[] }): ReactElement | null {
  const list = lists.find(({ phase }) => phase === 'offline');
  const problem = list?.problem;
  if (list === undefined || problem === undefined) return null;
  const trouble = troubleOf(list) ?? 'offline';
  const help = isUnread(list) && list.objects.size === 0 ? texts.states.offlineUnread : texts.states.offlineHelp;
  return (
    <Alert color="yellow" p="xs" role="status" title={texts.states[trouble]}>
      <span lang={problem.lang}>{problem.message}</span> {help}
    </Alert>
  );
}
