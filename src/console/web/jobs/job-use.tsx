/** What a job uses over time, with what it asked for and may use: a chart for each resource, and its figures as text. */
import { Card, Stack, Text, Title } from '@mantine/core';
import type { ReactElement } from 'react';
import { amountText, type ResourceUse } from '../../../client/index.ts';
import { InlineProblem } from '../parts/problem.tsx';
import { use as t } from '../texts/en/use.ts';
import { chartOf } from './chart.ts';
import styles from './job-use.module.css';
import { useJobUse, type JobUseState } from './use-job-use.ts';

export function JobUse({ namespace, pod }: { readonly namespace: string; readonly pod: string }): ReactElement {
  const state = useJobUse(namespace, pod);
  return (
    <Card withBorder component="section" aria-label={t.title}>
      <Title order={2} size="h5">
        {t.title}
      </Title>
      <Hint state={state} />
      <Stack gap="sm" mt="xs">
        {state.uses.map((use) => (
          <Resource key={use.resource} use={use} />
        ))}
      </Stack>
    </Card>
  );
}

function Hint({ state }: { readonly state: JobUseState }): ReactElement {
  if (state.kind === 'failed') return <InlineProblem error={state.error} />;
  const sentence = state.kind === 'measured' ? (state.isEmpty ? t.waiting : t.since) : t[state.kind];
  return (
    <Text size="xs" c="dimmed">
      {sentence}
    </Text>
  );
}

function Resource({ use }: { readonly use: ResourceUse }): ReactElement {
  const { resource, points, request, limit } = use;
  const title = t.resources[resource] ?? resource;
  const text = (amount: number | undefined, absent: string): string =>
    amount === undefined ? absent : amountText(resource, amount);
  const amounts = points.map(({ amount }) => amount);
  const highest = amounts.length === 0 ? undefined : Math.max(...amounts);
  const now = text(amounts.at(-1), t.notReported);
  const facts = [
    [t.now, now],
    [t.highest, text(highest, t.notReported)],
    [t.request, text(request, t.none)],
    [t.limit, text(limit, t.none)],
  ] as const;
  return (
    <div>
      <Text size="sm" fw={600} className="wrap">
        {title}
      </Text>
      {points.length > 0 && <Chart use={use} label={t.chart(title, now, text(highest, ''), text(limit, t.none))} />}
      <dl className={styles['figures']}>
        {facts.map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
    </div>
  );
}

function Chart({ use, label }: { readonly use: ResourceUse; readonly label: string }): ReactElement {
  const { width, height, line, area, request, limit } = chartOf(use);
  return (
    <svg
      className={styles['chart']}
      viewBox={`0 0 ${String(width)} ${String(height)}`}
      preserveAspectRatio="none"
      role="img"
      aria-label={label}
    >
      <path className={styles['area']} d={area} />
      <path className={styles['line']} d={line} />
      {request !== undefined && <line className={styles['request']} x1={0} x2={width} y1={request} y2={request} />}
      {limit !== undefined && <line className={styles['limit']} x1={0} x2={width} y1={limit} y2={limit} />}
    </svg>
  );
}
