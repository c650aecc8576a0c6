/** The button that opens the page of a job. It is there before the job runs, and says when it can be pressed. */
import { Button, Text } from '@mantine/core';
import type { ReactElement } from 'react';
import type { NeuroJob } from '../../../api/index.ts';
import { texts } from '../texts.ts';
import styles from './jobs.module.css';
import { canOpen } from './can-open.ts';
import { useOpenJob } from './use-open-job.tsx';

export function OpenButton({ job }: { readonly job: NeuroJob }): ReactElement {
  const { open, isOpening, explanation } = useOpenJob(job);
  const isReady = canOpen(job);
  return (
    <>
      <Text size="sm" c="dimmed" role="status" className={styles['openState'] ?? ''}>
        {isReady ? texts.open.ready : texts.open.notYet}
      </Text>
      <Button loading={isOpening} disabled={!isReady} onClick={open}>
        {texts.open.open}
      </Button>
      {explanation}
    </>
  );
}
