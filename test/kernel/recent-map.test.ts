/** What is remembered of many keys. */
import { expect, it } from 'vitest';
import { RecentMap } from '../../src/kernel/recent-map.ts';

function filled(): RecentMap<string, number> {
  const map = new RecentMap<string, number>(2);
  map.set('a', 1);
  map.set('b', 2);
  return map;
}

it('forgets what was used longest ago', () => {
  const map = filled();
  map.set('c', 3);
  expect(['a', 'b', 'c'].map((key) => map.get(key))).toEqual([undefined, 2, 3]);
});

it.each<[string, (map: RecentMap<string, number>) => void]>([
  ['is read', (map) => void map.get('a')],
  ['is asked for', (map) => void map.getOrMake('a', () => 9)],
  ['is replaced', (map) => map.set('a', 1)],
])('keeps what %s', (_use, use) => {
  const map = filled();
  use(map);
  map.set('c', 3);
  expect([map.get('a'), map.get('b')]).toEqual([1, undefined]);
});

it('makes what does not exist, once', () => {
  const map = filled();
  expect([map.getOrMake('c', () => 3), map.getOrMake('c', () => 4)]).toEqual([3, 3]);
});
