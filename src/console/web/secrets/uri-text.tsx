/** The URI of a secret, and a button that copies it. */
import { Group, Text } from '@mantine/core';
import type { ReactElement } from 'react';
import { CopyButton } from '../parts/copy-button.tsx';
import { texts } from '../texts.ts';

export function UriText({ uri }: { readonly uri: string }): ReactElement {
  return (
    <Group gap={4} wrap="nowrap">
      <Text size="sm" className="mono wrap">
        {uri}
      </Text>
      <CopyButton isIcon label={texts.copy.uri} text={() => uri} />
    </Group>
  );
}
