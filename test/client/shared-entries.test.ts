/** What is shared with me, as the operator's ConfigMap lists it. */
import { expect, test } from 'vitest';
import { isOneSecret, keyOfShared, nameOfShared, omittedSentence, sharedEntries } from '../../src/client/index.ts';

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

test('entries are sorted by URI; what has expired or cannot be read is left out', () => {
  const data = {
    1: entry('z'),
    2: entry('a', { expiresAt: '2026-11-25T12:00:01Z' }),
    3: entry('expired', { expiresAt: '2026-11-25T12:00:00Z' }),
    4: 'no JSON',
    5: 'null',
    6: '{"uri":"secret:/bob/half","namespace":"bob"}',
    7: '[]',
    8: entry('no-time', { expiresAt: 'soon' }),
    9: '"text"',
  };
  expect(sharedEntries(data, now).entries.map(({ uri }) => uri)).toEqual(['secret:/bob/a', 'secret:/bob/z']);
});

test('a grant over all secrets is one entry without a name', () => {
  const data = {
    all: JSON.stringify({ uri: 'secret:/alice', namespace: 'alice', access: 'write', owner: 'Alice', all: true }),
  };
  const [all] = sharedEntries(data, now).entries;
  expect(all).toEqual({ uri: 'secret:/alice', namespace: 'alice', access: 'write', owner: 'Alice', all: true });
  expect(all !== undefined && isOneSecret(all)).toBe(false);
});

test('an access level of a newer operator counts as the least', () => {
  const data = { 1: entry('a', { access: 'everything', owner: undefined }) };
  expect(sharedEntries(data, now).entries[0]).toMatchObject({ access: 'read', owner: 'bob' });
});

test('data keys with _ are no entries, and _more says what is missing', () => {
  const data = {
    _more: '[{"namespace":"bob","omitted":12},{"namespace":"x"},null]',
    _other: entry('a'),
    1: entry('b'),
  };
  const { entries, omitted } = sharedEntries(data, now);
  expect(entries).toHaveLength(1);
  expect(omitted).toEqual([{ namespace: 'bob', omitted: 12 }]);
  expect(omitted.map(omittedSentence)).toEqual([
    "12 more secrets of 'bob' are shared with you; the list has no room for them.",
  ]);
});

test('names and keys are found by each other', () => {
  const shared = sharedEntries({ 1: entry('API_TOKEN', { name: 'api-token-0a1b2c3d' }) }, now);
  expect(nameOfShared(shared, { namespace: 'bob', key: 'API_TOKEN' })).toBe('api-token-0a1b2c3d');
  expect(keyOfShared(shared, { namespace: 'bob', name: 'api-token-0a1b2c3d' })).toBe('API_TOKEN');
  expect(nameOfShared(shared, { namespace: 'alice', key: 'API_TOKEN' })).toBeUndefined();
  expect(keyOfShared(shared, { namespace: 'bob', name: 'API_TOKEN' })).toBeUndefined();
});
