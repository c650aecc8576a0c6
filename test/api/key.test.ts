import { describe, expect, test } from 'vitest';
import {
  checkKey,
  effectiveKey,
  isKey,
  isObjectName,
  nativeSecretName,
  objectNameForKey,
} from '../../src/api/index.ts';

describe('a key', () => {
  test.each(['a', '.a', '-a', '_', '0', 'A.B_c-d', 'a..b', 'a.', 'x'.repeat(253)])('can be %j', (key) => {
    expect(isKey(key)).toBe(true);
  });

  test.each(['', '.', '..', '..a', 'a b', 'a/b', 'é', '😀', 'a\n', 'x'.repeat(254)])('cannot be %j', (key) => {
    expect(isKey(key)).toBe(false);
    expect(() => {
      checkKey(key);
    }).toThrow(expect.objectContaining({ code: 'InvalidKey' }));
  });
});

describe('the name of the object for a key', () => {
  test.each([
    ['db-password', 'db-password'],
    ['a.b', 'a.b'],
    ['0', '0'],
    ['x'.repeat(253), 'x'.repeat(253)],
  ])('is the key %j itself where Kubernetes takes it', (key, name) => {
    expect(objectNameForKey(key)).toBe(name);
  });

  test.each([
    ['DB_PASSWORD', 'db-password-90a80c5d'],
    ['db_password', /^db-password-[0-9a-f]{8}$/],
    ['.env', /^env-[0-9a-f]{8}$/],
    ['a..b', /^a-b-[0-9a-f]{8}$/],
    ['_', /^secret-[0-9a-f]{8}$/],
    ['X'.repeat(253), /^x{244}-[0-9a-f]{8}$/],
  ])('is a slug and a hash for %j', (key, name) => {
    expect(objectNameForKey(key)).toMatch(name);
    expect(isObjectName(objectNameForKey(key))).toBe(true);
  });

  test('differs for keys that differ only in case or punctuation', () => {
    const names = ['Db-Password', 'db_password', 'DB_PASSWORD', 'db-password', 'db.password', '.db-password'].map(
      objectNameForKey,
    );
    expect(new Set(names).size).toBe(names.length);
  });

  test('refuses what is no key', () => {
    expect(() => objectNameForKey('..')).toThrow(expect.objectContaining({ code: 'InvalidKey' }));
  });
});

test('key and name of the native Secret default to the name of the object', () => {
  expect(effectiveKey({ metadata: { name: 'n' }, spec: {} })).toBe('n');
  expect(effectiveKey({ metadata: { name: 'n' }, spec: { key: 'K' } })).toBe('K');
  expect(nativeSecretName({ metadata: { name: 'n' }, spec: {} })).toBe('n');
  expect(nativeSecretName({ metadata: { name: 'n' }, spec: { secretName: 's' } })).toBe('s');
});
