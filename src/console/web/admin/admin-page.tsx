/** The whole cluster, for administrators: each card reads with the user's own rights, and names the right that is missing. */
import { Button, Group, Text, Title } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import type { ReactElement } from 'react';
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
    <div className={page['scroll']}>
      <Group justify="space-between" mb="sm">
        <div>
          <Title order={1} size="h3">
            {texts.admin.title}
          </Title>
          <Text size="sm" c="dimmed">
            {texts.admin.intro}
          </Text>
        </div>
        <Button variant="default" onClick={() => void queries.invalidateQueries({ queryKey: ['admin'] })}>
          {texts.admin.reload}
        </Button>
      </Group>
      <div className={styles['grid']}>
        <OperatorCard />
        <KeysCard />
        <PeopleCard />
        <OffersCard />
        <BoundsCard />
        <GrantsCard />
      </div>
    </div>
  );
}
