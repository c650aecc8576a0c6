import { describe, expect, test } from 'vitest';
import { formatSecretUri, looksLikeSecretUri, parseSecretUri, type SecretUri } from '../../src/api/index.ts';

describe('a secret URI', () => {
  test.each<[string, SecretUri]>([
    ['secret:key', { key: 'key' }],
    ['secret:', {}],
    ['secret:/alice/key', { owner: 'alice', key: 'key' }],
    ['secret:/alice', { owner: 'alice' }],
    ['secret://c1/alice/key', { cluster: 'c1', owner: 'alice', key: 'key' }],
    ['secret://c1/alice', { cluster: 'c1', owner: 'alice' }],
    ['secret:A.b_c-d', { key: 'A.b_c-d' }],
  ])('%s is read and written back', (text, uri) => {
    expect(parseSecretUri(text)).toEqual(uri);
    expect(formatSecretUri(uri)).toBe(text);
  });

  test.each<[string, SecretUri]>([
    ['SECRET:key', { key: 'key' }],
    ['secret:///alice/key', { owner: 'alice', key: 'key' }],
    ['secret:a%2Db', { key: 'a-b' }],
    ['secret:/alice/%41', { owner: 'alice', key: 'A' }],
  ])('%s is read', (text, uri) => {
    expect(parseSecretUri(text)).toEqual(uri);
  });

  test.each([
    ['key', /no scheme/],
    ['storage:key', /only 'secret:'/],
    ['secret:k#x', /fragment/],
    ['secret:k?x', /query/],
    ['secret:~x', /'~'/],
    ['secret:a/b', /'\/' in the key/],
    ['secret:/', /no owner/],
    ['secret:/alice/', /no key/],
    ['secret:/Alice/key', /owner 'Alice'/],
    ['secret:/alice/a/b', /too many parts/],
    ['secret://c1', /no owner/],
    ['secret://bob@c1/alice/key', /user part/],
    ['secret://c1:80/alice/key', /port/],
    ['secret:k%2', /two hexadecimal/],
    ['secret:k%2Fx', /holds no key/],
    ['secret:k x', /holds no key/],
    ['secret:..', /holds no key/],
    ['secret:k%23', /holds no key/],
  ])('%s is refused with a sentence that says why', (text, why) => {
    expect(() => parseSecretUri(text)).toThrow(
      expect.objectContaining({ code: 'InvalidSecretUri', message: expect.stringMatching(why) }),
    );
  });

  test('is known from a plain value by its literal prefix', () => {
    expect(['secret:key', 'Secret:key', 'key'].map(looksLikeSecretUri)).toEqual([true, false, false]);
  });
});
