import { beforeEach, describe, expect, test } from 'vitest';
import { WorkQueue, type WorkItem } from '../../src/kernel/index.ts';
import { ManualClock, settle } from '../support/manual-clock.ts';

describe('work queue', () => {
  let clock: ManualClock;
  let queue: WorkQueue;

  beforeEach(() => {
    clock = new ManualClock();
    queue = new WorkQueue({ clock, random: () => 1, backoff: { baseMs: 100, limitMs: 1_000 } });
  });

  /** The key that a worker gets now; undefined where it would wait. */
  async function takeNow(): Promise<string | undefined> {
    if (queue.depth === 0) return undefined;
    return (await queue.take())?.key;
  }

  test('a key that waits is there once', async () => {
    for (let time = 0; time < 3; time += 1) queue.add('a');
    expect(queue.depth).toBe(1);
    expect(queue.addsTotal).toBe(1);
    expect(await takeNow()).toBe('a');
    expect(await takeNow()).toBeUndefined();
  });

  test('a key is with one worker at a time, and comes again when it changed meanwhile', async () => {
    queue.add('a');
    expect(await takeNow()).toBe('a');
    queue.add('a');
    queue.add('a');
    expect(await takeNow()).toBeUndefined();
    queue.done('a');
    expect(await takeNow()).toBe('a');
    queue.done('a');
    expect(await takeNow()).toBeUndefined();
    expect(queue.addsTotal).toBe(2);
  });

  test('keys come in the order in which they were added', async () => {
    for (const key of ['c', 'a', 'b', 'a']) queue.add(key);
    expect([await takeNow(), await takeNow(), await takeNow()]).toEqual(['c', 'a', 'b']);
  });

  test('a change does not wait behind 10,000 resyncs', async () => {
    for (let index = 0; index < 10_000; index += 1) queue.add(`resync-${String(index)}`, 'resync');
    queue.add('change');
    expect(await takeNow()).toBe('change');
    expect(await takeNow()).toBe('resync-0');
  });

  test('a key that waits for a resync moves up when it changes, and is worked on once', async () => {
    for (const key of ['a', 'b', 'c']) queue.add(key, 'resync');
    queue.add('c');
    expect(queue.depth).toBe(3);
    expect([await takeNow(), await takeNow(), await takeNow(), await takeNow()]).toEqual(['c', 'a', 'b', undefined]);
  });

  test('a key that waits as a change stays one when it is resynced', async () => {
    queue.add('a');
    queue.add('a', 'resync');
    expect((await queue.take())?.lane).toBe('change');
  });

  test('a change during the work wins over a resync during the work', async () => {
    queue.add('a');
    await takeNow();
    queue.add('a', 'resync');
    queue.add('a');
    queue.add('a', 'resync');
    queue.done('a');
    expect((await queue.take())?.lane).toBe('change');
  });

  test('a worker that waits gets the key as soon as it is added', async () => {
    let taken: WorkItem | undefined;
    void queue.take().then((item) => (taken = item));
    await settle();
    expect(taken).toBeUndefined();
    queue.add('a');
    await settle();
    expect(taken?.key).toBe('a');
  });

  test('a delayed key comes when it is due, not before', async () => {
    queue.addAfter('a', 1_000);
    await clock.advance(999);
    expect(queue.depth).toBe(0);
    await clock.advance(1);
    expect(await takeNow()).toBe('a');
  });

  test('of two delays of a key the shorter one counts', async () => {
    queue.addAfter('a', 1_000);
    queue.addAfter('a', 100);
    queue.addAfter('a', 5_000);
    expect(clock.timerCount).toBe(1);
    await clock.advance(100);
    expect(await takeNow()).toBe('a');
    queue.done('a');
    await clock.advance(10_000);
    expect(queue.depth).toBe(0);
  });

  test.each([
    ['forward', 3_600_000],
    ['back', -3_600_000],
  ])('of two delays of a key the shorter one counts, though the clock was set %s between them', async (_, jumpMs) => {
    queue.addAfter('later', 60_000);
    queue.addAfter('sooner', 100);
    clock.jump(jumpMs);
    queue.addAfter('later', 100);
    queue.addAfter('sooner', 60_000);
    await clock.advance(100);
    expect([await takeNow(), await takeNow()].sort()).toEqual(['later', 'sooner']);
  });

  test('each failure of a key waits longer, up to the limit, without an end, and other keys do not wait', () => {
    const delays = Array.from({ length: 40 }, () => queue.retry('a'));
    expect(delays.slice(0, 5)).toEqual([100, 200, 400, 800, 1_000]);
    expect(delays.at(-1)).toBe(1_000);
    expect(queue.retry('b')).toBe(100);
    expect(queue.retriesTotal).toBe(41);
  });

  test('backoff is jittered down to a half', () => {
    const jittered = new WorkQueue({ clock, random: () => 0, backoff: { baseMs: 100, limitMs: 1_000 } });
    expect(jittered.retry('a')).toBe(50);
  });

  test('a retry is not before what the server asked for', async () => {
    expect(queue.retry('a', 5_000)).toBe(5_000);
    await clock.advance(4_999);
    expect(queue.depth).toBe(0);
  });

  test('after a success the next failure starts from the shortest delay', () => {
    queue.retry('a');
    queue.retry('a');
    expect(queue.failures('a')).toBe(2);
    queue.forget('a');
    expect(queue.retry('a')).toBe(100);
  });

  test('a change is worked on at once, whatever delay its key has', async () => {
    queue.retry('a', 60_000);
    queue.add('a');
    expect(await takeNow()).toBe('a');
  });

  test('closing ends the workers, drops what waits, and takes no more', async () => {
    const waiting = queue.take();
    queue.addAfter('later', 100);
    queue.close();
    queue.add('a');
    queue.addAfter('b', 1);
    await clock.advance(1_000);
    expect(await waiting).toBeUndefined();
    expect(await queue.take()).toBeUndefined();
    expect([queue.depth, clock.timerCount]).toEqual([0, 0]);
  });

  test('closing during the work does not bring the key again', async () => {
    queue.add('a');
    await takeNow();
    queue.add('a');
    queue.close();
    queue.done('a');
    expect(await queue.take()).toBeUndefined();
  });

  test('knows how long keys have waited and work has taken', async () => {
    queue.add('a', 'resync');
    clock.stall(1_000);
    queue.add('b');
    clock.stall(500);
    expect(queue.oldestWaitMs).toBe(1_500);
    const first = await queue.take();
    expect([first?.key, first?.waitedMs]).toEqual(['b', 500]);
    clock.stall(2_000);
    const second = await queue.take();
    expect(second?.waitedMs).toBe(3_500);
    clock.stall(1_000);
    expect(queue.unfinishedWorkMs).toEqual({ sum: 4_000, longest: 3_000 });
    expect(queue.workingCount).toBe(2);
    expect(queue.oldestWaitMs).toBe(0);
  });

  test('namespaces take turns: one with many keys delays itself and no other', async () => {
    for (let index = 0; index < 1_000; index += 1) queue.add(`mallory/${String(index)}`);
    queue.add('alice/a');
    queue.add('bob/b');
    expect([await takeNow(), await takeNow(), await takeNow(), await takeNow()]).toEqual([
      'mallory/0',
      'alice/a',
      'bob/b',
      'mallory/1',
    ]);
  });

  test('one namespace holds at most its share of the workers, and the next key comes when it lets one go', async () => {
    queue = new WorkQueue({ clock, mostPerGroup: 2 });
    for (const key of ['m/1', 'm/2', 'm/3', 'm/4']) queue.add(key);
    expect([await takeNow(), await takeNow()]).toEqual(['m/1', 'm/2']);
    let third: WorkItem | undefined;
    void queue.take().then((item) => (third = item));
    await settle();
    expect(third).toBeUndefined();
    expect(queue.heldBackTotal).toBeGreaterThan(0);
    queue.done('m/1');
    await settle();
    expect(third?.key).toBe('m/3');
  });

  test('a key of another namespace gets a worker while one holds its share', async () => {
    queue = new WorkQueue({ clock, mostPerGroup: 1 });
    queue.add('m/1');
    expect(await takeNow()).toBe('m/1');
    for (const key of ['m/2', 'alice/a']) queue.add(key);
    expect((await queue.take())?.key).toBe('alice/a');
  });

  test('an endless row of changes leaves every fourth turn to what waits in the background', async () => {
    queue.add('x/timer', 'timer');
    for (let index = 0; index < 10; index += 1) queue.add(`y/${String(index)}`);
    const taken = [await takeNow(), await takeNow(), await takeNow(), await takeNow()];
    expect(taken).toEqual(['y/0', 'y/1', 'y/2', 'x/timer']);
  });

  test('an item says why it was added: the strongest cause of those that met', async () => {
    queue.add('a', 'resync');
    queue.add('b', 'resync');
    queue.add('b', 'timer');
    queue.add('c', 'timer');
    queue.add('c', 'change');
    const items = [await queue.take(), await queue.take(), await queue.take()];
    expect(items.map((item) => `${item?.key ?? ''} ${item?.cause ?? ''} ${item?.lane ?? ''}`).sort()).toEqual([
      'a resync background',
      'b timer background',
      'c change change',
    ]);
  });

  test('a timer that falls due waits in the background, unless something ends then', async () => {
    queue.addAfter('a', 100);
    queue.addAfter('b', 100, { lane: 'change' });
    await clock.advance(100);
    const items = [await queue.take(), await queue.take()];
    expect(items.map((item) => `${item?.key ?? ''} ${item?.cause ?? ''} ${item?.lane ?? ''}`)).toEqual([
      'b timer change',
      'a timer background',
    ]);
  });

  test('keys that failed come at once when they are hurried, except those the server asked to wait', async () => {
    for (let time = 0; time < 5; time += 1) queue.retry('a');
    queue.retry('b', 20_000);
    queue.addAfter('c', 20_000);
    queue.hurryRetries();
    expect(await takeNow()).toBe('a');
    expect(await takeNow()).toBeUndefined();
    expect(clock.timerCount).toBe(2);
  });
});
