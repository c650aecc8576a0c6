/** Whose rights are asked for again when what others share changes. */
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { SharedEntry } from '../../../../src/client/index.ts';
import { RightsAgain, spacingMs } from '../../../../src/console/web/cluster/rights-again.ts';

let asked: string[];
let again: RightsAgain;

beforeEach(() => {
  vi.useFakeTimers();
  asked = [];
  again = new RightsAgain((namespace) => asked.push(namespace));
});
afterEach(() => {
  again.stop();
  vi.useRealTimers();
});

const shared = (namespace: string, name = 'token', access: SharedEntry['access'] = 'read'): SharedEntry => ({
  ...{ uri: `secret:/${namespace}/${name}`, namespace, owner: namespace, access },
  ...{ name, key: name },
});

test('only those whose owner shares something else than before', () => {
  again.see([shared('bob'), shared('carol')]);
  expect(asked.splice(0)).toEqual(['bob', 'carol']);
  vi.advanceTimersByTime(spacingMs);
  // The same list, read again; one that has more, less, or another access.
  again.see([shared('bob'), shared('carol')]);
  again.see([shared('bob'), shared('bob', 'other'), shared('carol')]);
  expect(asked.splice(0)).toEqual(['bob']);
  vi.advanceTimersByTime(spacingMs);
  again.see([shared('bob'), shared('bob', 'other')]);
  expect(asked.splice(0)).toEqual(['carol']);
  again.see([shared('bob', 'token', 'write'), shared('bob', 'other')]);
  expect(asked).toEqual(['bob']);
});

test('at once, then no sooner than three seconds after the time before, and after the last change', () => {
  for (let count = 0; count < 1_000; count += 1) again.see(count % 2 === 0 ? [shared('bob')] : []);
  expect(asked).toEqual(['bob']);
  vi.advanceTimersByTime(spacingMs - 1);
  expect(asked).toEqual(['bob']);
  vi.advanceTimersByTime(1);
  expect(asked).toEqual(['bob', 'bob']);
  // Nothing has changed since.
  vi.advanceTimersByTime(10 * spacingMs);
  expect(asked).toEqual(['bob', 'bob']);
  again.see([shared('bob')]);
  expect(asked).toEqual(['bob', 'bob', 'bob']);
});

test('one owner’s changes delay no other owner', () => {
  again.see([shared('bob')]);
  again.see([shared('bob', 'other')]);
  again.see([shared('bob', 'other'), shared('carol')]);
  expect(asked).toEqual(['bob', 'carol']);
});

test('not after the page has gone', () => {
  again.see([shared('bob')]);
  again.see([]);
  again.stop();
  vi.advanceTimersByTime(10 * spacingMs);
  expect([asked, vi.getTimerCount()]).toEqual([['bob'], 0]);
});
