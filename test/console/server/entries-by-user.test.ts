import { expect, test } from 'vitest';
import { EntriesByUser } from '../../../src/console/server/entries-by-user.ts';

interface Kept {
  readonly entries: EntriesByUser<string>;
  readonly gone: string[];
  /** One for each name; its first letter is the user. */
  readonly add: (...names: readonly string[]) => void;
}

function kept({ inUse = [] as readonly string[] } = {}): Kept {
  const gone: string[] = [];
  const mayGo = (name: string): boolean => !inUse.includes(name);
  const entries = new EntriesByUser<string>({ maxOfUser: 3, max: 6, mayGo, gone: (name) => void gone.push(name) });
  return {
    entries,
    gone,
    add: (...names) => {
      for (const name of names) entries.set(name.slice(0, 1), name, name);
    },
  };
}

test('a user with too many loses their own oldest one', () => {
  const { entries, gone, add } = kept();
  add('a1', 'm1', 'm2', 'm3', 'm4');
  expect(gone).toEqual(['m1']);
  expect(entries.values()).toEqual(['a1', 'm2', 'm3', 'm4']);
});

test('one that is set again is the newest, and takes nothing from others', () => {
  const { gone, add } = kept();
  add('a1', 'm1', 'm2', 'm3', 'n1', 'n2', 'm1', 'a1', 'm4');
  expect(gone).toEqual(['m2']);
});

test('where all are too many, the user with the most loses their oldest one', () => {
  const { gone, add } = kept();
  add('a1', 'm1', 'm2', 'm3', 'n1', 'n2', 'b1');
  expect(gone).toEqual(['m1']);
  add('c1');
  expect(gone).toEqual(['m1', 'm2']);
});

test('where all are too many, one who has as many as the user with the most loses their own', () => {
  const { gone, add } = kept();
  add('a1', 'a2', 'm1', 'm2', 'n1', 'n2', 'm3', 'n3');
  expect(gone).toEqual(['m1', 'n1']);
});

test('one in use never goes, neither for its own user nor for another one', () => {
  const { entries, gone, add } = kept({ inUse: ['m1', 'm2', 'm3', 'a1'] });
  add('a1', 'm1', 'm2', 'm3', 'm4');
  expect(gone).toEqual([]);
  add('m5');
  expect(gone).toEqual(['m4']);
  add('n1', 'b1');
  expect(gone).toEqual(['m4', 'm5']);
  expect(entries.values()).toEqual(['a1', 'm1', 'm2', 'm3', 'n1', 'b1']);
});

test('those that were in use beyond the limits go with the next one', () => {
  const inUse = ['m1', 'm2', 'm3', 'm4', 'm5'];
  const { entries, add } = kept({ inUse });
  add('m1', 'm2', 'm3', 'm4', 'm5');
  inUse.length = 0;
  add('m6');
  expect(entries.values()).toEqual(['m4', 'm5', 'm6']);
});

test('one that was taken off is neither counted nor gone', () => {
  const { entries, gone, add } = kept();
  add('m1', 'm2', 'm3');
  entries.delete('m1');
  add('m4');
  expect(gone).toEqual([]);
  expect([entries.get('m1'), entries.get('m4')]).toEqual([undefined, 'm4']);
});
