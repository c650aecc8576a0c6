/** Copies a text; says so, or why not. The text may be made only when it is asked for. */
import { Button } from '@mantine/core';
import type { ReactElement } from 'react';
import { IconButton } from './icon-button.tsx';
import { Icon } from './icons.tsx';
import { useCopy, type CopyText } from './use-copy.ts';

interface CopyButtonProps {
  readonly label: string;
  readonly text: () => string | CopyText | Promise<string>;
  readonly isIcon?: boolean;
}

export function CopyButton({ label, text, isIcon = false }: CopyButtonProps): ReactElement {
  const { copy, isCopied } = useCopy();
  return isIcon ? (
    <IconButton icon={isCopied ? 'check' : 'copy'} iconSize={16} label={label} onClick={() => void copy(text)} />
  ) : (
    <Button
      variant="default"
      size="xs"
      leftSection={<Icon name={isCopied ? 'check' : 'copy'} size={16} />}
      onClick={() => void copy(text)}
    >
      {label}
    </Button>
  );
}
