/** Names of jobs: those that people give, and those that are made for them. */
import { expect, test } from 'vitest';
import { baseOfImage, baseOfJob, isJobName, isMadeUp, makeJobName, nameSuffix } from '../../src/client/index.ts';

const suffix = nameSuffix(() => 0.45);

test.each([
  ['terminal', 'terminal-7777'],
  ['Custom Job', 'custom-job-7777'],
  ['2fa', 'fa-7777'],
  ['', 'job-7777'],
  ['---', 'job-7777'],
  ['a'.repeat(60), `${'a'.repeat(35)}-7777`],
  [`${'a'.repeat(34)}--b`, `${'a'.repeat(34)}-7777`],
])('for %j the name %s is made', (base, name) => {
  const made = makeJobName(base, suffix);
  expect(made.name).toBe(name);
  expect(isJobName(made.name)).toBe(true);
  expect(isMadeUp({ metadata: made })).toBe(true);
});

test('two draws differ', () => {
  expect(new Set(Array.from({ length: 8 }, () => makeJobName('a').name)).size).toBeGreaterThan(1);
});

test.each([
  ['busybox', 'busybox'],
  ['busybox:1', 'busybox'],
  ['registry.example:5000/team/app_x:2', 'app_x'],
  ['registry.example:5000/team/app@sha256:0123', 'app'],
  ['', ''],
])('the base of the image %j is %j', (image, base) => {
  expect(baseOfImage(image)).toBe(base);
});

const spec = { image: 'team/jupyter:1' };
test.each([
  ['a name that somebody chose', { name: 'full-job' }, 'full-job', false],
  ['a name that was made up', { name: 'terminal-7f3a', generateName: 'terminal-' }, 'terminal', true],
  ['a chosen name on an object that was copied', { name: 'mine', generateName: 'terminal-' }, 'mine', false],
  ['a name of a former version', { name: 'job-01234567-89ab-cdef-0123-456789abcdef' }, 'jupyter', true],
  ['a name with digits at its end', { name: 'report-2024' }, 'report-2024', false],
])('another run derives its name from %s', (_case, metadata, base, isMade) => {
  expect(baseOfJob({ metadata, spec })).toBe(base);
  expect(isMadeUp({ metadata })).toBe(isMade);
});

test.each(['ab', 'a'.repeat(41), '1ab', 'Abc', 'a--b', 'abc-', 'a_bc'])('%s is no name of a job', (name) => {
  expect(isJobName(name)).toBe(false);
});
