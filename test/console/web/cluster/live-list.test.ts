/** A list as a watch keeps it. */
import { describe, expect, test } from 'vitest';
import '../../../support/console/english.ts';
import { ClusterError, errorOf } from '../../../../src/console/web/cluster/errors.ts';
import {
  applyEvents,
  applyWrite,
  emptyLiveList,
  interrupted,
  isUnread,
  listed,
  partlyListed,
  resumed,
  troubleOf,
} from '../../../../src/console/web/cluster/live-list.ts';

const object = (name: string, resourceVersion: string, uid = name) => ({
  metadata: { name, namespace: 'alice', uid, resourceVersion },
});
const versions = (state: Pick<ReturnType<typeof listed>, 'objects'>): readonly unknown[] =>
  [...state.objects.values()].map(({ metadata }) => [metadata.name, metadata.resourceVersion]);

test('events change what was listed, in their order', () => {
  const state = applyEvents(listed([object('a', '1'), object('b', '2')]), [
    { type: 'MODIFIED', object: object('a', '3') },
    { type: 'DELETED', object: object('b', '4') },
    { type: 'ADDED', object: object('c', '5') },
  ]);
  expect(versions(state)).toEqual([
    ['a', '3'],
    ['c', '5'],
  ]);
});

test('the first pages of a list are shown while the others are read, and nothing is said of what they do not hold', () => {
  const first = partlyListed(emptyLiveList<ReturnType<typeof object>>(), [object('a', '1')]);
  expect([first.phase, versions(first), isUnread(first)]).toEqual(['loading', [['a', '1']], true]);
  const second = partlyListed(first, [object('b', '2')]);
  expect(versions(second)).toEqual([
    ['a', '1'],
    ['b', '2'],
  ]);
  expect(versions(first)).toHaveLength(1);
});

test('a list that was read stays whole while it is read again', () => {
  const state = listed([object('a', '1'), object('b', '2')]);
  expect(partlyListed(state, [object('a', '3')])).toBe(state);
});

test('the answer of a write that is newer than the list stays in it, and what the list no longer has goes', () => {
  const known = applyEvents(
    partlyListed(emptyLiveList<ReturnType<typeof object>>(), [object('a', '5'), object('gone', '6')]),
    [
      { type: 'MODIFIED', object: object('a', '12') },
      { type: 'ADDED', object: object('new', '11') },
    ],
  );
  // An older page does not replace it either.
  expect(versions(partlyListed(known, [object('a', '5')]))).toContainEqual(['a', '12']);
  const whole = listed([object('a', '5'), object('b', '7')], known, '10');
  expect([whole.phase, isUnread(whole)]).toEqual(['live', false]);
  expect(versions(whole).toSorted()).toEqual([
    ['a', '12'],
    ['b', '7'],
    ['new', '11'],
  ]);
});

test('an older event does not replace the answer of a write', () => {
  const state = listed([object('a', '10')]);
  expect(versions(applyEvents(state, [{ type: 'MODIFIED', object: object('a', '9') }]))).toEqual([['a', '10']]);
});

test('the end of a former object does not take away one of its name', () => {
  const state = listed([object('a', '10', 'new')]);
  expect(versions(applyEvents(state, [{ type: 'DELETED', object: object('a', '9', 'old') }]))).toEqual([['a', '10']]);
});

describe('an object that was deleted', () => {
  const end = { type: 'DELETED', object: object('a', '5') } as const;
  const unread = emptyLiveList<ReturnType<typeof object>>();

  test.each([
    ['the list is read', unread],
    ['another page is read', partlyListed(unread, [object('b', '2')])],
    ['the list is read again', listed([object('a', '5'), object('b', '2')])],
    ['it is offline', interrupted(listed([object('a', '5')]), new ClusterError('offline', 'away'))],
  ])('while %s is not brought back by what was read before its end', (_case, state) => {
    const ended = applyWrite(state, end);
    const later = applyEvents(ended, [{ type: 'MODIFIED', object: object('a', '6') }]);
    const rest = [object('a', '5'), object('c', '3')];
    for (const known of [ended, later, resumed(ended)]) {
      expect(versions(known)).not.toContainEqual(['a', expect.anything()]);
      const page = versions(partlyListed(known, rest)).flat();
      expect(page).not.toContain('a');
      expect(versions(listed(rest, partlyListed(known, rest), '7'))).toEqual([['c', '3']]);
    }
  });

  test('is there while a finalizer keeps it, and so is one that was made again under its name', () => {
    const ended = applyWrite(listed([object('a', '5')]), end);
    const kept = object('a', '6');
    const finalizing = { ...kept, metadata: { ...kept.metadata, deletionTimestamp: '2026-01-01T00:00:00Z' } };
    expect(versions(listed([finalizing], ended, '7'))).toEqual([['a', '6']]);
    expect(versions(applyEvents(ended, [{ type: 'MODIFIED', object: finalizing }]))).toEqual([['a', '6']]);
    expect(versions(listed([object('a', '8', 'new')], ended, '9'))).toEqual([['a', '8']]);
  });
});

test('an object that left the selection of a watch comes back with it, and with a list', () => {
  const left = applyEvents(listed([object('a', '5')]), [{ type: 'DELETED', object: object('a', '6') }]);
  expect(versions(left)).toEqual([]);
  expect(versions(applyEvents(left, [{ type: 'ADDED', object: object('a', '7') }]))).toEqual([['a', '7']]);
  expect(versions(listed([object('a', '7')], left, '8'))).toEqual([['a', '7']]);
});

test('a state is never changed', () => {
  const state = listed([object('a', '1')]);
  applyEvents(state, [{ type: 'DELETED', object: object('a', '2') }]);
  expect(versions(state)).toEqual([['a', '1']]);
});

test('a break keeps what is known and says that it may be old; the next watch clears it', () => {
  const broken = interrupted(listed([object('a', '1')]), new ClusterError('offline', 'away'));
  expect([broken.phase, broken.objects.size]).toEqual(['offline', 1]);
  expect(resumed(broken)).toMatchObject({ phase: 'live' });
});

test('a right that is gone takes everything off the page', () => {
  const refused = interrupted(listed([object('a', '1')]), new ClusterError('forbidden', 'no'));
  expect([refused.phase, refused.objects.size]).toEqual(['refused', 0]);
});

test('nothing was read yet in the beginning', () => {
  expect(emptyLiveList()).toMatchObject({ phase: 'loading' });
});

test('a list that could never be read is not an empty one', () => {
  const problem = new ClusterError('offline', 'The API server does not answer.');
  expect(isUnread(emptyLiveList())).toBe(true);
  expect(isUnread(interrupted(emptyLiveList(), problem))).toBe(true);
  expect(isUnread(listed([]))).toBe(false);
  expect(isUnread(interrupted(listed([]), problem))).toBe(false);
  expect(isUnread(interrupted(applyEvents(listed([object('a', '1')]), []), problem))).toBe(false);
  expect(isUnread(interrupted(emptyLiveList(), new ClusterError('forbidden', 'No.')))).toBe(false);
});

test.each<[number, unknown, string | undefined]>([
  [500, undefined, 'failing'],
  [429, { message: 'too many requests' }, 'failing'],
  [502, { code: 'ApiServerUnreachable', message: 'away' }, 'offline'],
  [503, undefined, 'offline'],
  [403, { reason: 'Forbidden', message: 'no' }, undefined],
])('a list that answers %d is not called offline where the API server answers: %j, %j', (status, body, trouble) => {
  expect(troubleOf(interrupted(listed([object('a', '1')]), errorOf(status, body)))).toBe(trouble);
});
