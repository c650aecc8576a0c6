/** The day by which a secret shall have a new value: what a form may save. */
import { afterEach, expect, test, vi } from 'vitest';
import '../../../support/console/english.ts';
import { rotateByDraft, rotateByProblem, type RotateByDraft } from '../../../../src/console/web/secrets/rotate-by.ts';

afterEach(() => void vi.unstubAllEnvs());

const nowMs = Date.parse('2026-11-25T12:00:00Z');
const unfinished: RotateByDraft = { day: '', isUnfinished: true };

test.each<[string, RotateByDraft, string, boolean]>([
  ['no day', rotateByDraft(), '', true],
  ['today', rotateByDraft('2026-11-25'), '', true],
  ['a day that has passed', rotateByDraft('2026-11-24'), '', false],
  ['a day that has passed meanwhile', rotateByDraft('2026-11-24'), '2026-11-24', true],
  ['no day in the place of one', rotateByDraft(), '2026-12-31', true],
  ['a part of a date', unfinished, '', false],
  ['a part of a date in the place of one', unfinished, '2026-12-31', false],
])('%s can be saved or not', (_what, draft, before, can) => {
  expect(rotateByProblem(draft, before, nowMs) === undefined).toBe(can);
});

test.each([
  ['Pacific/Honolulu', '2026-11-25T05:00:00Z', '2026-11-24', '2026-11-23'],
  ['Pacific/Auckland', '2026-11-24T15:00:00Z', '2026-11-25', '2026-11-24'],
])("in %s today is the user's day, not that of UTC", (zone, now, today, yesterday) => {
  vi.stubEnv('TZ', zone);
  expect(rotateByProblem(rotateByDraft(today), '', Date.parse(now))).toBeUndefined();
  expect(rotateByProblem(rotateByDraft(yesterday), '', Date.parse(now))).toBeDefined();
});
