import { expect, test } from 'vitest';
import { ANNOTATION_ROTATE_BY, type UserSecret } from '../../../../src/api/index.ts';
import type { secretFilters } from '../../../../src/console/web/secrets/secret-filters.ts';
import { filterSecrets, tagChoices, withTags } from '../../../../src/console/web/secrets/secret-filters.ts';
import { searchSecrets, secretRows } from '../../../../src/console/web/secrets/secret-rows.ts';

const nowMs = Date.parse('2027-01-20T00:00:00Z');
const condition = (type: string, status: string) => ({
  ...{ type, status, reason: 'Because', message: 'Because.' },
  lastTransitionTime: '2027-01-01T00:00:00Z',
  observedGeneration: 1,
});
const secret = (name: string, more: Partial<UserSecret['metadata']> = {}, conditions: readonly object[] = []) =>
  ({
    metadata: { namespace: 'alice', name, generation: 1, ...more },
    spec: { sealed: { value: 'x' } },
    status: { conditions: [condition('Ready', 'True'), ...conditions] },
  }) as unknown as UserSecret;
const rows = secretRows(
  [
    secret('due', { annotations: { [ANNOTATION_ROTATE_BY]: '2027-01-31' } }),
    secret('later', { annotations: { [ANNOTATION_ROTATE_BY]: '2027-06-30' } }),
    secret('plain', {}, [condition('Plaintext', 'True')]),
    secret('shared', { labels: { team: 'reports', urgent: 'true' } }),
    { ...secret('broken'), status: { conditions: [condition('Ready', 'False')] } } as unknown as UserSecret,
  ],
  [
    {
      metadata: { namespace: 'alice', name: 'g' },
      spec: { secret: 'shared', subject: { kind: 'User', name: 'bob' } },
    },
  ],
  [],
);
const named = (filter: (typeof secretFilters)[number] | undefined): readonly string[] =>
  filterSecrets(rows, filter, nowMs).map(({ name }) => name);

test.each([
  ['rotate', ['due']],
  ['unused', ['due', 'later', 'plain', 'broken']],
  ['shared', ['shared']],
  ['plain', ['plain']],
  ['problem', ['broken']],
] as const)('%s shows what it says', (filter, names) => {
  expect(named(filter)).toEqual(names);
});

test('without a filter all are shown, and the search finds tags', () => {
  expect(named(undefined)).toHaveLength(5);
  expect(searchSecrets(rows, 'team=rep').map(({ name }) => name)).toEqual(['shared']);
});

test('tags narrow the list, all of them together; a name alone has any value', () => {
  const tagged = (...tags: readonly string[]) => withTags(rows, tags).map(({ name }) => name);
  expect(tagged()).toHaveLength(5);
  expect(tagged('team')).toEqual(['shared']);
  expect(tagged('team=reports', 'urgent')).toEqual(['shared']);
  expect(tagged('team=reports', 'other')).toEqual([]);
  expect(tagged('team=report')).toEqual([]);
});

test('the tags to choose from name a label alone only where it has several values', () => {
  const more = secretRows(
    [secret('a', { labels: { team: 'x', year: '1' } }), secret('b', { labels: { team: 'y' } })],
    [],
    [],
  );
  expect(tagChoices(more)).toEqual(['team', 'team=x', 'team=y', 'year=1']);
});
