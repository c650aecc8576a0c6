import { beforeEach, describe, expect, test } from 'vitest';
import type { NotificationResult } from '../../../src/kernel/index.ts';
import { Notifier, type Sent } from '../../../src/operator/notify/notifier.ts';
import { ManualClock, settle } from '../../support/manual-clock.ts';

let clock: ManualClock;
let results: NotificationResult[];
let problems: string[];
let sent: string[];
let answer: (text: string) => Promise<Sent> | Sent;
let leading: AbortController;
let notifier: Notifier;

beforeEach(() => {
  clock = new ManualClock();
  results = [];
  problems = [];
  sent = [];
  answer = () => ({ is: 'sent' });
  leading = new AbortController();
  notifier = new Notifier({
    hasReceiver: (namespace) => namespace !== 'deaf',
    send: async ({ namespace, text }) => {
      sent.push(`${namespace} ${text}`);
      return answer(text);
    },
    onResult: (result) => results.push(result),
    onProblem: (namespace, why) => problems.push(`${namespace} ${why}`),
    clock,
    random: () => 0,
  });
  notifier.start(leading.signal);
});

const push = (namespace: string, text: string): void => notifier.push({ event: 'JobFailed', namespace, text });
const count = (result: NotificationResult): number => results.filter((each) => each === result).length;

test('sends what is pushed, and nothing to a namespace without an address', async () => {
  push('deaf', 'no');
  push('alice', 'yes');
  await settle();
  expect(sent).toEqual(['alice yes']);
  expect(results).toEqual(['sent']);
});

describe('a receiver that fails', () => {
  test('gets a message four times, later each time, and then no more', async () => {
    answer = () => ({ is: 'failed', why: 'HTTP 500' });
    push('alice', 'x');
    await settle();
    expect(sent).toHaveLength(1);
    await clock.advance(600_000);
    expect(sent).toHaveLength(4);
    expect(results).toEqual(['gave_up']);
    expect(clock.timerCount).toBe(0);
  });

  test.each<[string, Error, string]>([
    ['its name', new TypeError('https://hooks.example.com/CANARY'), 'TypeError'],
    ['its code', Object.assign(new Error('CANARY'), { code: 'EPIPE' }), 'EPIPE'],
  ])('names an error of the sender by %s, without the address', async (_what, error, why) => {
    answer = () => Promise.reject(error);
    push('alice', 'x');
    await settle();
    expect(problems).toEqual([`alice ${why}`]);
  });

  test('gets it again after the time that it asked for', async () => {
    answer = () => (sent.length === 1 ? { is: 'failed', why: 'HTTP 429', afterMs: 30_000 } : { is: 'sent' });
    push('alice', 'x');
    await clock.advance(29_000);
    expect(sent).toHaveLength(1);
    await clock.advance(1_000);
    expect(results).toEqual(['sent']);
  });

  test('is not asked again when it refuses', async () => {
    answer = () => ({ is: 'refused', why: 'HTTP 404' });
    push('alice', 'x');
    await clock.advance(600_000);
    expect(sent).toHaveLength(1);
    expect(results).toEqual(['refused']);
  });

  test('that hangs takes one sender, however many messages it has: it holds up no other while a sender is free', async () => {
    answer = (text) => (text.startsWith('hangs') ? new Promise(() => undefined) : { is: 'sent' });
    for (let index = 0; index < 10; index += 1) push('alice', `hangs ${String(index)}`);
    push('bob', 'x');
    await settle();
    expect(sent).toEqual(['alice hangs 0', 'bob x']);
    expect(results).toEqual(['sent']);
  });
});

describe('bounds', () => {
  test('a namespace has 20 at once, and the next says how many were left out; another loses nothing', async () => {
    for (let index = 0; index < 25; index += 1) push('alice', String(index));
    push('bob', 'x');
    await clock.advance(30_000);
    expect(count('sent')).toBe(21);
    expect(count('rate_limited')).toBe(5);
    push('alice', 'later');
    await clock.advance(1_000);
    expect(sent.at(-1)).toBe('alice later (5 earlier messages of this namespace were left out.)');
  });

  test('all together have one a second after the first ones, and none is lost by that', async () => {
    for (let index = 0; index < 50; index += 1) push(`n${String(index)}`, 'x');
    await settle();
    expect(sent.length).toBeLessThanOrEqual(20);
    await clock.advance(60_000);
    expect(count('sent')).toBe(50);
  });

  test('a thousand wait at most', async () => {
    answer = () => new Promise(() => undefined);
    for (let index = 0; index < 1_100; index += 1) push(`n${String(index)}`, 'x');
    await settle();
    expect(count('queue_full')).toBe(1_100 - 1_000 - 4);
  });
});

test('a replica that does not lead sends nothing, also of what waits', async () => {
  answer = () => ({ is: 'failed', why: 'HTTP 500' });
  push('alice', 'x');
  await settle();
  leading.abort();
  push('alice', 'y');
  await clock.advance(600_000);
  expect(sent).toEqual(['alice x']);
  notifier.start(new AbortController().signal);
  answer = () => ({ is: 'sent' });
  push('alice', 'z');
  await settle();
  expect(sent).toEqual(['alice x', 'alice z']);
});
