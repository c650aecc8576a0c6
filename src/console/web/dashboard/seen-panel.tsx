/** "What the container sees", and what the check found. */
import { Group, Loader, Stack, Text, Title } from '@mantine/core';
import type { ReactElement } from 'react';
import { isReady, type CheckLine } from '../../../client/index.ts';
import { Icon } from '../parts/icons.tsx';
import { InlineProblem } from '../parts/problem.tsx';
import { When } from '../parts/when.tsx';
import { texts } from '../texts.ts';
import type { Seen } from './container-view.ts';
import styles from './dashboard.module.css';

interface SeenPanelProps {
  readonly seen: readonly Seen[];
  readonly lines: readonly CheckLine[] | undefined;
  readonly isChecking: boolean;
  readonly error: Error | null;
}

export function SeenPanel({ seen, lines, isChecking, error }: SeenPanelProps): ReactElement {
  return (
    <Stack gap="md" component="section" aria-label={texts.run.sees}>
      <div>
        <Title order={3} size="h5" mb="xs">
          {texts.run.sees}
        </Title>
        {seen.length === 0 && (
          <Text size="sm" c="dimmed">
            {texts.run.seesNothing}
          </Text>
        )}
        <ul className={styles['seen']}>
          {seen.map((one) => (
            <SeenItem key={one.id} one={one} />
          ))}
        </ul>
      </div>
      <div role="status">
        {isChecking && <Loader size="sm" aria-label={texts.check.running} />}
        {error !== null && <InlineProblem error={error} />}
        {lines !== undefined && (
          <Stack gap={6}>
            <Title order={3} size="h5">
              {isReady(lines) ? texts.check.fine : texts.check.notFine}
            </Title>
            {lines.map(({ kind, what, sentence, problem }) => (
              <Group
                key={`${kind} ${what}`}
                gap={6}
                wrap="nowrap"
                align="start"
                {...(problem === undefined ? {} : { c: 'red' })}
              >
                <Icon name={problem === undefined ? 'check' : 'warn'} size={16} />
                <Text size="sm" className="wrap">
                  {texts.check.kinds[kind]} <span className="mono">{what}</span>: {sentence}
                </Text>
              </Group>
            ))}
          </Stack>
        )}
      </div>
    </Stack>
  );
}

function SeenItem({ one }: { readonly one: Seen }): ReactElement {
  const { target, source, secret, clash, warning } = one;
  return (
    <li data-state={clash !== undefined ? 'clash' : warning !== undefined ? 'warning' : undefined}>
      <Text size="sm" className="wrap">
        <strong className="mono">{target}</strong> <span aria-label={texts.run.from}>←</span> {source}
      </Text>
      {secret !== undefined && (
        <Text size="xs" c="dimmed">
          {[
            ...(secret.version === undefined ? [] : [texts.run.version(secret.version)]),
            texts.run.owner(secret.owner),
          ].join(' · ')}
          {secret.expiresAt !== undefined && (
            <>
              {' · '}
              {texts.share.ends} <When time={secret.expiresAt} />
            </>
          )}
        </Text>
      )}
      {(clash ?? warning) !== undefined && (
        <Group gap={4} wrap="nowrap" align="start">
          <Icon name="warn" size={14} />
          <Text size="xs">{clash ?? warning}</Text>
        </Group>
      )}
    </li>
  );
}
