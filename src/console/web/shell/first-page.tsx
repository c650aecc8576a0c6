/** To the user's home; who has none names a namespace. */
import { Button, Center, Loader, Stack, Text, TextInput, Title } from '@mantine/core';
import { Navigate, useNavigate, useRouter } from '@tanstack/react-router';
import { useEffect, useState, type SubmitEvent, type ReactElement } from 'react';
import { pageInFragment } from '../../../client/index.ts';
import { useCluster } from '../cluster/use-cluster.ts';
import { useHome } from '../cluster/use-home.ts';
import { texts } from '../texts.ts';

export function FirstPage(): ReactElement {
  const { session } = useCluster();
  const home = useHome();
  const navigate = useNavigate();
  const [typed, setTyped] = useState('');
  if (home === undefined)
    return (
      <Center p="xl">
        <Loader aria-label={texts.states.loading} />
      </Center>
    );
  // `neuro open` names a page in the fragment of the address.
  const page = pageInFragment(window.location.hash);
  if (page !== undefined) return <GoTo page={page} />;
  const namespace = home.home ?? (home.visible.length === 1 ? home.visible[0] : undefined);
  if (namespace !== undefined) return <Navigate to="/n/$namespace/dashboard" params={{ namespace }} replace />;
  const submit = (event: SubmitEvent): void => {
    event.preventDefault();
    void navigate({ to: '/n/$namespace/dashboard', params: { namespace: typed.trim() } });
  };
  return (
    <Center p="xl">
      <form onSubmit={submit}>
        <Stack maw={420}>
          <Title order={1} size="h3">
            {texts.namespace.choose}
          </Title>
          <Text c="dimmed">{texts.namespace.noHome(session.user.name)}</Text>
          <TextInput
            label={texts.namespace.label}
            value={typed}
            onChange={(event) => setTyped(event.currentTarget.value)}
            required
          />
          <Button type="submit">{texts.namespace.open}</Button>
        </Stack>
      </form>
    </Center>
  );
}

/** A page with its query, as one text. */
function GoTo({ page }: { readonly page: string }): null {
  const { history } = useRouter();
  useEffect(() => history.replace(page), [history, page]);
  return null;
}
