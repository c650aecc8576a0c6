import { beforeEach, describe, expect, test } from 'vitest';
import { createMetrics, type Metrics } from '../../src/kernel/index.ts';
import { ManualClock, settle } from '../support/manual-clock.ts';

describe('metrics', () => {
  let metrics: Metrics;

  beforeEach(() => {
    metrics = createMetrics({ process: false });
  });

  /** The samples of one metric: labels as they are written → value. */
  async function samples(name: string): Promise<Record<string, number>> {
    const text = await metrics.registry.getSingleMetricAsString(name);
    const lines = text.split('\n').filter((line) => line.startsWith(name));
    return Object.fromEntries(
      lines.map((line) => {
        const space = line.lastIndexOf(' ');
        return [line.slice(name.length, space), Number(line.slice(space + 1))] as const;
      }),
    );
  }

  test('series of known labels are there from the start, with 0', async () => {
    metrics.controller({ name: 'c', reconcile: () => Promise.resolve('done') });
    metrics.observeReflector('secrets', { lastProgressMs: 5_000 });
    metrics.observeElector('operator', { isLeader: () => false });
    for (const result of ['success', 'requeue_after', 'conflict', 'lease_lost', 'stopped', 'error']) {
      expect((await samples('controller_runtime_reconcile_total'))[`{controller="c",result="${result}"}`]).toBe(0);
    }
    for (const name of ['controller_runtime_reconcile_errors_total', 'controller_runtime_active_workers']) {
      expect(await samples(name)).toEqual({ '{controller="c"}': 0 });
    }
    for (const name of [
      'depth',
      'adds_total',
      'retries_total',
      'unfinished_work_seconds',
      'longest_running_processor_seconds',
      'oldest_wait_seconds',
    ]) {
      expect(await samples(`workqueue_${name}`)).toEqual({ '{name="c"}': 0 });
    }
    expect((await samples('workqueue_queue_duration_seconds'))['_count{name="c"}']).toBe(0);
    expect((await samples('workqueue_work_duration_seconds'))['_count{name="c"}']).toBe(0);
    expect((await samples('controller_runtime_reconcile_time_seconds'))['_count{controller="c"}']).toBe(0);
    expect(await samples('controller_runtime_max_concurrent_reconciles')).toEqual({ '{controller="c"}': 16 });
    expect(await samples('leader_election_master_status')).toEqual({ '{name="operator"}': 0 });
    expect(await samples('watch_last_event_timestamp_seconds')).toEqual({ '{resource="secrets"}': 5 });
    expect(await samples('watch_errors_total')).toEqual({ '{resource="secrets"}': 0 });
    expect((await samples('events_dropped_total'))['{reason="queue_full"}']).toBe(0);
  });

  test('reconciles are counted, and the hooks of the options are called too', async () => {
    const clock = new ManualClock();
    const stopping = new AbortController();
    const told: string[] = [];
    let fail = true;
    const controller = metrics.controller({
      name: 'c',
      clock,
      reconcile: () => (fail ? Promise.reject(new Error('x')) : Promise.resolve('done')),
      onReconciled: (result) => told.push(result),
    });
    const ended = controller.run(stopping.signal);
    controller.queue.add('a');
    await settle();
    fail = false;
    await clock.advance(1_000);
    expect(told).toEqual(['error', 'success']);
    expect(await samples('controller_runtime_reconcile_total')).toMatchObject({
      '{controller="c",result="success"}': 1,
      '{controller="c",result="error"}': 1,
    });
    expect(await samples('controller_runtime_reconcile_errors_total')).toEqual({ '{controller="c"}': 1 });
    expect(await samples('workqueue_adds_total')).toEqual({ '{name="c"}': 2 });
    expect(await samples('workqueue_retries_total')).toEqual({ '{name="c"}': 1 });
    expect((await samples('workqueue_work_duration_seconds'))['_count{name="c"}']).toBe(2);
    stopping.abort(new Error('stop'));
    await ended;
  });

  test('requests are counted by code and method', async () => {
    metrics.transportHooks.onResponse('GET', 200, 20);
    metrics.transportHooks.onResponse('GET', 200, 20);
    metrics.transportHooks.onResponse('PATCH', 409, 20);
    metrics.transportHooks.onResponse('GET', undefined, 20);
    expect(await samples('rest_client_requests_total')).toEqual({
      '{code="200",method="GET"}': 2,
      '{code="409",method="PATCH"}': 1,
      '{code="<error>",method="GET"}': 1,
    });
    expect((await samples('rest_client_request_duration_seconds'))['_sum{method="PATCH"}']).toBe(0.02);
  });

  test('events and failed watches are counted', async () => {
    metrics.eventHooks.onWritten();
    metrics.eventHooks.onDropped('rate_limited');
    metrics.watchFailed('secrets');
    expect(await samples('events_written_total')).toEqual({ '': 1 });
    expect((await samples('events_dropped_total'))['{reason="rate_limited"}']).toBe(1);
    expect(await samples('watch_errors_total')).toEqual({ '{resource="secrets"}': 1 });
  });
});
