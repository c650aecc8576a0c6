import { expect, test } from 'vitest';
import { LogBudget } from '../../src/operator/log-budget.ts';
import { ManualClock } from '../support/manual-clock.ts';

test('a namespace with many failing objects gets some lines, then a line with a count now and then', async () => {
  const clock = new ManualClock();
  const budget = new LogBudget(clock);
  const taken = Array.from({ length: 1_000 }, (_, index) => budget.take(`mallory/${String(index)}`));
  expect(taken.filter((each) => each !== undefined)).toHaveLength(20);
  await clock.advance(10_000);
  expect(budget.take('mallory/x')).toBe(980);
});

test('other namespaces have lines of their own', () => {
  const budget = new LogBudget(new ManualClock());
  for (let index = 0; index < 100; index += 1) budget.take(`mallory/${String(index)}`);
  expect(budget.take('alice/a')).toBe(0);
});
