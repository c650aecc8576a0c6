import { describe, expect, test } from 'vitest';
import { KeyIndex } from '../../src/kernel/key-index.ts';

describe('an index of keys', () => {
  test('finds one key, several, and none', () => {
    const index = new KeyIndex();
    index.add('a', 'ns/1');
    index.add('b', 'ns/2');
    index.add('b', 'ns/3');
    expect([...index.get('a')]).toEqual(['ns/1']);
    expect([...index.get('b')]).toEqual(['ns/2', 'ns/3']);
    expect(index.get('c').size).toBe(0);
  });

  test('holds a key once, however often it is added', () => {
    const index = new KeyIndex();
    for (let times = 0; times < 3; times += 1) index.add('a', 'ns/1');
    index.add('a', 'ns/2');
    index.add('a', 'ns/2');
    expect(index.get('a').size).toBe(2);
  });

  test('removes only the key that is named', () => {
    const index = new KeyIndex();
    index.add('a', 'ns/1');
    index.delete('a', 'ns/2');
    expect([...index.get('a')]).toEqual(['ns/1']);
    index.add('a', 'ns/2');
    index.delete('a', 'ns/1');
    expect([...index.get('a')]).toEqual(['ns/2']);
    index.delete('a', 'ns/2');
    index.delete('a', 'ns/2');
    expect(index.get('a').size).toBe(0);
  });

  test('with an order, knows the first ones', () => {
    const index = new KeyIndex((one, other) => (one < other ? -1 : one > other ? 1 : 0));
    for (const key of ['ns/3', 'ns/1', 'ns/4', 'ns/2', 'ns/1']) index.add('a', key);
    expect(index.first('a', 2)).toEqual(['ns/1', 'ns/2']);
    index.delete('a', 'ns/1');
    index.delete('a', 'ns/9');
    expect(index.first('a', 5)).toEqual(['ns/2', 'ns/3', 'ns/4']);
    for (const key of ['ns/2', 'ns/3', 'ns/4']) index.delete('a', key);
    expect(index.first('a', 1)).toEqual([]);
    index.add('a', 'ns/5');
    expect(index.first('a', 1)).toEqual(['ns/5']);
  });

  test('with an order, compares few keys for one more or less among many', () => {
    let compared = 0;
    const index = new KeyIndex((one, other) => {
      compared += 1;
      return one < other ? -1 : one > other ? 1 : 0;
    });
    const keys = Array.from({ length: 1_024 }, (_, at) => `ns/${String((at * 7_919) % 1_024).padStart(4, '0')}`);
    for (const key of keys) {
      index.add('a', key);
      index.first('a', 1);
    }
    for (const key of keys) index.delete('a', key);
    // Each is found in ten steps or eleven, at its coming and its going.
    expect(compared).toBeLessThanOrEqual(keys.length * 2 * 11);
  });
});
