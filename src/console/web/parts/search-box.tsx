/**
 * A search box whose text stands in the address. What is typed shows at once, and is in the address soon after: an address changes when there is
 * time for it, and letters must not wait for that.
 */
import { TextInput } from '@mantine/core';
import { useDebouncedCallback } from '@mantine/hooks';
import { startTransition, useState, type ReactElement, type Ref } from 'react';
import { Icon } from './icons.tsx';

interface SearchBoxProps {
  readonly label: string;
  /** As the address has it. */
  readonly text: string;
  readonly onSearch: (text: string) => void;
  readonly ref: Ref<HTMLInputElement>;
}

const settleMs = 120;

export function SearchBox({ label, text, onSearch, ref }: SearchBoxProps): ReactElement {
  const [typed, setTyped] = useState<string>();
  const search = useDebouncedCallback(onSearch, settleMs);
  return (
    <TextInput
      ref={ref}
      aria-label={label}
      placeholder={label}
      leftSection={<Icon name="search" size={16} />}
      // Who is not typing sees what the address says: Back and links change it.
      value={typed ?? text}
      onChange={({ currentTarget: { value } }) => {
        setTyped(value);
        search(value);
      }}
      onKeyDown={(event) => {
        if (event.key === 'Escape') event.currentTarget.blur();
      }}
      onBlur={() => {
        search.flush();
        startTransition(() => setTyped(undefined));
      }}
    />
  );
}
