import { expect, test } from 'vitest';
import { seededRandom } from '../../support/seeded-random.ts';
import { VirtualClock } from './virtual-clock.ts';

test('timers fire in the order in which they are due, then in which they were set', async () => {
  const clock = new VirtualClock();
  const random = seededRandom(1);
  const due = Array.from({ length: 500 }, (_, index) => ({ index, ms: Math.floor(random() * 50) }));
  const fired: { readonly index: number; readonly ms: number }[] = [];
  for (const each of due) clock.schedule(() => fired.push({ index: each.index, ms: clock.now() }), each.ms);
  await clock.runUntil(() => fired.length === due.length);
  expect(fired).toEqual(due.toSorted((a, b) => a.ms - b.ms || a.index - b.index));
});

test('a timer that was cancelled does not fire, and time passes all the same', async () => {
  const clock = new VirtualClock();
  const fired: string[] = [];
  const cancel = clock.schedule(() => fired.push('a'), 1);
  clock.schedule(() => fired.push('b'), 2);
  cancel();
  await clock.runUntil(() => fired.includes('b'));
  expect(fired).toEqual(['b']);
  expect(clock.now()).toBe(2);
});

test('what sleeps in a row wakes in its time, and a run with nothing left ends with an error', async () => {
  const clock = new VirtualClock();
  let endMs = 0;
  void (async () => {
    for (let round = 0; round < 3; round += 1) await clock.sleep(10);
    endMs = clock.now();
  })();
  await clock.runUntil(() => endMs > 0);
  expect(endMs).toBe(30);
  await expect(clock.runUntil(() => false)).rejects.toThrow('nothing is left');
});
