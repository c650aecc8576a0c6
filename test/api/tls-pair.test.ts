import { describe, expect, test } from 'vitest';
import { joinPair, MAX_PAIR_BYTES, splitPair } from '../../src/api/index.ts';
import { newPair } from '../support/certificate-pair.ts';

const pair = await newPair();
const other = await newPair();

describe('a certificate pair', () => {
  test('is split into the parts that it was joined of, and joined again to the same text', () => {
    const text = joinPair(pair);
    expect(splitPair(text)).toEqual({ parts: pair });
    expect(splitPair(joinPair({ ...pair, 'ca.crt': '' }))).toEqual({
      parts: { 'tls.crt': pair['tls.crt'], 'tls.key': pair['tls.key'] },
    });
  });

  test('keeps a chain, and takes no certificate of the authority for one of the chain', () => {
    const chain = pair['tls.crt'] + other['tls.crt'];
    expect(splitPair(joinPair({ ...pair, 'tls.crt': chain }))).toEqual({ parts: { ...pair, 'tls.crt': chain } });
  });

  test('is read in any order, with line breaks of Windows and texts between the blocks', () => {
    const text = `Bag Attributes\r\n${pair['tls.crt']}\nkey:\n${pair['tls.key']}`.replaceAll('\n', '\r\n');
    expect(splitPair(text)).toEqual({ parts: { 'tls.crt': pair['tls.crt'], 'tls.key': pair['tls.key'] } });
  });

  test.each([
    ['nothing', '', /one private key .* found 0/],
    ['a certificate alone', pair['tls.crt'], /one private key .* found 0/],
    ['a key alone', pair['tls.key'], /at least one certificate/],
    ['two keys', pair['tls.crt'] + pair['tls.key'] + other['tls.key'], /found 2/],
    ['an encrypted key', joinPair(pair).replaceAll('PRIVATE KEY', 'ENCRYPTED PRIVATE KEY'), /encrypted/],
    ['a key that belongs to the authority', `${pair['tls.crt']}# ca.crt\n${pair['tls.key']}`, /found 0/],
    ['more than there can be', joinPair(pair) + ' '.repeat(MAX_PAIR_BYTES), /at most 256 KiB/],
  ])('%s is none, in a sentence without the text', (_what, text, sentence) => {
    const split = splitPair(text);
    expect(split).toEqual({ problem: expect.stringMatching(sentence) as unknown });
    expect(JSON.stringify(split)).not.toContain('MII');
  });

  test('a text of open brackets is read within its length', () => {
    const text = '-----BEGIN A-----\n'.repeat(MAX_PAIR_BYTES / 18);
    expect(splitPair(text)).toHaveProperty('problem');
  });
});
