/** An item of a menu that takes a right: as `CreateButton`, for a row. It asks for the right when the menu opens. */
import { Menu } from '@mantine/core';
import type { ReactElement, ReactNode } from 'react';
import { useMayNot, type Act } from '../cluster/use-may-not.ts';
import { DangerItem } from './danger-item.tsx';

interface RightItemProps {
  /** What it does. */
  readonly act: Act;
  /** It cannot be undone. */
  readonly isDanger?: boolean;
  readonly disabled?: boolean;
  readonly onClick: () => void;
  readonly children: ReactNode;
}

export function RightItem({
  act,
  isDanger = false,
  disabled = false,
  onClick,
  children,
}: RightItemProps): ReactElement {
  const whyNot = useMayNot(act);
  // Not `disabled`: the arrow keys would pass it by, and nobody would hear why.
  if (whyNot !== undefined)
    return (
      <Menu.Item c="dimmed" closeMenuOnClick={false} aria-disabled aria-description={whyNot} data-tip={whyNot}>
        {children}
      </Menu.Item>
    );
  if (isDanger)
    return (
      <DangerItem onClick={onClick} disabled={disabled}>
        {children}
      </DangerItem>
    );
  return (
    <Menu.Item disabled={disabled} onClick={onClick}>
      {children}
    </Menu.Item>
  );
}
