import { describe, expect, test } from 'vitest';
import { watchLoop } from '../../src/kernel/loop-watch.ts';

/** A thread that works and waits as it is told. */
function thread() {
  let [wallMs, cpuMs] = [0, 0];
  const stalls: number[] = [];
  const watch = watchLoop({ nowMs: () => wallMs, threadCpuMs: () => cpuMs, onStall: (ms) => stalls.push(ms) });
  watch.stop();
  return {
    watch,
    stalls,
    pass: (wall: number, cpu: number) => {
      wallMs += wall;
      cpuMs += cpu;
      watch.tick();
    },
  };
}

describe('the watch of the event loop', () => {
  test('counts work that holds the timer up', () => {
    const { watch, pass, stalls } = thread();
    pass(20, 20);
    pass(320, 310);
    expect(stalls).toEqual([0, 300]);
    expect(watch.longestMs()).toBe(300);
  });

  test('does not count a wait for a processor', () => {
    const { watch, pass } = thread();
    pass(900, 3);
    expect(watch.longestMs()).toBe(3);
  });

  test('keeps the longest of the last minute, and forgets it after that', () => {
    const { watch, pass } = thread();
    pass(520, 520);
    pass(20_000, 10);
    pass(220, 220);
    expect(watch.longestMs()).toBe(500);
    pass(45_000, 0);
    expect(watch.longestMs()).toBe(200);
    pass(60_000, 0);
    expect(watch.longestMs()).toBe(0);
  });

  test('measures the thread that it runs on', () => {
    const watch = watchLoop();
    const endMs = performance.now() + 10_000;
    // Works until it has used so much of a processor, however much of it other processes take.
    const from = process.cpuUsage();
    for (let used = 0; used < 300_000 && performance.now() < endMs;) {
      const { user, system } = process.cpuUsage(from);
      used = user + system;
    }
    watch.tick();
    watch.stop();
    expect(watch.longestMs()).toBeGreaterThan(100);
  });
});
