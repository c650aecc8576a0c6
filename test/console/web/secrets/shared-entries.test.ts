/** What is shared with me, as the operator's ConfigMap says it. */
import { expect, test } from '@jest/globals';
import { sharedEntries } from '../../../../src/console/web/secrets/shared-entries.ts';

const now = Date.parse('2026-11-25T12:00:00Z');
const entry = (key: string, part: object = {}) =>
  JSON.stringify({
    uri: `secret:/bob/${key}`,
    namespace: 'bob',
    name: key,
    key,
    access: 'read',
    owner: 'bob',
    ...part,
  });

test('entries are sorted by URI; what has ended or cannot be read is left out', () => {
  const data = {
    1: entry('z'),
    2: entry('a', { expiresAt: '2026-11-25T12:00:01Z' }),
    3: entry('ended', { expiresAt: '2026-11-25T12:00:00Z' }),
    4: 'no JSON',
    5: 'null',
    6: '{"uri":"secret:/bob/half"}',
  };
  expect(sharedEntries(data, now).map(({ key }) => key)).toEqual(['a', 'z']);
});
