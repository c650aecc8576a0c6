/** Something went wrong: in the place of a page, or beside the field that it is about. */
import { Alert, Button, Center, Stack, Text, Title } from '@mantine/core';
import type { ReactElement } from 'react';
import { defined } from '../../../defined.ts';
import { asClusterError } from '../cluster/errors.ts';
import { texts } from '../texts.ts';

interface ProblemProps {
  readonly title: string;
  readonly error: Error;
  readonly onRetry?: () => void;
}

export function Problem({ title, error, onRetry }: ProblemProps): ReactElement {
  const { message, lang } = asClusterError(error);
  return (
    <Center p="xl" role="alert">
      <Stack align="center" gap="sm" maw={560}>
        <Title order={2} size="h3" ta="center">
          {title}
        </Title>
        <Text ta="center" className="wrap" lang={lang}>
          {message}
        </Text>
        {onRetry !== undefined && (
          <Button variant="default" onClick={onRetry}>
            {texts.states.retry}
          </Button>
        )}
      </Stack>
    </Center>
  );
}

export function InlineProblem({ error, title }: { readonly error: Error; readonly title?: string }): ReactElement {
  const { message, code, lang } = asClusterError(error);
  return (
    <Alert color="red" role="alert" p="xs" {...defined({ title })}>
      <Text size="sm" className="wrap">
        <span lang={lang}>{message}</span>
        {code !== '' && (
          <Text span size="xs" c="dimmed" ml={6}>
            {code}
          </Text>
        )}
      </Text>
    </Alert>
  );
}
