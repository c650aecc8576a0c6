import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import {
  EventRecorder,
  KernelError,
  KubeClient,
  kubeEvents,
  type DropReason,
  type EventContent,
  type KubeEvent,
} from '../../src/kernel/index.ts';
import { InProcessTransport, type Interception } from '../support/in-process-transport.ts';
import { ManualClock } from '../support/manual-clock.ts';
import { ModelApi } from '../support/model-api.ts';

const object = (name: string) => ({ apiVersion: 'neu.ro/v1', kind: 'UserSecret', namespace: 'alice', name, uid: name });
const content: EventContent = { type: 'Normal', reason: 'Updated', action: 'Update', note: 'It was updated.' };
const numbered = (index: number): EventContent => ({ ...content, note: `Update ${String(index)}.` });

describe('event recorder', () => {
  let clock: ManualClock;
  let model: ModelApi;
  let transport: InProcessTransport;
  let recorder: EventRecorder;
  let net: Interception;
  let dropped: DropReason[];
  let written: number;

  beforeEach(() => {
    clock = new ManualClock();
    model = new ModelApi();
    net = 'pass';
    dropped = [];
    written = 0;
    transport = new InProcessTransport({ model, intercept: () => net });
    recorder = new EventRecorder({
      client: new KubeClient({ transport }),
      reportingController: 'neu.ro/operator',
      reportingInstance: 'pod-1',
      clock,
      random: () => 1,
      onWritten: () => (written += 1),
      onDropped: (reason) => dropped.push(reason),
    });
  });
  afterEach(() => recorder.close());

  const events = (): readonly KubeEvent[] => model.all(kubeEvents);

  test('writes an event, and returns before', async () => {
    recorder.event(object('db'), content);
    expect(events()).toEqual([]);
    await clock.advance(0);
    expect(events()).toMatchObject([{ ...content, regarding: object('db') }]);
    expect(written).toBe(1);
  });

  test('counts the same thing in one series, written at once and then once a minute', async () => {
    for (let second = 0; second < 150; second += 1) {
      recorder.event(object('db'), content);
      await clock.advance(1_000);
    }
    expect(events().length).toBe(1);
    expect(events()[0]?.series?.count).toBe(121);
    expect(transport.requests.map(({ method }) => method)).toEqual(['POST', 'PATCH', 'PATCH', 'PATCH']);
    await clock.advance(60_000);
    expect(events()[0]?.series?.count).toBe(150);
    expect(dropped).toEqual([]);
  });

  test('repetitions before the first write are counted', async () => {
    for (let time = 0; time < 5; time += 1) recorder.event(object('db'), content);
    await clock.advance(0);
    expect(events()).toMatchObject([{ series: { count: 5 } }]);
  });

  test('what did not happen for six minutes is a new event', async () => {
    recorder.event(object('db'), content);
    await clock.advance(360_001);
    recorder.event(object('db'), content);
    await clock.advance(0);
    expect(events().length).toBe(2);
    expect(events().every(({ series }) => series === undefined)).toBe(true);
  });

  test('another reason, or another object, is another event', async () => {
    recorder.event(object('db'), content);
    recorder.event(object('db'), { ...content, reason: 'Other' });
    recorder.event(object('mail'), content);
    await clock.advance(0);
    expect(events().length).toBe(3);
  });

  test('a series whose event has expired starts again', async () => {
    recorder.event(object('db'), content);
    await clock.advance(1_000);
    for (const { metadata } of events()) model.remove(kubeEvents, metadata);
    recorder.event(object('db'), content);
    await clock.advance(0);
    expect(events().length).toBe(1);
  });

  test('one object has 25 events, then one each five minutes, and others are not held up', async () => {
    for (let index = 0; index < 100; index += 1) recorder.event(object('noisy'), numbered(index));
    recorder.event(object('quiet'), content);
    await clock.advance(0);
    expect(events().length).toBe(26);
    expect(dropped).toEqual(Array.from({ length: 75 }, () => 'rate_limited'));
    await clock.advance(300_000);
    for (let index = 100; index < 110; index += 1) recorder.event(object('noisy'), numbered(index));
    await clock.advance(0);
    expect(events().length).toBe(27);
  });

  test('one namespace with many objects has a limit, and others are not held up', async () => {
    for (let index = 0; index < 1_000; index += 1) recorder.event(object(`o${String(index)}`), content);
    recorder.event({ ...object('quiet'), namespace: 'other' }, content);
    await clock.advance(0);
    expect(events().length).toBe(201);
    expect(dropped.length).toBe(800);
  });

  test('all objects together have a limit', async () => {
    for (let index = 0; index < 1_000; index += 1) {
      const namespace = `n${String(index % 10)}`;
      recorder.event({ ...object(`o${String(index)}`), namespace }, content);
    }
    await clock.advance(0);
    expect(events().length).toBe(500);
    expect(dropped.length).toBe(500);
  });

  test('what waits has a limit when the server does not answer', async () => {
    net = 'hang';
    for (let round = 0; round < 5; round += 1) {
      for (let index = 0; index < 400; index += 1)
        recorder.event(
          { ...object(`o${String(round)}-${String(index)}`), namespace: `n${String(index % 20)}` },
          content,
        );
      await clock.advance(10_000);
    }
    expect(dropped.filter((reason) => reason === 'queue_full').length).toBe(2_000 - 1_000 - 4);
  });

  describe.each<[string, Error, DropReason, number]>([
    [
      'a namespace that is going',
      new KernelError('Forbidden', 'POST: 403 because it is being terminated'),
      'namespace_gone',
      1,
    ],
    ['a namespace that is gone', new KernelError('NotFound', 'x'), 'namespace_gone', 1],
    ['no right to write events', new KernelError('Forbidden', 'x'), 'forbidden', 1],
    ['a lost lease', new KernelError('LeaseLost', 'x'), 'failed', 1],
    ['an invalid event', new KernelError('Invalid', 'x'), 'failed', 1],
    ['a server that fails', new KernelError('Server', 'x'), 'failed', 4],
    ['a network that fails', new KernelError('Network', 'x'), 'failed', 4],
    ['something else', new TypeError('x'), 'failed', 1],
  ])('%s', (_name, error, reason, tries) => {
    test(`drops the event as ${reason} after ${String(tries)} tries, and throws nothing`, async () => {
      net = error;
      recorder.event(object('db'), content);
      await clock.advance(60_000);
      expect(dropped).toEqual([reason]);
      expect(transport.requests.length).toBe(tries);
    });
  });

  test('a failure that passes is tried again, and one whose answer was lost is there once', async () => {
    net = new KernelError('Server', 'x');
    recorder.event(object('db'), content);
    await clock.advance(0);
    net = 'pass';
    await clock.advance(1_000);
    expect([events().length, written, dropped.length]).toEqual([1, 1, 0]);
  });

  test('idle resolves when what waits is written', async () => {
    recorder.event(object('db'), content);
    await recorder.idle();
    expect(events().length).toBe(1);
    await recorder.idle();
  });

  test('closing drops what waits and what comes, and leaves no timer', async () => {
    recorder.event(object('db'), content);
    await clock.advance(0);
    recorder.event(object('db'), content);
    await clock.advance(0);
    recorder.event(object('db'), content);
    net = 'hang';
    recorder.event(object('mail'), content);
    await clock.advance(0);
    recorder.close();
    recorder.event(object('late'), content);
    await clock.advance(0);
    expect(dropped).toEqual(['closed', 'closed']);
    expect(clock.timerCount).toBe(0);
  });
});
