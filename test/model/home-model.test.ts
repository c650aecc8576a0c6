/** The model of a home finds what it is there to find. */
import { describe, expect, it, test } from 'vitest';
import {
  newHome,
  noteValue,
  unfinishedRuns,
  wrongFollower,
  wrongRuns,
  wrongTogether,
  type Interval,
  type Run,
  type ScheduleName,
} from './home-model.ts';

const minuteMs = 60_000;
const noonMs = Date.parse('2027-01-01T12:00:00Z');
/** The minute after noon. */
const run = (schedule: ScheduleName, minute: number, more: Partial<Run> = {}): Run => ({
  name: `${schedule}-${String(noonMs / minuteMs + minute)}`,
  uid: `${schedule}-${String(minute)}`,
  schedule,
  tickMs: noonMs + minute * minuteMs,
  isDeleting: false,
  phase: undefined,
  finishTime: undefined,
  ...more,
});
function homeWith(
  schedule: ScheduleName,
  intervals: readonly Interval[],
  state: 'runs' | 'paused' | 'deleted' = 'runs',
) {
  const model = newHome();
  model.schedules.set(schedule, { state, intervals: [...intervals] });
  return model;
}

describe('a job of a schedule', () => {
  const upTo = [{ fromMs: noonMs + 30_000, toMs: noonMs + 3.5 * minuteMs }];
  test.each<[string, readonly Run[], number]>([
    ['is right once for a time at which it runs', [run('each', 1), run('each', 3)], 0],
    ['is wrong before the schedule was made', [run('each', 0)], 1],
    ['is wrong after it was paused or deleted', [run('each', 4)], 1],
    ['is wrong twice', [run('each', 1), run('each', 1, { uid: 'again' })], 1],
    ['is wrong twice, also when the first is gone', [run('each', 1, { goneMs: 1 }), run('each', 1, { uid: 'x' })], 1],
    ['is wrong where there is no schedule', [run('one', 1)], 1],
  ])('%s', (_what, runs, count) => {
    expect(wrongRuns(homeWith('each', upTo), runs)).toHaveLength(count);
  });

  it('is wrong beside another where there is one at a time', () => {
    for (const schedule of ['one', 'newest'] as const) {
      expect(wrongTogether(schedule, [run(schedule, 1), run(schedule, 2)])).toHaveLength(1);
      expect(wrongTogether(schedule, [run(schedule, 1, { finishTime: 'x' }), run(schedule, 2)])).toEqual([]);
      expect(wrongTogether(schedule, [run(schedule, 1, { isDeleting: true }), run(schedule, 2)])).toEqual([]);
    }
    expect(wrongTogether('each', [run('each', 1), run('each', 2)])).toEqual([]);
  });

  const seen = [{ fromMs: noonMs, seenMs: noonMs + 1_000 }];
  const later = noonMs + minuteMs + 10_000;
  test.each<[string, ReturnType<typeof newHome>, readonly Run[], number]>([
    ['has to be there when its time has come', homeWith('each', seen), [], 1],
    ['is not missed when it came and went', homeWith('each', seen), [run('each', 1, { goneMs: 1 })], 0],
    ['is not missed while another runs, where that is waited for', homeWith('one', seen), [run('one', 0)], 0],
    ['is missed when the other has ended', homeWith('one', seen), [run('one', 0, { finishTime: 'x' })], 1],
    ['is not missed while the schedule is paused', homeWith('each', seen, 'paused'), [], 0],
    ['is not missed before the operator knows the schedule', homeWith('each', [{ fromMs: noonMs }]), [], 0],
    [
      'that succeeded is one too many beside another',
      homeWith('each', seen),
      [1, 0].map((at) => run('each', at, { finishTime: 'x', phase: 'Succeeded' })),
      1,
    ],
    [
      'that failed is one too many beside another',
      homeWith('each', seen),
      [1, 0].map((at) => run('each', at, { finishTime: 'x', phase: 'Failed' })),
      1,
    ],
  ])('%s', (_what, model, runs, count) => {
    expect(unfinishedRuns(model, runs, later)).toHaveLength(count);
  });
});

test.each<[string, readonly (string | undefined)[], string | undefined, boolean]>([
  ['has the last value of its source', ['a', 'b'], 'b', true],
  ['has no former one', ['a', 'b'], 'a', false],
  ['keeps its value when the source has none', ['a', undefined], 'a', true],
  ['does not lose its value with the source', ['a', undefined], undefined, false],
  ['has nothing where the source never had anything', [undefined, undefined], undefined, true],
  ['has nothing that the source never had', ['a', undefined], 'mixed', false],
])('a follower %s', (_what, given, found, isRight) => {
  expect(wrongFollower('pair', { given: [...given] }, found)).toHaveLength(isRight ? 0 : 1);
});

test('the former values are the last that were in force, each once, and never the one that is', () => {
  const model = newHome();
  model.history = { seen: undefined, wanted: '', former: [] };
  for (const value of ['a', 'b', 'c', 'd', 'c']) noteValue(model, value);
  expect(model.history).toMatchObject({ seen: 'c', former: ['d', 'b'] });
});
