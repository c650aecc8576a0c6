import { beforeEach, describe, expect, test } from 'vitest';
import { Store, type KubeObject, type StoreChange } from '../../src/kernel/index.ts';
import { deepFreeze } from '../support/deep-freeze.ts';

interface Thing extends KubeObject {
  readonly color?: string;
}

function thing(name: string, resourceVersion: string, more: { uid?: string; color?: string } = {}): Thing {
  const { uid = `uid-${name}`, ...rest } = more;
  return deepFreeze({ metadata: { namespace: 'ns', name, uid, resourceVersion }, ...rest });
}

describe('store', () => {
  let store: Store<Thing>;
  let heard: string[];

  beforeEach(() => {
    store = new Store<Thing>({ color: ({ color }) => (color === undefined ? [] : [color]) });
    heard = [];
    store.onChange(({ key, before, after }: StoreChange<Thing>) => {
      // The store shows a change before it is heard.
      expect(store.get(key)).toBe(after);
      const [from, to] = [before, after].map((state) => state?.metadata.resourceVersion ?? '-');
      heard.push(`${key} ${String(from)}>${String(to)}`);
    });
  });

  test('reports each change of a key once, in order', () => {
    store.set(thing('a', '1'));
    store.set(thing('a', '2'));
    store.delete('ns/a');
    store.delete('ns/a');
    expect(heard).toEqual(['ns/a ->1', 'ns/a 1>2', 'ns/a 2>-']);
    expect(store.size).toBe(0);
  });

  test.each([
    ['the same state again', '5', '5', false],
    ['an older state', '10', '9', false],
    ['a newer state', '9', '10', true],
    ['a newer state with more digits', '99999999999999999999', '100000000000000000000', true],
    ['a version that is no number', 'x', 'y', true],
    ['the same version that is no number', 'x', 'x', false],
  ])('%s: replaces = %s > %s: %s', (_name, first, second, replaces) => {
    store.set(thing('a', first));
    store.set(thing('a', second));
    expect(store.get('ns/a')?.metadata.resourceVersion).toBe(replaces ? second : first);
    expect(heard.length).toBe(replaces ? 2 : 1);
  });

  test('reports an object that was recreated under its name as one change', () => {
    store.set(thing('a', '1', { uid: 'first' }));
    store.set(thing('a', '9', { uid: 'second' }));
    expect(heard).toEqual(['ns/a ->1', 'ns/a 1>9']);
  });

  test('a late event about the former object does not replace the one of now', () => {
    store.set(thing('a', '9', { uid: 'second' }));
    store.set(thing('a', '5', { uid: 'first' }));
    store.delete('ns/a', 'first');
    expect(store.get('ns/a')?.metadata.uid).toBe('second');
  });

  test.each([
    ['an older state of an object that has gone', '7', false],
    ['the state in which it left the selection, where somebody reads it', '8', true],
    ['one that has come back into the selection', '9', true],
  ])('%s: is taken: %s, %s', (_name, version, isTaken) => {
    store.set(thing('a', '5'));
    store.end(thing('a', '8'));
    expect(store.isNews(thing('a', version))).toBe(isTaken);
    store.set(thing('a', version));
    expect(store.get('ns/a')?.metadata.resourceVersion).toBe(isTaken ? version : undefined);
  });

  test('another object of the name is taken after an end, whatever its version', () => {
    store.end(thing('a', '8'));
    store.set(thing('a', '7', { uid: 'another' }));
    expect(store.get('ns/a')?.metadata.uid).toBe('another');
  });

  test('indexes follow every change', () => {
    store.set(thing('b', '1', { color: 'red' }));
    store.set(thing('a', '2', { color: 'red' }));
    expect(store.byIndex('color', 'red').map(({ metadata }) => metadata.name)).toEqual(['a', 'b']);
    store.set(thing('a', '3', { color: 'blue' }));
    store.set(thing('b', '4'));
    expect([...store.keysByIndex('color', 'blue')]).toEqual(['ns/a']);
    expect(store.byIndex('color', 'red')).toEqual([]);
    store.delete('ns/a');
    expect(store.keysByIndex('color', 'blue').size).toBe(0);
  });

  test('a name of no index is an error of the caller', () => {
    expect(() => store.byIndex('size', 'x')).toThrow(RangeError);
  });

  test('after a list, what is not in it is gone, unless it is newer than the list', () => {
    store.set(thing('kept', '1'));
    store.set(thing('gone', '2'));
    store.set(thing('written-meanwhile', '11'));
    store.retainOnly(new Set(['ns/kept']), '10');
    expect([...store.keys()]).toEqual(['ns/kept', 'ns/written-meanwhile']);
  });

  test('a list of one namespace says nothing of others', () => {
    store.set(thing('gone', '2'));
    const { metadata } = thing('stays', '3');
    store.set({ ...thing('stays', '3'), metadata: { ...metadata, namespace: 'other' } });
    store.retainOnly(new Set(), '10', 'ns');
    expect([...store.keys()]).toEqual(['other/stays']);
  });
});
