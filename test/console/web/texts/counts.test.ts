/** Sentences with numbers in them are right for one and for many. */
import { expect, test } from 'vitest';
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

type Sentence = (...counts: readonly number[]) => string;

/** The texts of a part of the catalogue that are made with something, by their names. */
function sentencesOf(part: object, above = ''): readonly (readonly [string, Sentence])[] {
  return Object.entries(part).flatMap(([name, text]: readonly [string, unknown]) => {
    if (typeof text === 'function') return [[`${above}${name}`, text as Sentence] as const];
    return typeof text === 'object' && text !== null ? sentencesOf(text, `${above}${name}.`) : [];
  });
}

test.each<readonly [string, Sentence]>([
  ...sentencesOf(texts.bulk, 'bulk.').filter(([name]) => name !== 'bulk.select'),
  ['tags.titleOf', texts.tags.titleOf],
  ['share.titleOf', texts.share.titleOf],
  ['share.changesSome', texts.share.changesSome],
  ['adopt.replace', texts.adopt.replace],
  ['adopt.save', texts.adopt.save],
  ['notify.several', texts.notify.several],
  ['sealing.wasForOthers', texts.sealing.wasForOthers],
])('%s groups the digits of a large number', (_name, sentence) => {
  expect(sentence(12_345, 12_345)).toContain('12,345');
});
