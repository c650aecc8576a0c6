/** What is being done to rows of a list that is not on the page: how far it is, what failed, and the way back. */
import { Anchor, Button, CloseButton, Group, Text } from '@mantine/core';
import { useRouter } from '@tanstack/react-router';
import type { MouseEvent, ReactElement } from 'react';
import { texts } from '../texts.ts';
import { useShownPlaces } from './bulk-place.ts';
import { bulkRuns, useBulkRuns, type BulkRunning } from './bulk-runs.ts';
import styles from './bulk-status.module.css';

export function BulkStatus(): ReactElement | null {
  const shown = useShownPlaces();
  const elsewhere = useBulkRuns().filter(({ place }) => !shown.includes(place));
  if (elsewhere.length === 0) return null;
  return (
    <div className={styles['bar']} role="group" aria-label={texts.bulk.elsewhere}>
      {elsewhere.map((run) => (
        <Elsewhere key={run.place} run={run} />
      ))}
    </div>
  );
}

function Elsewhere({ run }: { readonly run: BulkRunning }): ReactElement {
  const { place, href, label, count, all, stop, result } = run;
  const { history } = useRouter();
  const back = (event: MouseEvent): void => {
    event.preventDefault();
    history.push(href);
  };
  return (
    <Group gap="xs">
      <Text size="sm" fw={600} role="status" {...(result === undefined ? {} : { c: 'red' })}>
        {result === undefined
          ? texts.bulk.running(label, count, all)
          : texts.bulk.ended(label, result.failed.length, result.left.length, result.all)}
      </Text>
      <Anchor href={href} onClick={back} size="sm">
        {result === undefined ? texts.bulk.back : texts.bulk.results}
      </Anchor>
      {result === undefined ? (
        <Button size="compact-sm" variant="default" onClick={stop}>
          {texts.bulk.stop}
        </Button>
      ) : (
        <CloseButton size="sm" aria-label={texts.bulk.dismiss} onClick={() => bulkRuns.dismiss(place)} />
      )}
    </Group>
  );
}
