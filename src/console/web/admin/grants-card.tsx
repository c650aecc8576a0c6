/** All grants of the cluster: the secret, the subject, the access, the granter and the end. */
import { Stack, TextInput } from '@mantine/core';
import { useState, type ReactElement } from 'react';
import { secretGrants } from '../cluster/object.ts';
import { When } from '../parts/when.tsx';
import { texts } from '../texts.ts';
import { AdminCard, Extent, Read, Rows } from './admin-card.tsx';
import { foundGrants, grantRows, type GrantRow } from './admin-rows.ts';
import { listAll, type Listed } from './list-all.ts';
import { useReading } from './use-reading.ts';

export function GrantsCard(): ReactElement {
  const [query, setQuery] = useState('');
  const reading = useReading<Listed<GrantRow>>('grants', (connection, signal, report) =>
    listAll(connection, secretGrants, grantRows, { signal, report }),
  );
  const g = texts.admin.grants;
  return (
    <AdminCard title={g.title} isWide>
      <Read reading={reading} right={g.right}>
        {(listed) => (
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
              rows={foundGrants(listed.rows, query).map(
                ({ id, namespace, secret = g.all, subject, access, grantedBy = g.ofOwner, expiresAt }) => ({
                  key: id,
                  cells: [
                    ...[namespace, secret, subject, texts.share.levels[access].name, grantedBy],
                    expiresAt === undefined ? g.noEnd : <When key="until" time={expiresAt} />,
                  ],
                }),
              )}
            />
            <Extent listed={listed} />
          </Stack>
        )}
      </Read>
    </AdminCard>
  );
}
