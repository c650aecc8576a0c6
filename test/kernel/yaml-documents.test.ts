/** YAML is read as kubectl does, and what is written again stays as it was. */
import { expect, test } from 'vitest';
import { parseYamlDocument, parseYamlDocuments } from '../../src/kernel/yaml-documents.ts';

// As `kubectl create configmap --dry-run=client -o yaml` prints these texts: without quotes.
test.each(['685e2309', '1e999', '-685e2309', '0x12345678901234567890', '0o7777777777777777777777777'])(
  '%s, which no number of Go holds, is a text, and stays one',
  async (text) => {
    const document = await parseYamlDocument(`a: ${text}\n`);
    expect(document.toJS()).toEqual({ a: text });
    const again = await parseYamlDocument(document.toString());
    expect(again.toJS()).toEqual({ a: text });
  },
);

test.each<[string, unknown]>([
  ['12e3', 12_000],
  ['0x1F', 31],
  ['0xFFFFFFFFFFFFFFFF', 2 ** 64 - 1],
  ['0o17', 15],
  ['99999999999999999999', 1e20],
  ['.inf', Infinity],
  ["'12e3'", '12e3'],
  ['true', true],
  ['1_0e999', '1_0e999'],
])('%s is still %j', async (text, value) => {
  expect((await parseYamlDocument(text)).toJS()).toBe(value);
});

test('of several documents each is read so', async () => {
  const documents = await parseYamlDocuments('a: 1e999\n---\na: 0x12345678901234567890\n');
  expect(documents.map((document) => document.toJS() as unknown)).toEqual([
    { a: '1e999' },
    { a: '0x12345678901234567890' },
  ]);
  expect(await parseYamlDocuments('')).toEqual([]);
});
