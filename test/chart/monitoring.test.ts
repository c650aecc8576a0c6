/** Alerts, dashboard and their page: queries that Prometheus can read, over metrics that the operator really has, each explained. */
import { readFile } from 'node:fs/promises';
import { beforeAll, describe, expect, test } from 'vitest';
import { parser } from '@prometheus-io/lezer-promql';
import { parse } from 'yaml';
import { createMetrics } from '../../src/kernel/index.ts';
import { observePolicies } from '../../src/operator/policy-watch.ts';
import { controllerNames } from '../../src/operator/wiring.ts';

interface Alert {
  readonly alert: string;
  readonly expr: string;
  readonly for: string;
  readonly labels: { readonly severity: string };
  readonly annotations: { readonly summary: string };
}

const read = (path: string): Promise<string> => readFile(new URL(`../../${path}`, import.meta.url), 'utf8');
/** What Prometheus itself adds. */
const ofPrometheus = ['up'];

let alerts: readonly Alert[];
let panels: readonly string[];
let page: string;
/** By name of the metric, as `/metrics` has it; histograms also by the names of their series. */
let metrics: ReadonlyMap<string, string>;
let labels: ReadonlyMap<string, readonly string[]>;

beforeAll(async () => {
  alerts = parse(await read('charts/neuro-operator/files/alerts.yaml')) as readonly Alert[];
  const dashboard = JSON.parse(await read('charts/neuro-operator/files/dashboards/neuro-operator.json')) as {
    readonly panels: readonly { readonly targets: readonly { readonly expr: string }[] }[];
  };
  panels = dashboard.panels.flatMap(({ targets }) =>
    targets.map(({ expr }) => expr.replaceAll('$__rate_interval', '5m')),
  );
  page = await read('docs/operations.md');
  const all = await everyMetric().registry.getMetricsAsJSON();
  metrics = new Map(all.map(({ name, type }) => [name, String(type)]));
  labels = new Map(
    all.map(({ name, values }) => [name, Object.keys(values[0]?.labels ?? {}).filter((label) => label !== 'le')]),
  );
});

describe('every query', () => {
  test('is one that Prometheus can read', () => {
    const broken = queries().filter((query) => problemsOf(query).length > 0);
    expect(broken).toEqual([]);
    expect(problemsOf('sum(rate(x[5m])')).not.toEqual([]);
  });

  test('asks for metrics that there are', () => {
    const known = [...metrics.keys(), ...ofPrometheus];
    const asked = new Set(queries().flatMap(metricsIn));
    expect(asked.size).toBeGreaterThan(10);
    expect([...asked].filter((name) => !known.includes(name.replace(/_bucket$/, '')))).toEqual([]);
  });

  test('for requests that fail counts those without an answer', async () => {
    const { expr = '' } = alerts.find(({ alert }) => alert === 'NeuroOperatorRequestsFail') ?? {};
    const asked = new RegExp(`^(?:${/code=~"([^"]+)"/.exec(expr)?.[1] ?? ''})$`);
    const made = createMetrics({ process: false });
    made.transportHooks.onResponse('GET', undefined, 1);
    const requests = await made.registry.getSingleMetric('rest_client_requests_total')?.get();
    expect(requests?.values.map(({ labels: { code } }) => String(code))).toEqual([expect.stringMatching(asked)]);
  });

  test('of an alert stays in the namespace of the operator', () => {
    const selectors = alerts.flatMap(({ expr }) => [...expr.matchAll(/\{[^}]*\}/g)].map(([selector]) => selector));
    expect(
      selectors.filter((selector) => !selector.includes('job="neuro-operator-metrics", namespace="$NAMESPACE"')),
    ).toEqual([]);
  });
});

describe('docs/operations.md', () => {
  test('explains every metric of the operator, with its kind, and none besides', () => {
    const explained = new Map(
      rowsOf(page, '## Metrics', '## Alerts').flatMap(([names = '', kind = '']) =>
        namesIn(names).map((name) => [name, kind] as const),
      ),
    );
    expect(Object.fromEntries([...explained].sort())).toEqual(Object.fromEntries([...metrics].sort()));
  });

  test('names the labels of those that are ours', () => {
    const named = rowsOf(page, '### Controllers', '### Process').map(([cell = '']) => cell.replaceAll('`', ''));
    const expected = named
      .map((cell) => /^[a-z_]+/.exec(cell)?.[0] ?? '')
      .map((name) => {
        const own = [...(labels.get(name) ?? [])].sort();
        return own.length === 0 ? name : `${name}{${own.join(',')}}`;
      });
    expect(named).toEqual(expected);
  });

  test('has every alert with its query, and what to do', () => {
    const rows = rowsOf(page, '## Alerts', 'What to do').map(([name, after, query]) => [
      name,
      after,
      query?.replaceAll('\\|', '|'),
    ]);
    expect(rows).toEqual(
      alerts.map(({ alert, expr, labels: { severity }, for: after }) => [
        `${alert} (${severity})`,
        after,
        `\`${expr.trim().replaceAll('$NAMESPACE', 'neuro-system').replace('$REPLICAS', '2')}\``,
      ]),
    );
    const advice = page.slice(page.indexOf('What to do'));
    expect(alerts.filter(({ alert }) => !advice.includes(`**${alert}**`))).toEqual([]);
  });
});

function queries(): readonly string[] {
  return [...alerts.map(({ expr }) => expr.replace('$REPLICAS', '2')), ...panels];
}

/** The places of a query that its grammar does not know. */
function problemsOf(query: string): readonly string[] {
  const problems: string[] = [];
  parser.parse(query).iterate({
    enter: ({ type, from, to }) => {
      if (type.isError) problems.push(query.slice(from, to + 10));
    },
  });
  return problems;
}

function metricsIn(query: string): readonly string[] {
  const names: string[] = [];
  parser.parse(query).iterate({
    enter: ({ name, from, to, node }) => {
      if (name === 'Identifier' && node.parent?.name === 'VectorSelector') names.push(query.slice(from, to));
    },
  });
  return names;
}

/** The cells of the table rows between two places of the page. */
function rowsOf(text: string, from: string, to: string): readonly (readonly string[])[] {
  const part = text.slice(text.indexOf(from), text.indexOf(to));
  return part
    .split('\n')
    .filter((line) => /^\| [^-]/.test(line) && !/^\| (metric|alert) \|/.test(line))
    .map((line) => line.slice(2, -2).split(/(?<!\\) \| /));
}

function namesIn(cell: string): readonly string[] {
  return [...cell.matchAll(/`([a-z0-9_]+)/g)].map(([, name = '']) => name);
}

/** A registry with everything that the operator registers. */
function everyMetric() {
  const made = createMetrics();
  for (const name of controllerNames)
    made.controller({ name, reconcile: () => Promise.resolve('done'), onError: () => undefined });
  made.transportHooks.onResponse('GET', 200, 1);
  made.eventHooks.onWritten();
  made.eventHooks.onDropped('failed');
  made.watchFailed('secrets');
  made.eventsLost('secrets', 1);
  made.observeReflector('secrets', { lastProgressMs: 0 });
  made.observeElector('neuro-operator', { isLeader: () => true });
  made.boundHit('shared_list_entries');
  observePolicies(made, { areInPlace: true });
  return made;
}
