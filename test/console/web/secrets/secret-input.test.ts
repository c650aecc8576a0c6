/** A value as it is given: byte for byte, bounded, and described without being shown. */
import { expect, test } from 'vitest';
import '../../../support/console/english.ts';
import {
  bytesOf,
  describeInput,
  inputProblem,
  splitPasted,
  type SecretInput,
} from '../../../../src/console/web/secrets/secret-input.ts';

const text = (value: string): SecretInput => ({ kind: 'text', text: value });
const file = (bytes: Uint8Array): SecretInput => ({ kind: 'file', fileName: 'key.bin', bytes });
const generate = (part: object): SecretInput => ({ kind: 'generate', generate: { type: 'Password', ...part } });
const template = (text: string, ...parts: readonly string[]): SecretInput => ({
  kind: 'template',
  template: { text, parts: parts.map((name) => ({ name, secret: `db-${name}` })) },
});
const block = (label: string): string => `-----BEGIN ${label}-----\nAAAA\n-----END ${label}-----\n`;
const mebibyte = 1024 * 1024;

test('a file stays as it is, and typed text is UTF-8 with every space and line break', () => {
  const bytes = Uint8Array.of(0, 255, 10);
  expect(bytesOf(file(bytes))).toBe(bytes);
  expect(bytesOf(text(' é\n'))).toEqual(Uint8Array.of(0x20, 0xc3, 0xa9, 0x0a));
  expect(bytesOf(generate({}))).toBeUndefined();
});

test.each<[string, SecretInput, boolean]>([
  ['text', text('x'), true],
  ['nothing', text(''), false],
  ['an empty file', file(new Uint8Array()), false],
  ['a file of more than can be kept', file(new Uint8Array(mebibyte + 1)), false],
  ['a generated password', generate({ length: 32 }), true],
  ['one of seven characters', generate({ length: 7 }), false],
  ['one that is renewed', generate({ rotateEvery: '30d' }), true],
  ['one that is renewed in no known time', generate({ rotateEvery: 'monthly' }), false],
  ['a template', template('$(user)', 'user'), true],
  ['a template without a secret for a name', template('$(user):$(password)', 'user'), false],
  ['a key of a ConfigMap', { kind: 'configMap', name: 'settings', key: 'host' }, true],
  ['a ConfigMap without a key', { kind: 'configMap', name: 'settings', key: '' }, false],
  ['a key of what is no name', { kind: 'configMap', name: 'My Settings', key: 'host' }, false],
  ['a key of a Secret', { kind: 'secret', name: 'vendor', key: 'token', isPair: false }, true],
  ['the pair of a Secret', { kind: 'secret', name: 'web-tls', key: '', isPair: true }, true],
  ['a Secret without a key', { kind: 'secret', name: 'vendor', key: '', isPair: false }, false],
  [
    'a certificate with its key',
    { kind: 'pair', parts: { 'tls.crt': block('CERTIFICATE'), 'tls.key': block('PRIVATE KEY') } },
    true,
  ],
  ['a certificate without its key', { kind: 'pair', parts: { 'tls.crt': block('CERTIFICATE') } }, false],
  [
    'a key with a passphrase',
    { kind: 'pair', parts: { 'tls.crt': block('CERTIFICATE'), 'tls.key': block('ENCRYPTED PRIVATE KEY') } },
    false,
  ],
])('%s can be a value, or not', (_case, input, isGood) => {
  expect(inputProblem(input) === undefined).toBe(isGood);
});

test.each<[string, number]>([
  ['', 0],
  ['x', 1],
  ['a\nb', 2],
  ['a\n', 3],
  [' a', 2],
  ['a ', 2],
  ['-----BEGIN PRIVATE KEY-----', 2],
])('of %j, %d things are said that a mask hides', (value, count) => {
  const said = describeInput(text(value));
  expect(said).toHaveLength(count);
  if (value.length > 2) expect(said.join()).not.toContain(value);
});

test.each<[string, unknown]>([
  ['DB_PASSWORD=x=y', { key: 'DB_PASSWORD', value: 'x=y' }],
  ['export A="b c"\n', { key: 'A', value: 'b c' }],
  ["A='b'", { key: 'A', value: 'b' }],
  ['A="b', { key: 'A', value: '"b' }],
  ['KEY=-----BEGIN\nabc\n-----END\n', { key: 'KEY', value: '-----BEGIN\nabc\n-----END' }],
  ['A=1\nB=2', undefined],
  ['just-a-key', undefined],
  ['A=', undefined],
])('%j pasted as a key is %j', (pasted, both) => {
  expect(splitPasted(pasted)).toEqual(both);
});
