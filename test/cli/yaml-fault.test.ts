/** What is said about a text that is not YAML: where it is, and nothing of what stands there. */
import { expect, test } from 'vitest';
import { parseDocument } from 'yaml';
import { yamlFaultInLine } from '../../src/cli/args/yaml-fault.ts';

test.each([
  ['a: 1\na: canary', 'line 2: a key appears twice'],
  ['\ta: canary', 'line 1: a tab is used as indentation; use spaces'],
  ['a: [canary\n', 'line 2: the indentation is wrong, or a bracket is not closed'],
  ['a: "canary', 'line 1: a character is missing, such as a closing quote or a colon'],
  ['a: canary: c', 'line 1: a value that has a colon needs quotes, or the indentation is wrong'],
  ['a: |canary\n b', 'line 1: unexpected token'],
])('%j', (text, sentence) => {
  const [error] = parseDocument(text, { logLevel: 'silent' }).errors;
  expect(error === undefined ? '' : yamlFaultInLine(error)).toBe(sentence);
});
