/** The name of a page, what it is for, and beside it what one can do there. */
import { Group, Text, Title } from '@mantine/core';
import type { ReactElement, ReactNode } from 'react';
import styles from './page.module.css';

interface PageHeadProps {
  readonly title: string;
  /** One sentence for those who are here for the first time. */
  readonly about: string;
  /** Beside the title. */
  readonly beside?: ReactNode;
  /** Tools of the page. */
  readonly children?: ReactNode;
}

export function PageHead({ title, about, beside, children }: PageHeadProps): ReactElement {
  return (
    <Group justify="space-between" gap="sm">
      <div className={styles['name']}>
        <Group gap="sm">
          <Title order={1} size="h3">
            {title}
          </Title>
          {beside}
        </Group>
        <Text size="sm" c="dimmed" mt={4} className={styles['about'] ?? ''}>
          {about}
        </Text>
      </div>
      {children}
    </Group>
  );
}
