/** Copies a text; says so, or why not. The text may be made only when it is asked for. */
import { ActionIcon, Button, Tooltip } from '@mantine/core';
import type { ReactElement } from 'react';
import { Icon } from './icons.tsx';
import { useCopy } from './use-copy.ts';

interface CopyButtonProps {
  readonly label: string;
  readonly text: () => string | Promise<string>;
  readonly isIcon?: boolean;
}

export function CopyButton({ label, text, isIcon = false }: CopyButtonProps): ReactElement {
  const { copy, isCopied } = useCopy();
  const icon = <Icon name={isCopied ? 'check' : 'copy'} size={16} />;
  return isIcon ? (
    <Tooltip label={label}>
      <ActionIcon variant="subtle" color="gray" aria-label={label} onClick={() => void copy(text)}>
        {icon}
      </ActionIcon>
    </Tooltip>
  ) : (
    <Button variant="default" size="xs" leftSection={icon} onClick={() => void copy(text)}>
      {label}
    </Button>
  );
}
