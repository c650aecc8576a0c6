import { expect, test } from 'vitest';
import { createWorld } from './typed.ts';

/** An error that only a defect of the command can cause. */
const defect = (): Error => new TypeError('a defect');
const trace = /TypeError: a defect\n +at /;

test.each<[string, readonly string[], RegExp]>([
  ['ends the command', ['secret', 'ls'], /usersecrets/],
  ['ends one removal', ['secret', 'rm', 'token'], /usersecrets/],
  ['ends one kill', ['kill', 'report'], /neurojobs/],
])('an error that %s is shown with its place when --show-traceback is given', async (_what, words, failing) => {
  const { type } = createWorld({ refuse: ({ path }) => (failing.test(path) ? defect() : undefined) });
  const short = await type(words);
  expect(short.error).toContain('a defect (--show-traceback shows where)');
  expect(short.error).not.toMatch(trace);
  expect((await type([...words, '--show-traceback'])).error).toMatch(trace);
});

test.each<[string, readonly string[], RegExp]>([
  ['doctor', ['doctor'], /version/],
  ['doctor about one question', ['doctor'], /openapi/],
  ['version', ['version'], /version/],
])('an error in a line of %s is shown with its place when --show-traceback is given', async (_what, words, failing) => {
  const { type } = createWorld({ refuse: ({ path }) => (failing.test(path) ? defect() : undefined) });
  const short = await type(words);
  expect(short.out).toContain('a defect (--show-traceback shows where)');
  expect(short.error).not.toMatch(trace);
  expect((await type([...words, '--show-traceback'])).error).toMatch(trace);
});
