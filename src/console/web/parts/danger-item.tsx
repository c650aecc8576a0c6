/** An item of a menu for what cannot be undone. The library's own red is too pale to read. */
import { Menu } from '@mantine/core';
import type { ReactElement, ReactNode } from 'react';

interface DangerItemProps {
  readonly onClick: () => void;
  readonly disabled?: boolean;
  readonly children: ReactNode;
}

export function DangerItem({ onClick, disabled = false, children }: DangerItemProps): ReactElement {
  return (
    <Menu.Item color="var(--mantine-color-error)" disabled={disabled} onClick={onClick}>
      {children}
    </Menu.Item>
  );
}
