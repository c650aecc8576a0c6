import { Writable } from 'node:stream';
import { format, inspect } from 'node:util';
import { describe, expect, test } from 'vitest';
import { KernelError, SecretValue, createLogger } from '../../src/kernel/index.ts';

const canary = 'canary-5f1d';
const secret = SecretValue.fromUtf8(canary);
const encodings = [canary, Buffer.from(canary).toString('base64'), Buffer.from(canary).toString('hex')];

function logged(fields: object): string {
  const lines: string[] = [];
  const destination = new Writable({
    write(chunk: Buffer, _encoding, done) {
      lines.push(chunk.toString());
      done();
    },
  });
  createLogger({ level: 'trace', destination }).info(fields, 'a line');
  return lines.join('');
}

describe('a secret value', () => {
  test.each<[string, () => string]>([
    ['a template', () => String(secret)],
    ['joining to text', () => 'x' + String(secret)],
    ['an array joined', () => [secret].join(',')],
    ['JSON', () => JSON.stringify({ deep: { secret } })],
    ['inspect', () => inspect({ deep: { secret } }, { depth: 10, showHidden: true })],
    ['inspect without its custom form', () => inspect(secret, { customInspect: false, showHidden: true })],
    ['a format string', () => format('%s %o %j %O', secret, secret, secret, secret)],
    ['a logger', () => logged({ deep: { secret }, secret })],
    ['an error that has it as its cause, in a logger', () => logged({ error: new Error('x', { cause: secret }) })],
    ['an error that has it as its cause, inspected', () => inspect(new KernelError('Server', 'x', { cause: secret }))],
    ['its own keys', () => JSON.stringify(Object.entries(secret)) + JSON.stringify(Object.assign({}, secret))],
    ['a structured copy', () => inspect(structuredClone(Object.assign({}, secret)))],
  ])('is not in %s', (_name, text) => {
    for (const form of encodings) expect(text()).not.toContain(form);
  });

  test('shows a mark in its place', () => {
    expect(String(secret)).toBe('[redacted]');
    expect(JSON.stringify({ secret })).toBe('{"secret":"[redacted]"}');
    expect(JSON.parse(logged({ secret }))).toMatchObject({ secret: '[redacted]', message: 'a line' });
  });

  test('gives its bytes only to who asks for them', () => {
    const bytes = Uint8Array.from([0, 255, 10, 128]);
    expect(new SecretValue(bytes).reveal()).toEqual(bytes);
    expect(new SecretValue(bytes).revealBase64()).toBe('AP8KgA==');
    expect(SecretValue.fromBase64('AP8KgA==').reveal()).toEqual(Buffer.from(bytes));
    expect(secret.byteLength).toBe(canary.length);
  });
});
