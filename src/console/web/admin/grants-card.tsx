/** All grants of the cluster: the secret, the subject, the access, the granter and the end. */
import { Stack, TextInput } from '@mantine/core';
import { useState, type ReactElement } from 'react';
import { secretGrants } from '../cluster/object.ts';
import { When } from '../parts/when.tsx';
import { texts } from '../texts.ts';
import { AdminCard, Read, Rows, Sentence } from './admin-card.tsx';
import { foundGrants, grantRows } from './admin-rows.ts';
import { listAll, mostObjects, useReading } from './use-reading.ts';

export function GrantsCard(): ReactElement {
  const [query, setQuery] = useState('');
  const reading = useReading('grants', (connection, signal) => listAll(connection, secretGrants, grantRows, signal));
  const g = texts.admin.grants;
  return (
    <AdminCard title={g.title} isWide>
      <Read reading={reading} right={g.right}>
        {({ rows, isCut }) => (
          <Stack gap="xs">
            <TextInput
              type="search"
              aria-label={g.search}
              placeholder={g.search}
              value={query}
              onChange={(event) => setQuery(event.currentTarget.value)}
            />
            <Rows
              label={g.title}
              header={[g.owner, g.secret, g.subject, g.access, g.by, g.expires]}
              rows={foundGrants(rows, query).map(
                ({ id, namespace, secret = g.all, subject, access, grantedBy = g.ofOwner, expiresAt }) => ({
                  key: id,
                  cells: [
                    ...[namespace, secret, subject, texts.share.levels[access].name, grantedBy],
                    expiresAt === undefined ? g.noEnd : <When key="until" time={expiresAt} />,
                  ],
                }),
              )}
            />
            {isCut && <Sentence text={texts.admin.more(mostObjects)} />}
          </Stack>
        )}
      </Read>
    </AdminCard>
  );
}
