import { describe, expect, it } from 'vitest';
import { createFingerprint } from '../../src/controllers/fingerprint.ts';

const one = createFingerprint(new Uint8Array(32).fill(1));
const other = createFingerprint(new Uint8Array(32).fill(2));

describe('a fingerprint', () => {
  it('is twelve hexadecimal digits', () => {
    expect(one.version('uid', 'YQ==')).toMatch(/^[0-9a-f]{12}$/);
    expect(one.source('uid', { value: 'a' })).toMatch(/^[0-9a-f]{12}$/);
  });

  it('is the same for the same value of the same object', () => {
    expect(one.version('uid', 'YQ==')).toBe(createFingerprint(new Uint8Array(32).fill(1)).version('uid', 'YQ=='));
  });

  it.each([
    ['another value', one.version('uid', 'Yg==')],
    ['another object', one.version('uid-2', 'YQ==')],
    ['another key', other.version('uid', 'YQ==')],
    ['a source of the same text', one.source('uid', 'YQ==')],
    ['parts that are joined the same', one.version('uidY', 'Q==')],
  ])('is another for %s', (_case, fingerprint) => {
    expect(fingerprint).not.toBe(one.version('uid', 'YQ=='));
  });
});
