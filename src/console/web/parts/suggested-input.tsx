/** A field that suggests what is known while one types, and takes anything else. Esc is the list's only while there is one to see. */
import { Autocomplete, type AutocompleteProps } from '@mantine/core';
import { useState, type ReactElement } from 'react';

interface SuggestedInputProps extends Omit<AutocompleteProps, 'data' | 'value' | 'onChange'> {
  readonly known: readonly string[];
  readonly value: string;
  readonly onChange: (value: string) => void;
  /** The list of them is short enough to be shown for an empty field. */
  readonly isListed?: boolean;
}

/** What is typed narrows them. */
const mostSuggested = 50;

export function SuggestedInput({ known, value, isListed = false, ...rest }: SuggestedInputProps): ReactElement {
  const [isOpen, setIsOpen] = useState(false);
  const typed = value.trim().toLowerCase();
  const found = known.filter((name) => name.toLowerCase().includes(typed)).slice(0, mostSuggested);
  // Nothing once the whole name is there.
  const isUseful = (isListed || typed !== '') && found.some((name) => name.toLowerCase() !== typed);
  return (
    <Autocomplete
      value={value}
      data={found}
      filter={({ options }) => options}
      openOnFocus={isListed}
      dropdownOpened={isOpen && isUseful}
      onDropdownOpen={() => setIsOpen(true)}
      onDropdownClose={() => setIsOpen(false)}
      {...rest}
    />
  );
}
