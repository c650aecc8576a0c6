/** A job's state: the phase and the reason in words; the whole sentence in the tooltip. */
import { Badge, Tooltip } from '@mantine/core';
import type { ReactElement } from 'react';
import type { NeuroJob } from '../../../api/index.ts';
import { withoutTerminalCodes } from '../parts/bytes.ts';
import { jobWords } from './job-words.ts';
import styles from './jobs.module.css';

export function JobPill({ job }: { readonly job: NeuroJob }): ReactElement {
  const { tone, short, sentence } = jobWords(job);
  const pill = (
    <Badge
      variant="light"
      color={tone}
      tt="none"
      className={styles['pill'] ?? ''}
      data-phase={job.status?.phase ?? 'Pending'}
    >
      {short}
    </Badge>
  );
  if (sentence === '') return pill;
  return (
    <Tooltip label={withoutTerminalCodes(sentence)} multiline maw={420}>
      {pill}
    </Tooltip>
  );
}
