import { expect, test } from '@jest/globals';
import { redact } from '../../../src/controllers/neuro-job/redact.ts';

const value = 's3cr3t/pass word"1';
const bytes = Buffer.from(value);
const pem = `-----BEGIN KEY-----\n${'MIIEpAIBAAKCAQEA1'.repeat(3)}\n${'hQ7nTz2vWk9pLx0sR'.repeat(3)}\n-----END KEY-----\n`;

test.each<[string, string]>([
  ['as it is', value],
  ['twice', `${value} and ${value}`],
  ['in base64', bytes.toString('base64')],
  ['in base64 for URLs', bytes.toString('base64url')],
  ['in base64 with a line end', Buffer.from(`${value}\n`).toString('base64')],
  ['in hexadecimal', bytes.toString('hex')],
  ['percent-encoded', encodeURIComponent(value)],
  ['in JSON', JSON.stringify({ password: value })],
  ['cut at the start of the text', `${value.slice(5)} is what is left`],
  ['cut at the end of the text', `it was ${value.slice(0, 9)}`],
])('a value is found %s', (_, text) => {
  const cleared = redact(text, [bytes]);
  expect(cleared).toContain('[redacted]');
  for (const form of [value, bytes.toString('base64').slice(0, 10), value.slice(5), value.slice(0, 9)]) {
    expect(cleared).not.toContain(form);
  }
});

test('every line of a long value is found, also when only some were printed', () => {
  const [, first = '', second = ''] = pem.split('\n');
  const cleared = redact(`key is:\n${first}\n${second}\nbye`, [Buffer.from(pem)]);
  expect(cleared).toBe('key is:\n[redacted]\n[redacted]\nbye');
});

test('a very long value is found by whole lines, quickly', () => {
  const lines = Array.from({ length: 30_000 }, (_, index) => `line-${index}-of-a-large-file`);
  const startedMs = performance.now();
  expect(redact(`x\n${lines[12_345] ?? ''}\ny`, [Buffer.from(lines.join('\n'))])).toBe('x\n[redacted]\ny');
  expect(performance.now() - startedMs).toBeLessThan(2_000);
});

test('ordinary text stays, and values of less than four bytes are not looked for', () => {
  expect(redact('exit: no such file', [bytes, Buffer.from('no')])).toBe('exit: no such file');
});
