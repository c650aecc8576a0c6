/** Until when access holds; what ends within a day stands out. */
import { Text } from '@mantine/core';
import type { ReactElement } from 'react';
import { useNow } from '../parts/use-now.ts';
import { When } from '../parts/when.tsx';
import { texts } from '../texts.ts';

const soonMs = 24 * 3_600_000;

export function Expires({ time }: { readonly time: string | undefined }): ReactElement {
  const now = useNow();
  const isSoon = time !== undefined && new Date(time).getTime() - now < soonMs;
  return (
    <Text size="sm" fw={isSoon ? 600 : 400} c={time === undefined ? 'dimmed' : 'inherit'}>
      {time === undefined ? texts.share.expiries['never'] : <When time={time} />}
    </Text>
  );
}
