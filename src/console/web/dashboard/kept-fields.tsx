/** What a former job had and this form does not show: it is kept unless it is removed here. */
import { ActionIcon, Group, Stack, Text } from '@mantine/core';
import type { ReactElement } from 'react';
import type { KeptFields as Kept } from '../../../client/index.ts';
import { Icon } from '../parts/icons.tsx';
import { texts } from '../texts.ts';
import type { RunFieldsProps } from './job-fields.tsx';

/** A long value is cut here; the manifest has all of it. */
const longestValue = 60;

export function KeptFields({ draft, onChange }: Pick<RunFieldsProps, 'draft' | 'onChange'>): ReactElement | null {
  const { kept, labels } = draft;
  const rows = [
    ...(Object.entries(kept) as readonly (readonly [keyof Kept, unknown])[]).map(([field, value]) => ({
      what: field,
      text: `${field}: ${short(value)}`,
      remove: () => {
        const { [field]: _removed, ...rest } = kept;
        onChange({ kept: rest });
      },
    })),
    ...Object.entries(labels).map(([label, value]) => ({
      what: label,
      text: `${label}=${value}`,
      remove: () => {
        const { [label]: _removed, ...rest } = labels;
        onChange({ labels: rest });
      },
    })),
  ];
  if (rows.length === 0) return null;
  return (
    <Stack gap={4} component="section" aria-label={texts.run.kept}>
      <Text size="sm" fw={600}>
        {texts.run.kept}
      </Text>
      {rows.map(({ what, text, remove }) => (
        <Group key={what} gap="xs" wrap="nowrap">
          <Text size="sm" className="mono wrap" flex={1}>
            {text}
          </Text>
          <ActionIcon variant="subtle" color="gray" aria-label={texts.run.removeKept(what)} onClick={remove}>
            <Icon name="close" />
          </ActionIcon>
        </Group>
      ))}
    </Stack>
  );
}

function short(value: unknown): string {
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return text.length > longestValue ? `${text.slice(0, longestValue)}…` : text;
}
