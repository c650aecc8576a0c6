/** Before the first page: it loads, and says what it waits for when that takes long. */
import { Center, Loader, Stack, Text } from '@mantine/core';
import { useEffect, useState, type ReactElement } from 'react';
import { texts } from '../texts.ts';

/** Longer than any answer of a cluster that is well. */
const longMs = 5_000;

export function Waiting(): ReactElement {
  const [isLong, setIsLong] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setIsLong(true), longMs);
    return () => clearTimeout(timer);
  }, []);
  return (
    <Center h="100%" p="xl">
      <Stack align="center">
        <Loader aria-label={texts.states.loading} />
        <Text role="status" ta="center">
          {isLong && texts.states.takesLong}
        </Text>
      </Stack>
    </Center>
  );
}
