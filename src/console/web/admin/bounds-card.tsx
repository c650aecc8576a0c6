/** Quotas that are nearly used up, and secrets and jobs that wait because of a limit. */
import { Stack } from '@mantine/core';
import type { ReactElement, ReactNode } from 'react';
import { neuroJobs, userSecrets } from '../cluster/object.ts';
import { texts } from '../texts.ts';
import { resourceQuotas } from './admin-kinds.ts';
import { AdminCard, Extent, Read, Rows, Sentence } from './admin-card.tsx';
import { byShare, jobBites, quotaBites, secretBites, type BiteRow } from './admin-rows.ts';
import { listAll, type Listed } from './list-all.ts';
import { useReading, type Reading } from './use-reading.ts';

type Bites = Listed<BiteRow>;

export function BoundsCard(): ReactElement {
  const quotas = useReading<Bites>('quotas', (connection, signal, report) =>
    listAll(connection, resourceQuotas, quotaBites, { signal, report }),
  );
  const objects = useReading<Bites>('bounds', async (connection, signal, report) => {
    const secrets = await listAll(connection, userSecrets, secretBites, { signal, report });
    const withJobs = (jobs: Bites): Bites => ({
      rows: [...secrets.rows, ...jobs.rows],
      count: secrets.count + jobs.count,
      isPart: jobs.isPart,
      isCut: secrets.isCut || jobs.isCut,
    });
    const reportWithJobs = (jobs: Bites): void => report(withJobs(jobs));
    return withJobs(await listAll(connection, neuroJobs, jobBites, { signal, report: reportWithJobs }));
  });
  const all = byShare([quotas, objects].flatMap((reading) => (reading.kind === 'read' ? reading.value.rows : [])));
  const isRead = [quotas, objects].every((reading) => reading.kind === 'read' && !reading.value.isPart);
  const isQuiet = isRead && all.length === 0;
  return (
    <AdminCard title={texts.admin.bounds.title} isWide>
      <Stack gap="xs">
        {all.length > 0 && (
          <Rows
            label={texts.admin.bounds.title}
            header={[texts.admin.bounds.namespace, texts.admin.bounds.what, texts.admin.bounds.used]}
            rows={all.map(({ namespace, what, used }) => ({
              key: `${namespace} ${what} ${used}`,
              cells: [namespace, what, texts.reasons[used] ?? texts.secretReasons[used] ?? used],
            }))}
          />
        )}
        {isQuiet && <Sentence text={texts.admin.bounds.none} />}
        <Missing reading={quotas} right={texts.admin.bounds.rightQuotas} />
        <Missing reading={objects} right={texts.admin.bounds.rightObjects} />
      </Stack>
    </AdminCard>
  );
}

/** Why a reading is missing or not complete; its rows are in the table above. */
function Missing({ reading, right }: { readonly reading: Reading<Bites>; readonly right: string }): ReactNode {
  return (
    <Read reading={reading} right={right}>
      {(listed) => <Extent listed={listed} />}
    </Read>
  );
}
