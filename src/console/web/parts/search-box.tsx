/**
 * A search box whose text stands in the address. What is typed shows at once, and is in the address soon after: an address changes when there is
 * time for it, and letters must not wait for that.
 */
import { TextInput } from '@mantine/core';
import { useDebouncedCallback, useMergedRef } from '@mantine/hooks';
import { startTransition, useRef, useState, type ReactElement, type Ref } from 'react';
import { texts } from '../texts.ts';
import { IconButton } from './icon-button.tsx';
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
  const input = useRef<HTMLInputElement>(null);
  // Who is not typing sees what the address says: Back and links change it.
  const shown = typed ?? text;
  const clear = (): void => {
    setTyped('');
    search('');
    search.flush();
    input.current?.focus();
  };
  return (
    <TextInput
      ref={useMergedRef(ref, input)}
      aria-label={label}
      placeholder={label}
      leftSection={<Icon name="search" size={16} />}
      flex="1 1 8rem"
      value={shown}
      onChange={({ currentTarget: { value } }) => {
        setTyped(value);
        search(value);
      }}
      onKeyDown={(event) => {
        if (event.key !== 'Escape') return;
        if (shown === '') event.currentTarget.blur();
        else clear();
      }}
      rightSection={
        shown === '' ? undefined : (
          <IconButton icon="close" iconSize={16} label={texts.states.clearSearch} onClick={clear} />
        )
      }
      onBlur={() => {
        search.flush();
        startTransition(() => setTyped(undefined));
      }}
    />
  );
}
