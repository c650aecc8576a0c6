/** What a job uses over time, with what it asked for and may use: a chart for each resource, and its figures as text. */
import { Card, Stack, Text, Title } from '@mantine/core';
import type { ReactElement } from 'react';
import { amountText, type ResourceUse } from '../../../client/index.ts';
import { numberText } from '../language/local.ts';
import { InlineProblem } from '../parts/problem.tsx';
import { texts } from '../texts.ts';
import { chartOf } from './chart.ts';
import styles from './job-use.module.css';
import { useJobUse, type JobUseState } from './use-job-use.ts';

export function JobUse({ namespace, pod }: { readonly namespace: string; readonly pod: string }): ReactElement {
  const state = useJobUse(namespace, pod);
  return (
    <Card withBorder component="section" aria-label={texts.use.title}>
      <Title order={2} size="h5">
        {texts.use.title}
      </Title>
      <Hint state={state} />
      <Stack gap="sm" mt="xs">
        {state.uses
          .filter((use) => state.kind === 'measured' || hasFigures(use))
          .map((use) => (
            <Resource key={use.resource} use={use} />
          ))}
      </Stack>
    </Card>
  );
}

/** Without measures only what the job asked for is worth a row. */
function hasFigures({ points, request, limit }: ResourceUse): boolean {
  return points.length > 0 || request !== undefined || limit !== undefined;
}

function Hint({ state }: { readonly state: JobUseState }): ReactElement {
  if (state.kind === 'failed') return <InlineProblem error={state.error} />;
  const sentence =
    state.kind === 'measured' ? (state.isEmpty ? texts.use.waiting : texts.use.since) : texts.use[state.kind];
  return (
    <Text size="xs" c="dimmed">
      {sentence}
    </Text>
  );
}

function Resource({ use }: { readonly use: ResourceUse }): ReactElement {
  const { resource, points, request, limit } = use;
  const title = texts.use.resources[resource] ?? resource;
  const text = (amount: number | undefined, absent: string): string =>
    amount === undefined ? absent : amountText(resource, amount, numberText);
  const amounts = points.map(({ amount }) => amount);
  const highest = amounts.length === 0 ? undefined : Math.max(...amounts);
  const now = text(amounts.at(-1), texts.use.notReported);
  const facts = [
    [texts.use.now, now],
    [texts.use.highest, text(highest, texts.use.notReported)],
    [texts.use.request, text(request, texts.use.none)],
    [texts.use.limit, text(limit, texts.use.none)],
  ] as const;
  return (
    <div>
      <Text size="sm" fw={600} className="wrap">
        {title}
      </Text>
      {points.length > 0 && (
        <Chart use={use} label={texts.use.chart(title, now, text(highest, ''), text(limit, texts.use.none))} />
      )}
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
