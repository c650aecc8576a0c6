/** The menu of a row, made when it is first opened: most are never. */
import { Menu } from '@mantine/core';
import { useRef, useState, type ReactElement, type ReactNode } from 'react';
import { IconButton } from './icon-button.tsx';

interface RowMenuProps {
  readonly label: string;
  /** Its items. */
  readonly children: () => ReactNode;
}

export function RowMenu({ label, children }: RowMenuProps): ReactElement {
  const [isMade, setIsMade] = useState(false);
  const button = useRef<HTMLButtonElement>(null);
  if (!isMade)
    return (
      <IconButton
        icon="dots"
        label={label}
        aria-haspopup="menu"
        aria-expanded={false}
        onClick={() => setIsMade(true)}
      />
    );
  return (
    // The button that was pressed is another one now, so the focus is given back by hand.
    <Menu position="bottom-end" defaultOpened returnFocus={false} onClose={() => button.current?.focus()}>
      <Menu.Target>
        <IconButton ref={button} icon="dots" label={label} />
      </Menu.Target>
      <Menu.Dropdown>{children()}</Menu.Dropdown>
    </Menu>
  );
}
