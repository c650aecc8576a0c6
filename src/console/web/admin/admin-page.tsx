/** The whole cluster, for administrators: each card reads with the user's own rights, and names the right that is missing. */
import { Button, Stack } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import type { ReactElement } from 'react';
import { PageHead } from '../parts/page-head.tsx';
import page from '../parts/page.module.css';
import { usePageTitle } from '../parts/page-title.ts';
import { texts } from '../texts.ts';
import styles from './admin.module.css';
import { BoundsCard } from './bounds-card.tsx';
import { GrantsCard } from './grants-card.tsx';
import { KeysCard, OffersCard, PeopleCard } from './offer-cards.tsx';
import { OperatorCard } from './operator-card.tsx';

export function AdminPage(): ReactElement {
  const queries = useQueryClient();
  usePageTitle(texts.admin.title);
  return (
    <Stack gap="sm" className={page['scroll'] ?? ''}>
      <PageHead title={texts.admin.title} about={texts.admin.intro}>
        <Button variant="default" onClick={() => void queries.invalidateQueries({ queryKey: ['admin'] })}>
          {texts.admin.reload}
        </Button>
      </PageHead>
      <div className={styles['grid']}>
        <OperatorCard />
        <KeysCard />
        <PeopleCard />
        <OffersCard />
        <BoundsCard />
        <GrantsCard />
      </div>
    </Stack>
  );
}
