/** Which namespace is shown. Any name may be typed: who may not list namespaces still has one. */
import { Autocomplete, Text } from '@mantine/core';
import { useNavigate, useLocation } from '@tanstack/react-router';
import { useState, type ReactElement } from 'react';
import { Icon } from '../parts/icons.tsx';
import { texts } from '../texts.ts';

interface NamespaceSelectProps {
  readonly namespace: string;
  readonly visible: readonly string[];
}

const shownAtOnce = 100;
/** Pages that show the same of another namespace; what is open on a page of one object is not there. */
const kept = ['jobs', 'schedules', 'secrets'] as const;

export function NamespaceSelect({ namespace, visible }: NamespaceSelectProps): ReactElement {
  const navigate = useNavigate();
  const page = useLocation({ select: ({ pathname }) => /^\/n\/[^/]+\/(\w+)/.exec(pathname)?.[1] });
  const [typed, setTyped] = useState<string>();
  const open = (name: string): void => {
    setTyped(undefined);
    if (name === '' || name === namespace) return;
    const stays = kept.find((one) => one === page) ?? 'dashboard';
    void navigate({ to: `/n/$namespace/${stays}`, params: { namespace: name } });
  };
  return (
    <Autocomplete
      aria-label={texts.namespace.label}
      size="xs"
      w={240}
      miw={80}
      leftSection={
        <Text size="xs" c="dimmed" visibleFrom="sm">
          {texts.namespace.label}
        </Text>
      }
      leftSectionWidth="var(--namespace-label)"
      leftSectionPointerEvents="none"
      rightSection={<Icon name="chevron" size={14} />}
      rightSectionPointerEvents="none"
      data={[...visible]}
      // All of them, until something is typed.
      filter={({ options, search, limit }) =>
        (typed === undefined
          ? options
          : options.filter((option) => 'value' in option && option.value.includes(search.trim()))
        ).slice(0, limit)
      }
      limit={shownAtOnce}
      value={typed ?? namespace}
      onFocus={(event) => event.currentTarget.select()}
      onBlur={() => setTyped(undefined)}
      onChange={setTyped}
      onOptionSubmit={open}
      onKeyDown={(event) => {
        if (event.key === 'Enter' && !event.defaultPrevented) open((typed ?? '').trim());
        if (event.key === 'Escape') event.currentTarget.blur();
      }}
    />
  );
}
