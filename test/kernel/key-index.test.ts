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
});
