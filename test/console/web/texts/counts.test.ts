/** Sentences with numbers in them are right for one and for many. */
import { expect, test } from '@jest/globals';
import '../../../support/console/english.ts';
import { texts } from '../../../../src/console/web/texts.ts';

test.each([
  ['the jobs that outlive a secret', texts.secrets.removeJobs],
  ['the jobs that outlive a value', texts.secrets.jobsKeep],
  ['the jobs that outlive a grant', texts.share.keep],
])('%s: one keeps, two keep', (_what, sentence) => {
  expect(sentence(1)).toMatch(/^1 running job keeps /);
  expect(sentence(2)).toMatch(/^2 running jobs keep /);
});
