/** An item of a menu that creates something, or leads to where it is created: as `CreateButton`, for a row. It asks for the right when the menu opens. */
import { Menu } from '@mantine/core';
import type { ReactElement, ReactNode } from 'react';
import { useMayNotCreate, type Creatable } from '../cluster/use-may-create.ts';

interface CreateItemProps {
  readonly creates: Creatable;
  readonly namespace: string;
  readonly onClick: () => void;
  readonly children: ReactNode;
}

export function CreateItem({ creates, namespace, onClick, children }: CreateItemProps): ReactElement {
  const whyNot = useMayNotCreate(creates, namespace);
  if (whyNot === undefined) return <Menu.Item onClick={onClick}>{children}</Menu.Item>;
  // Not `disabled`: the arrow keys would pass it by, and nobody would hear why.
  return (
    <Menu.Item c="dimmed" closeMenuOnClick={false} aria-disabled aria-description={whyNot} data-tip={whyNot}>
      {children}
    </Menu.Item>
  );
}
