/** Narrows the list of secrets to tags: a field to choose one more, and the chosen ones as chips. */
import { Button, Group, Select } from '@mantine/core';
import { useMemo, type ReactElement } from 'react';
import { visibleControls } from '../parts/bytes.ts';
import { Icon } from '../parts/icons.tsx';
import { texts } from '../texts.ts';
import { tagChoices } from './secret-filters.ts';
import type { SecretRow } from './secret-rows.ts';

interface TagFilterProps {
  readonly rows: readonly SecretRow[];
  readonly chosen: readonly string[];
  readonly onChange: (tags: readonly string[]) => void;
}

/** Of more, the field finds those that are typed. */
const shownChoices = 100;

/** Nothing where no secret has a tag. */
export function TagSelect({ rows, chosen, onChange }: TagFilterProps): ReactElement | null {
  const choices = useMemo(() => tagChoices(rows), [rows]);
  if (choices.length === 0) return null;
  return (
    <Select
      aria-label={texts.tags.filter}
      data={choices.filter((tag) => !chosen.includes(tag)).map((tag) => ({ value: tag, label: visibleControls(tag) }))}
      value={null}
      placeholder={chosen.length === 0 ? texts.tags.all : texts.tags.another}
      searchable
      limit={shownChoices}
      nothingFoundMessage={texts.tags.noSuch}
      onChange={(tag) => (tag === null ? undefined : onChange([...chosen, tag]))}
      // Longer tags than the field are read in the list.
      comboboxProps={{ width: 280, position: 'bottom-start' }}
      w={140}
    />
  );
}

export function TagChips({ chosen, onChange }: Omit<TagFilterProps, 'rows'>): ReactElement | null {
  if (chosen.length === 0) return null;
  return (
    <Group gap={6} role="group" aria-label={texts.tags.chosen}>
      {chosen.map((tag) => (
        <Button
          key={tag}
          size="compact-xs"
          variant="default"
          radius="xl"
          tt="none"
          maw="16rem"
          aria-label={texts.tags.dropFilter(tag)}
          rightSection={<Icon name="close" size={12} />}
          onClick={() => onChange(chosen.filter((one) => one !== tag))}
        >
          {visibleControls(tag)}
        </Button>
      ))}
    </Group>
  );
}
