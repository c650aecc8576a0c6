/** The first page of who has no session. */
import { Alert, Center, Paper, Stack, Text, Title } from '@mantine/core';
import type { ReactElement } from 'react';
import { loginFailedParameter } from '../../contract.ts';
import type { SessionState } from '../cluster/session.ts';
import { texts } from '../texts.ts';
import { LanguageLinks } from './languages.tsx';
import { LoginForm } from './login-form.tsx';

export function LoginPage({ state }: { readonly state: SessionState & { readonly isIn: false } }): ReactElement {
  const failed = new URLSearchParams(location.search).get(loginFailedParameter);
  return (
    <Center h="100%" p="md" component="main">
      <Paper p="xl" withBorder w="100%" maw={420}>
        <Stack>
          <div>
            <Title order={1} size="h2">
              {texts.app.name}
            </Title>
            <Text c="dimmed">{texts.login.intro}</Text>
          </div>
          {(state.message !== '' || failed !== null) && (
            <Alert color="yellow" role="alert" lang={state.lang}>
              {state.message === '' ? texts.login.failed(failed ?? '') : state.message}
            </Alert>
          )}
          <LoginForm logins={state.logins} />
          <LanguageLinks />
        </Stack>
      </Paper>
    </Center>
  );
}
