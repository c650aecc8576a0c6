/** The title of a column by which one can sort. */
import { UnstyledButton } from '@mantine/core';
import type { ReactElement } from 'react';
import type { Sorting } from './sorting.ts';

interface SortButtonProps<By extends string> {
  readonly by: By;
  readonly label: string;
  readonly sorting: Sorting<By>;
  readonly onSort: (sorting: Sorting<By>) => void;
}

export function SortButton<By extends string>({ by, label, sorting, onSort }: SortButtonProps<By>): ReactElement {
  const isActive = sorting.by === by;
  return (
    <UnstyledButton
      fz="inherit"
      fw="inherit"
      c={isActive ? 'inherit' : 'dimmed'}
      onClick={() => onSort({ by, isDescending: isActive && !sorting.isDescending })}
    >
      {label}
      {isActive && <span aria-hidden="true">{sorting.isDescending ? ' ↓' : ' ↑'}</span>}
    </UnstyledButton>
  );
}
