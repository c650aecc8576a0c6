/** The ways in: the provider's page, or a pasted token. The token goes to the server once and is kept nowhere here. */
import { Anchor, Button, Divider, PasswordInput, Stack, Text } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState, type SubmitEvent, type ReactElement } from 'react';
import { paths, type LoginWay } from '../../contract.ts';
import { logIn } from '../cluster/session.ts';
import { InlineProblem } from '../parts/problem.tsx';
import { texts } from '../texts.ts';

export function LoginForm({ logins }: { readonly logins: readonly LoginWay[] }): ReactElement {
  const queries = useQueryClient();
  const [token, setToken] = useState('');
  const login = useMutation({
    mutationFn: () => logIn(token.trim()),
    onSuccess: async () => {
      setToken('');
      await queries.invalidateQueries({ queryKey: ['session'] });
    },
  });
  const submit = (event: SubmitEvent): void => {
    event.preventDefault();
    login.mutate();
  };
  const returnTo = `${location.pathname}${location.search}`;
  return (
    <Stack gap="md">
      {logins.length === 0 && <Text>{texts.login.localOnly}</Text>}
      {logins.includes('oidc') && (
        <Button component="a" href={`${paths.oidcStart}?returnTo=${encodeURIComponent(returnTo)}`} size="md">
          {texts.login.oidc}
        </Button>
      )}
      {logins.length === 2 && <Divider label={texts.login.or} />}
      {logins.includes('token') && (
        <form onSubmit={submit}>
          <Stack gap="sm">
            <PasswordInput
              label={texts.login.token}
              description={texts.login.tokenHelp}
              value={token}
              onChange={(event) => setToken(event.currentTarget.value)}
              autoComplete="off"
              required
              data-autofocus
            />
            {login.error !== null && <InlineProblem error={login.error} />}
            <Button type="submit" loading={login.isPending} variant={logins.includes('oidc') ? 'default' : 'filled'}>
              {texts.login.submit}
            </Button>
            <Text size="xs" c="dimmed">
              {texts.login.tokenHow}{' '}
              <Anchor inherit component="span" className="mono">
                {texts.login.tokenCommand}
              </Anchor>
            </Text>
          </Stack>
        </form>
      )}
    </Stack>
  );
}
