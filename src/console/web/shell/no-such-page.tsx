import { Anchor, Center, Stack, Title } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import type { ReactElement } from 'react';
import { texts } from '../texts.ts';

export function NoSuchPage(): ReactElement {
  return (
    <Center p="xl">
      <Stack align="center">
        <Title order={1} size="h3" ta="center">
          {texts.states.noSuchPage}
        </Title>
        <Anchor renderRoot={(props) => <Link to="/" {...props} />}>{texts.states.toStart}</Anchor>
      </Stack>
    </Center>
  );
}
