/** Beside a value that will be sealed: where that is done, and which recovery keys can open it, too. */
import { Text } from '@mantine/core';
import type { ReactElement } from 'react';
import { listText } from '../language/local.ts';
import { texts } from '../texts.ts';
import { useRecoveryKeys } from './use-recovery-keys.ts';

export function SealingNote(): ReactElement {
  const ids = useRecoveryKeys();
  return (
    <Text size="xs" c="dimmed" className="wrap" flex="1 1 14rem">
      {texts.sealing.note} {ids.length > 0 && texts.sealing.alsoFor(listText(ids))}
    </Text>
  );
}
