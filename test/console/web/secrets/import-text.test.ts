import { expect, test } from 'vitest';
import '../../../support/console/english.ts';
import { previewImport } from '../../../../src/client/index.ts';
import {
  importProblem,
  looksLikeEnvFile,
  mostImported,
  mostImportBytes,
  noText,
  type ImportText,
} from '../../../../src/console/web/secrets/import-text.ts';

const text = (lines: string): ImportText => ({ kind: 'text', text: lines });
const problemOf = (lines: string): string | undefined =>
  importProblem(text(lines), previewImport(new TextEncoder().encode(lines), new Set()));

test.each([
  ['one=1\ntwo=2', true],
  ['export A=1\r\n# note\r\nB=2', true],
  ['one=1', false],
  ['-----BEGIN PRIVATE KEY-----\nMIIE==\nAAAA\n-----END PRIVATE KEY-----', false],
])('%j looks like a file of variables: %s', (lines, is) => {
  expect(looksLikeEnvFile(lines)).toBe(is);
});

test('nothing typed is no problem; lines without an assignment are', () => {
  expect(problemOf('')).toBeUndefined();
  expect(problemOf('A=1')).toBeUndefined();
  expect(problemOf('# only a note')).toMatch(/no assignment/);
});

test('a text and a file have a limit in bytes, and a limit of assignments', () => {
  expect(importProblem(text('x'.repeat(mostImportBytes + 1)), { rows: [] })).toMatch(/at most 1 MiB/);
  const large: ImportText = { kind: 'tooLarge', fileName: 'a.env', size: mostImportBytes + 1, former: noText };
  expect(importProblem(large, { rows: [] })).toMatch(/^a\.env has/);
  const many = Array.from({ length: mostImported + 1 }, (_, index) => `K${String(index)}=1`).join('\n');
  expect(problemOf(many)).toMatch(/at most 1,000/);
});
