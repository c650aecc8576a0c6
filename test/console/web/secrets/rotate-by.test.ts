/** The day by which a secret shall have a new value: what a form may save. */
import { expect, test } from 'vitest';
import '../../../support/console/english.ts';
import { rotateByDraft, rotateByProblem, type RotateByDraft } from '../../../../src/console/web/secrets/rotate-by.ts';

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
