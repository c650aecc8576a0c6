/**
 * Prometheus metrics under the names of controller-runtime and client-go, so that existing dashboards and alerts work.
 * One registry a process.
 * Promise: series whose labels are known are there from the start, with 0. Labels are words of ours (controllers,
 * resources, verbs, codes), never names of objects.
 */
import { Registry, collectDefaultMetrics } from 'prom-client';
import type { Controller, ControllerOptions } from './controller.ts';
import type { DropReason, EventRecorderOptions } from './event-recorder.ts';
import { watchLoop } from './loop-watch.ts';
import { controllerMetrics } from './metrics-controller.ts';
import { counter, histogram, readGauge, requestBuckets } from './metrics-registry.ts';
import type { TransportOptions } from './transport.ts';

export interface MetricsOptions {
  /** Also memory, event-loop lag and the like of this process. Default true. */
  readonly process?: boolean;
}

export interface Metrics {
  readonly registry: Registry;
  /** Creates an instrumented controller; the hooks of its own options are called too. */
  readonly controller: (options: ControllerOptions) => Controller;
  /** Spread into the options of a `Transport`. */
  readonly transportHooks: Required<Pick<TransportOptions, 'onResponse'>>;
  /** Spread into the options of an `EventRecorder`. */
  readonly eventHooks: Required<Pick<EventRecorderOptions, 'onWritten' | 'onDropped'>>;
  /** Call it from a reflector's or informer's `onError`. */
  readonly watchFailed: (resource: string) => void;
  /** Events that a watch has lost without breaking. */
  readonly eventsLost: (resource: string, count: number) => void;
  /** `resource` is the plural, with the group where there is one. */
  readonly observeReflector: (resource: string, reflector: { readonly lastProgressMs: number }) => void;
  readonly observeElector: (name: string, elector: { isLeader(): boolean }) => void;
  /** Counts that a bound on what one namespace may cause was met. `bound` is a word of ours, as docs/limits.md lists them. */
  readonly boundHit: (bound: string) => void;
  /** Counts messages to the webhook by their result. */
  readonly notificationEnded: (result: NotificationResult) => void;
  /** A gauge of 0 or 1 that is read when it is scraped. */
  readonly observeFlag: (name: string, help: string, isOn: () => boolean) => void;
}

/** `refused`: the receiver does not want it. `gave_up`: it failed too often. */
export type NotificationResult = 'sent' | 'refused' | 'gave_up' | 'queue_full' | 'rate_limited';

const notificationResults: readonly NotificationResult[] = ['sent', 'refused', 'gave_up', 'queue_full', 'rate_limited'];

const dropReasons: readonly DropReason[] = [
  'closed',
  'failed',
  'forbidden',
  'namespace_gone',
  'queue_full',
  'rate_limited',
];

export function createMetrics(options: MetricsOptions = {}): Metrics {
  const registry = new Registry();
  if (options.process !== false) {
    collectDefaultMetrics({ register: registry });
    loopMetrics(registry);
  }
  return {
    registry,
    controller: controllerMetrics(registry),
    transportHooks: transportMetrics(registry),
    eventHooks: eventMetrics(registry),
    ...watchMetrics(registry),
    observeElector: leaderMetrics(registry),
    boundHit: boundMetrics(registry),
    notificationEnded: notificationMetrics(registry),
    observeFlag: (name, help, isOn) => readGauge(registry, name, help, [], () => [[{}, isOn() ? 1 : 0]]),
  };
}

/** Longer than this, one piece of work holds up all others: a person notices, and the queue does. */
const longStallMs = 200;

function loopMetrics(registry: Registry): void {
  const long = counter(
    registry,
    'neuro_operator_event_loop_stalls_total',
    `Times that work held the event loop for more than ${String(longStallMs)} ms.`,
  );
  const watch = watchLoop({
    onStall: (stallMs) => {
      if (stallMs > longStallMs) long.inc();
    },
  });
  readGauge(
    registry,
    'neuro_operator_event_loop_longest_stall_seconds',
    'The longest time that work held the event loop in the last minute, without waits for a processor.',
    [],
    () => [[{}, watch.longestMs() / 1000]],
  );
}

/** The word of client-go for a request without an answer, so that alerts written for other operators count it. */
const noAnswer = '<error>';

function transportMetrics(registry: Registry): Metrics['transportHooks'] {
  const requests = counter(registry, 'rest_client_requests_total', `Requests; code ${noAnswer} had no whole answer.`, [
    'code',
    'method',
  ]);
  const duration = histogram(
    registry,
    'rest_client_request_duration_seconds',
    'From sending a request to the end of its answer; of a watch, to its head.',
    ['method'],
    requestBuckets,
  );
  return {
    onResponse: (method, status, durationMs) => {
      requests.inc({ code: status === undefined ? noAnswer : String(status), method });
      duration.observe({ method }, durationMs / 1000);
    },
  };
}

function eventMetrics(registry: Registry): Metrics['eventHooks'] {
  const written = counter(registry, 'events_written_total', 'Events and series that were written.');
  const dropped = counter(registry, 'events_dropped_total', 'Events that were dropped.', ['reason']);
  for (const reason of dropReasons) dropped.inc({ reason }, 0);
  return { onWritten: () => written.inc(), onDropped: (reason) => dropped.inc({ reason }) };
}

function watchMetrics(registry: Registry): Pick<Metrics, 'watchFailed' | 'eventsLost' | 'observeReflector'> {
  const observed: { readonly resource: string; readonly reflector: { readonly lastProgressMs: number } }[] = [];
  const failures = counter(registry, 'watch_errors_total', 'Lists and watches that failed.', ['resource']);
  const lost = counter(registry, 'watch_events_lost_total', 'Events that a watch lost without breaking.', ['resource']);
  readGauge(
    registry,
    'watch_last_event_timestamp_seconds',
    'When a list page, event or bookmark last arrived.',
    ['resource'],
    () => observed.map(({ resource, reflector }) => [{ resource }, reflector.lastProgressMs / 1000]),
  );
  return {
    watchFailed: (resource) => failures.inc({ resource }),
    eventsLost: (resource, count) => lost.inc({ resource }, count),
    observeReflector: (resource, reflector) => {
      failures.inc({ resource }, 0);
      lost.inc({ resource }, 0);
      observed.push({ resource, reflector });
    },
  };
}

function boundMetrics(registry: Registry): Metrics['boundHit'] {
  const hits = counter(
    registry,
    'neuro_operator_bound_hits_total',
    'Times that a bound on what one namespace may cause was met.',
    ['bound'],
  );
  return (bound) => hits.inc({ bound });
}

function notificationMetrics(registry: Registry): Metrics['notificationEnded'] {
  const ended = counter(
    registry,
    'neuro_operator_notifications_total',
    'Messages to the webhook, by what became of them.',
    ['result'],
  );
  for (const result of notificationResults) ended.inc({ result }, 0);
  return (result) => ended.inc({ result });
}

function leaderMetrics(registry: Registry): Metrics['observeElector'] {
  const electors: { readonly name: string; readonly elector: { isLeader(): boolean } }[] = [];
  readGauge(
    registry,
    'leader_election_master_status',
    'Whether this process leads (1) or stands by (0).',
    ['name'],
    () => electors.map(({ name, elector }) => [{ name }, elector.isLeader() ? 1 : 0]),
  );
  return (name, elector) => electors.push({ name, elector });
}
