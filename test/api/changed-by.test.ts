import { expect, test } from 'vitest';
import { ANNOTATION_CHANGED_BY, authorOf, changedBy, createdBy } from '../../src/api/index.ts';

const created = '2026-11-28T12:00:00Z';
const uid = 'a0b1';
const marked = (text: string | undefined, generation: number, own = uid, creationTimestamp = created) => ({
  ...{ uid: own, generation, creationTimestamp },
  ...(text === undefined ? {} : { annotations: { [ANNOTATION_CHANGED_BY]: text } }),
});

test.each<[string, string | undefined, number, string | undefined]>([
  ['the change of this generation', 'a0b1/5 alice', 5, 'alice'],
  ['a name with spaces', 'a0b1/5 Alice of Wonderland', 5, 'Alice of Wonderland'],
  ['a former change', 'a0b1/4 alice', 5, undefined],
  ['a change to come', 'a0b1/6 alice', 5, undefined],
  ['a change of another object', 'ffff/5 alice', 5, undefined],
  ['a change that would be the creation', 'a0b1/1 alice', 1, undefined],
  ['the creation', '2026-11-28T12:00:00Z alice', 1, 'alice'],
  ['the creation, by a clock that is slow', '2026-11-28T11:59:00Z alice', 1, 'alice'],
  ['the creation of what was restored later', '2026-11-28T11:58:59Z alice', 1, undefined],
  ['the creation of what has changed since', '2026-11-28T12:00:00Z alice', 2, undefined],
  ['a time in a form that admission does not read', '2026-11-28 12:00:00 alice', 1, undefined],
  ['a time with fractions, which admission does not read', '2026-11-28T12:00:00.5Z alice', 1, undefined],
  ['no name', 'a0b1/5 ', 5, undefined],
  ['no mark', ' alice', 5, undefined],
  ['a name that is too long', `a0b1/5 ${'a'.repeat(513)}`, 5, undefined],
  ['nothing', undefined, 5, undefined],
])('%s', (_what, text, generation, author) => {
  expect(authorOf(marked(text, generation))).toBe(author);
});

test.each(['2026-11-31T12:00:00Z', '2026-11-30T36:00:00Z', '2026-11-30T24:00:00Z'])(
  'nobody by %s, which names a day before one that exists',
  (mark) => {
    for (const day of ['2026-12-01T12:00:00Z', '2026-12-01T00:00:00Z'])
      expect(authorOf(marked(`${mark} carol`, 1, uid, day))).toBeUndefined();
  },
);

test('a mark that is written is read again', () => {
  const change = changedBy({ uid, generation: 4 }, 'alice')[ANNOTATION_CHANGED_BY];
  expect(authorOf(marked(change, 5))).toBe('alice');
  const creation = createdBy(new Date(created), 'alice')[ANNOTATION_CHANGED_BY];
  expect(authorOf(marked(creation, 1))).toBe('alice');
});
