/** The metrics of controllers and their queues, under the names of controller-runtime and client-go's work queue. */
import type { Registry } from 'prom-client';
import { Controller, type ControllerOptions, type ReconcileResult } from './controller.ts';
import { counter, histogram, queueBuckets, readCounter, readGauge, requestBuckets } from './metrics-registry.ts';
import type { WorkQueue } from './work-queue.ts';

const reconcileResults: readonly ReconcileResult[] = [
  'success',
  'requeue_after',
  'conflict',
  'lease_lost',
  'stopped',
  'error',
];

/** Returns a factory for instrumented controllers; hooks in the options still run. */
export function controllerMetrics(registry: Registry): (options: ControllerOptions) => Controller {
  const controllers: Controller[] = [];
  readQueues(registry, controllers);
  const ofController = ['controller'];
  const results = counter(registry, 'controller_runtime_reconcile_total', 'Reconciles by result.', [
    'controller',
    'result',
  ]);
  const errors = counter(
    registry,
    'controller_runtime_reconcile_errors_total',
    'Reconciles that failed.',
    ofController,
  );
  const duration = histogram(
    registry,
    'controller_runtime_reconcile_time_seconds',
    'Duration of a reconcile.',
    ofController,
    requestBuckets,
  );
  const waited = histogram(
    registry,
    'workqueue_queue_duration_seconds',
    'How long a key waited for a worker.',
    ['name'],
    queueBuckets,
  );
  const worked = histogram(
    registry,
    'workqueue_work_duration_seconds',
    'How long the work on a key took.',
    ['name'],
    queueBuckets,
  );

  return (options) => {
    const { name } = options;
    const labels = { controller: name };
    for (const result of reconcileResults) results.inc({ ...labels, result }, 0);
    errors.inc(labels, 0);
    duration.zero(labels);
    waited.zero({ name });
    worked.zero({ name });
    const controller = new Controller({
      ...options,
      onReconciled: (result, item, durationMs) => {
        results.inc({ ...labels, result });
        if (result === 'error') errors.inc(labels);
        duration.observe(labels, durationMs / 1000);
        waited.observe({ name }, item.waitedMs / 1000);
        worked.observe({ name }, durationMs / 1000);
        options.onReconciled?.(result, item, durationMs);
      },
    });
    controllers.push(controller);
    return controller;
  };
}

function readQueues(registry: Registry, controllers: readonly Controller[]): void {
  const ofQueues = (read: (queue: WorkQueue) => number) => () =>
    controllers.map(({ name, queue }) => [{ name }, read(queue)] as const);
  const ofControllers = (read: (controller: Controller) => number) => () =>
    controllers.map((controller) => [{ controller: controller.name }, read(controller)] as const);

  readGauge(
    registry,
    'workqueue_depth',
    'Keys that wait for a worker.',
    ['name'],
    ofQueues((queue) => queue.depth),
  );
  readGauge(
    registry,
    'workqueue_oldest_wait_seconds',
    'How long the oldest waiting key has waited.',
    ['name'],
    ofQueues((queue) => queue.oldestWaitMs / 1000),
  );
  readGauge(
    registry,
    'workqueue_unfinished_work_seconds',
    'Sum of how long the work under way has taken.',
    ['name'],
    ofQueues((queue) => queue.unfinishedWorkMs.sum / 1000),
  );
  readGauge(
    registry,
    'workqueue_longest_running_processor_seconds',
    'How long the longest work under way has taken.',
    ['name'],
    ofQueues((queue) => queue.unfinishedWorkMs.longest / 1000),
  );
  readCounter(
    registry,
    'workqueue_adds_total',
    'Keys that were added.',
    ['name'],
    ofQueues((queue) => queue.addsTotal),
  );
  readCounter(
    registry,
    'workqueue_retries_total',
    'Keys that were added again after a failure.',
    ['name'],
    ofQueues((queue) => queue.retriesTotal),
  );
  readCounter(
    registry,
    'neuro_operator_queue_held_back_total',
    'Times that a free worker waited because each namespace with keys held its share of workers.',
    ['name'],
    ofQueues((queue) => queue.heldBackTotal),
  );
  readGauge(
    registry,
    'controller_runtime_active_workers',
    'Workers that work.',
    ['controller'],
    ofControllers((controller) => controller.queue.workingCount),
  );
  readGauge(
    registry,
    'controller_runtime_max_concurrent_reconciles',
    'Workers.',
    ['controller'],
    ofControllers((controller) => controller.concurrency),
  );
}
