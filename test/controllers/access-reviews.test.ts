import { describe, expect, test } from 'vitest';
import { AccessReviews } from '../../src/controllers/access-reviews.ts';
import { serviceAccountIdentity } from '../../src/controllers/subjects.ts';
import type { KubeClient } from '../../src/kernel/index.ts';
import { ManualClock, settle } from '../support/manual-clock.ts';

const { signal } = new AbortController();
const asker = (namespace: string) => ({ ...serviceAccountIdentity(namespace, 'default'), namespace });
const secret = (name: string) => ({ namespace: 'alice', name });

function world() {
  const clock = new ManualClock();
  const asked: string[] = [];
  const answers: ((allowed: boolean) => void)[] = [];
  const bounds: string[] = [];
  const client = {
    review: (_: unknown, spec: { user: string; resourceAttributes: { name: string } }) => {
      asked.push(`${spec.user.split(':')[2] ?? ''}/${spec.resourceAttributes.name}`);
      return new Promise((resolve) => answers.push((allowed) => resolve({ allowed })));
    },
  } as unknown as KubeClient;
  const reviews = new AccessReviews({ client, clock, onBound: (bound) => bounds.push(bound) });
  return { clock, asked, answers, bounds, reviews };
}

describe('access reviews', () => {
  test('join equal questions that wait, and ask again for one that was sent', async () => {
    const { reviews, asked, answers } = world();
    // Eight at a time are sent for one namespace.
    const others = Array.from({ length: 8 }, (_, index) => reviews.mayUse(asker('bob'), secret(`o${index}`), signal));
    const first = reviews.mayUse(asker('bob'), secret('x'), signal);
    const second = reviews.mayUse(asker('bob'), secret('x'), signal);
    expect(asked).toHaveLength(8);
    answers[0]?.(true);
    await settle();
    expect(asked.filter((each) => each === 'bob/x')).toHaveLength(1);
    const third = reviews.mayUse(asker('bob'), secret('x'), signal);
    for (let round = 0; round < 20; round += 1) {
      for (const answer of answers) answer(true);
      await settle();
    }
    expect(await Promise.all([first, second, third, ...others])).not.toContain(false);
    expect(asked.filter((each) => each === 'bob/x')).toHaveLength(2);
  });

  test('of a burst are as many as the API server answers, and no answer is older than its question', async () => {
    const { reviews, asked, answers } = world();
    const ask = (): Promise<boolean> => reviews.mayUse(asker('bob'), secret('x'), signal);
    const first = ask();
    const others = Array.from({ length: 100 }, ask);
    expect(asked).toHaveLength(1);
    // The right ends while the first question is under way: who asked after it was sent must not believe its yes.
    answers[0]?.(true);
    await settle();
    expect(asked).toHaveLength(2);
    answers[1]?.(false);
    expect(await first).toBe(true);
    expect(new Set(await Promise.all(others))).toEqual(new Set([false]));
    expect(asked).toHaveLength(2);
  });

  test('that waited for their turn take an answer that came meanwhile, until something changes', async () => {
    const { reviews, asked, answers, clock } = world();
    const sinceMs = clock.steadyNow();
    const ask = (): Promise<boolean> => reviews.mayUse(asker('bob'), secret('x'), signal, sinceMs);
    const answered = async (isAllowed: boolean): Promise<void> => {
      for (const answer of answers.splice(0)) answer(isAllowed);
      await settle();
    };
    await clock.advance(1);
    void ask();
    await answered(true);
    expect(await ask()).toBe(true);
    expect(asked).toHaveLength(1);
    // One that came after the answer, and one that says nothing of when it came.
    void reviews.mayUse(asker('bob'), secret('x'), signal, clock.steadyNow());
    await answered(true);
    void reviews.mayUse(asker('bob'), secret('x'), signal);
    await answered(true);
    expect(asked).toHaveLength(3);
    reviews.forget();
    void ask();
    // The right ends while it is under way.
    reviews.forget();
    await answered(true);
    const after = ask();
    await answered(false);
    expect(await after).toBe(false);
    expect(asked).toHaveLength(5);
    await clock.advance(5_000);
    void ask();
    expect(asked).toHaveLength(6);
  });

  test('right after a change are believed by who asked, and by nobody later', async () => {
    const { reviews, asked, answers, clock } = world();
    const sinceMs = clock.steadyNow();
    const ask = async (isAllowed: boolean): Promise<boolean> => {
      const answer = reviews.mayUse(asker('bob'), secret('x'), signal, sinceMs);
      for (const each of answers.splice(0)) each(isAllowed);
      return answer;
    };
    await clock.advance(1);
    reviews.forget();
    // The API server does not know yet that the right has ended.
    expect(await ask(true)).toBe(true);
    await clock.advance(10);
    expect(await ask(false)).toBe(false);
    expect(asked).toHaveLength(2);
    await clock.advance(1_000);
    expect(await ask(true)).toBe(true);
    expect(await ask(false)).toBe(true);
    expect(asked).toHaveLength(3);
  });

  test('of other secrets continue while one is under way', async () => {
    const { reviews, asked } = world();
    for (const name of ['x', 'x', 'y', 'x', 'z']) void reviews.mayUse(asker('bob'), secret(name), signal);
    await settle();
    expect(asked).toEqual(['bob/x', 'bob/y', 'bob/z']);
  });

  test('a namespace with many questions does not keep another one waiting', async () => {
    const { reviews, asked } = world();
    for (let index = 0; index < 500; index += 1) void reviews.mayUse(asker('mallory'), secret(`m${index}`), signal);
    void reviews.mayUse(asker('bob'), secret('x'), signal);
    await settle();
    expect(asked.at(-1)).toBe('bob/x');
    expect(asked).toHaveLength(9);
  });

  test('are bounded in the long run for each namespace, and the bound is counted', async () => {
    const { reviews, asked, answers, bounds, clock } = world();
    for (let index = 0; index < 1_500; index += 1) void reviews.mayUse(asker('mallory'), secret(`m${index}`), signal);
    for (let round = 0; round < 400; round += 1) {
      for (const answer of answers.splice(0)) answer(false);
      await Promise.resolve();
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect(asked).toHaveLength(1_000);
    expect(bounds.length).toBeGreaterThan(0);
    await clock.advance(100);
    expect(asked.length).toBeGreaterThan(1_000);
    expect(asked.length).toBeLessThanOrEqual(1_021);
  });

  test('a caller that no longer waits takes no turn', async () => {
    const { reviews } = world();
    const abort = new AbortController();
    const asking = reviews.mayUse(asker('bob'), secret('x'), abort.signal);
    abort.abort(new Error('stop'));
    await expect(asking).rejects.toThrow('stop');
  });
});
