/** A line that is written over while something takes long: when it is shown, and what it leaves. */
import { expect, test } from 'vitest';
import type { GlobalOptions } from '../../src/cli/options.ts';
import { holdLine } from '../../src/cli/output/live-line.ts';
import { withProgress, type Progress } from '../../src/cli/output/progress.ts';
import { note, say } from '../../src/cli/output/say.ts';
import { erased, nextDraw, screenOf } from './screen-of.ts';

test('progress is shown after a second, and is removed at the end', async () => {
  const { speaker, shown, until, pass } = screenOf();
  const result = await withProgress(speaker, { what: 'Waiting' }, async (progress) => {
    pass(12);
    await until('Waiting  12 s');
    progress.awaits("Waiting for job 'a': pending");
    pass(60);
    await until("Waiting for job 'a': pending  1 min 12 s");
    return 7;
  });
  expect(result).toBe(7);
  expect(shown()).toBe(`${erased}Waiting  12 s${erased}Waiting for job 'a': pending  1 min 12 s${erased}`);
});

test('a bar shows how much is done, and is at most as wide as the terminal', async () => {
  const { speaker, shown, until, pass } = screenOf();
  await withProgress(speaker, { what: `Importing ${'x'.repeat(80)}`, total: 4 }, async (progress) => {
    progress.at(1);
    pass(2);
    await until('Importing');
  });
  expect(shown().replaceAll(erased, '')).toHaveLength(59);
  const narrow = screenOf();
  await withProgress(narrow.speaker, { what: 'Importing', total: 4 }, async (progress) => {
    progress.at(1);
    narrow.pass(2);
    await narrow.until(`Importing ${'█'.repeat(6)}${'░'.repeat(18)}  25 %  1 of 4`);
  });
});

test('it is removed before anything else is printed, and when the work fails', async () => {
  const { speaker, shown, until, pass } = screenOf();
  const work = withProgress(speaker, { what: 'Waiting' }, async () => {
    pass(2);
    await until('Waiting  2 s');
    say(speaker, 'A line of the result.');
    note(speaker, 'A note.');
    pass(1);
    await until('Waiting  3 s');
    throw new Error('no');
  });
  await expect(work).rejects.toThrow('no');
  expect(shown()).toBe(`${erased}Waiting  2 s${erased}A note.\n${erased}Waiting  3 s${erased}`);
});

test('it stays away while someone is asked', async () => {
  const { speaker, shown, until, pass } = screenOf();
  await withProgress(speaker, { what: 'Waiting' }, async () => {
    pass(2);
    await until('2 s');
    const release = holdLine(speaker.io);
    pass(1);
    await nextDraw();
    release();
    pass(1);
    await until('4 s');
  });
  expect(shown()).not.toContain('3 s');
});

test('it stays away until the last of those who hold it lets it go', async () => {
  const { speaker, shown, until, pass } = screenOf();
  await withProgress(speaker, { what: 'Waiting' }, async () => {
    const [release, releaseInner] = [holdLine(speaker.io), holdLine(speaker.io)];
    releaseInner();
    pass(3);
    await nextDraw();
    release();
    pass(1);
    await until('4 s');
  });
  expect(shown()).not.toContain('3 s');
});

test.each<[string, GlobalOptions, Readonly<Record<string, string>>, boolean]>([
  ['not on a terminal', {}, {}, false],
  ['not on a terminal, with colours', { color: 'yes' }, {}, false],
  ['-q', { quiet: true }, {}, true],
  ['NO_COLOR', {}, { NO_COLOR: '1' }, true],
  ['--color no', { color: 'no' }, {}, true],
  ['TERM=dumb', {}, { TERM: 'dumb' }, true],
])('nothing is shown: %s', async (_name, options, env, isTerminal) => {
  const { speaker, shown, pass } = screenOf(options, env, isTerminal);
  const visible = screenOf();
  const work = async ({ awaits }: Progress): Promise<void> => {
    pass(5);
    awaits('Waiting for more');
    // Where it is shown, it has been drawn by then.
    await withProgress(visible.speaker, { what: 'Waiting' }, async () => {
      visible.pass(5);
      await visible.until('5 s');
      visible.pass(1);
      await visible.until('6 s');
    });
  };
  await withProgress(speaker, { what: 'Waiting' }, work);
  expect(shown()).toBe('');
});
