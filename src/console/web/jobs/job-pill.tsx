/** A job's state: the phase and the reason in words; the whole sentence in the tooltip. */
import { Badge } from '@mantine/core';
import type { ReactElement } from 'react';
import type { NeuroJob } from '../../../api/index.ts';
import { withoutTerminalCodes } from '../parts/bytes.ts';
import { hasOutput, jobWords } from './job-words.ts';
import styles from './jobs.module.css';

export function JobPill({ job }: { readonly job: NeuroJob }): ReactElement {
  const { tone, short, sentence } = jobWords(job);
  return (
    <Badge
      variant="light"
      color={tone}
      tt="none"
      className={styles['pill'] ?? ''}
      data-phase={job.status?.phase ?? 'Pending'}
      {...(sentence === ''
        ? {}
        : { 'data-tip': withoutTerminalCodes(sentence), 'data-tip-lang': hasOutput(job) ? undefined : 'en' })}
    >
      {short}
    </Badge>
  );
}
