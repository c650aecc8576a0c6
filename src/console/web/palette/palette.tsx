/** Ctrl-K: a few letters of a page, a secret, a job or an action, and Enter. A combobox with a list, as screen readers know it. */
import { Text, TextInput } from '@mantine/core';
import { useId, useRef, useState, type KeyboardEvent, type ReactElement } from 'react';
import { Dialog } from '../parts/dialog.tsx';
import { Icon } from '../parts/icons.tsx';
import { texts } from '../texts.ts';
import { findCommands } from './find-commands.ts';
import styles from './palette.module.css';
import { useCommands } from './use-commands.ts';

interface PaletteProps {
  readonly namespace: string;
  readonly onClose: () => void;
}

export function Palette({ namespace, onClose }: PaletteProps): ReactElement {
  const commands = useCommands(namespace);
  const [query, setQuery] = useState('');
  const [at, setAt] = useState(0);
  const id = useId();
  const list = useRef<HTMLUListElement>(null);
  const found = findCommands(commands, query);
  const current = Math.min(at, found.length - 1);
  const optionId = (index: number): string => `${id}-${String(index)}`;
  const choose = (index: number): void => {
    const command = found[index];
    if (command === undefined) return;
    onClose();
    command.run();
  };
  const go = (next: number): void => {
    const index = (next + found.length) % Math.max(1, found.length);
    setAt(index);
    list.current?.children[index]?.scrollIntoView({ block: 'nearest' });
  };
  const press = (event: KeyboardEvent): void => {
    const steps: Readonly<Record<string, () => void>> = {
      ArrowDown: () => go(current + 1),
      ArrowUp: () => go(current - 1),
      Home: () => go(0),
      End: () => go(found.length - 1),
      Enter: () => choose(current),
    };
    const step = steps[event.key];
    if (step === undefined) return;
    event.preventDefault();
    step();
  };
  return (
    <Dialog title={texts.palette.title} onClose={onClose}>
      <TextInput
        aria-label={texts.palette.label}
        placeholder={texts.palette.label}
        leftSection={<Icon name="search" size={16} />}
        value={query}
        onChange={(event) => {
          setQuery(event.currentTarget.value);
          setAt(0);
        }}
        onKeyDown={press}
        role="combobox"
        aria-expanded={found.length > 0}
        aria-controls={id}
        aria-autocomplete="list"
        {...(found.length === 0 ? {} : { 'aria-activedescendant': optionId(current) })}
        autoComplete="off"
        spellCheck={false}
        data-autofocus
      />
      <ul className={styles['list']} role="listbox" id={id} aria-label={texts.palette.found} ref={list}>
        {found.map(({ id: key, label, group }, index) => (
          <li
            key={key}
            id={optionId(index)}
            role="option"
            aria-selected={index === current}
            className={styles['option']}
            onMouseMove={() => setAt(index)}
            onClick={() => choose(index)}
          >
            <span className="cut">{label}</span>
            <span className="faint small">{texts.palette.groups[group]}</span>
          </li>
        ))}
      </ul>
      <Text size="sm" c="dimmed" role="status" py="xs">
        {found.length === 0 ? texts.states.noMatch(query) : texts.palette.help}
      </Text>
    </Dialog>
  );
}
