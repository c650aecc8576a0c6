/** Which namespace is shown. Any name may be typed: who may not list namespaces still has one. */
import { Autocomplete } from '@mantine/core';
import { useNavigate, useLocation } from '@tanstack/react-router';
import { useState, type ReactElement } from 'react';
import { texts } from '../texts.ts';

interface NamespaceSelectProps {
  readonly namespace: string;
  readonly visible: readonly string[];
}

const shownAtOnce = 100;

export function NamespaceSelect({ namespace, visible }: NamespaceSelectProps): ReactElement {
  const navigate = useNavigate();
  const page = useLocation({ select: ({ pathname }) => /^\/n\/[^/]+\/(\w+)/.exec(pathname)?.[1] });
  const [typed, setTyped] = useState<string>();
  const open = (name: string): void => {
    setTyped(undefined);
    if (name === '' || name === namespace) return;
    const to = page === 'secrets' || page === 'jobs' ? (`/n/$namespace/${page}` as const) : '/n/$namespace/dashboard';
    void navigate({ to, params: { namespace: name } });
  };
  return (
    <Autocomplete
      aria-label={texts.namespace.label}
      size="xs"
      w={180}
      miw={90}
      data={visible.filter((name) => name !== typed)}
      limit={shownAtOnce}
      value={typed ?? namespace}
      onFocus={() => setTyped('')}
      placeholder={namespace}
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
