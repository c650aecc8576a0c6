/** What stands behind the image, or the job, is part of the command that is run; options that were meant for `neuro` are named. */
import { expect, test } from 'vitest';
import type { NeuroJob } from '../../src/api/index.ts';
import { neuroJobs } from '../../src/cli/connect/kinds.ts';
import { createWorld } from './typed.ts';

const warned = (words: readonly string[]): Promise<{ code: number; out: string; error: string }> =>
  createWorld({ allow: () => true }).type(words);

test.each<[line: string, option: string]>([
  ['busybox:1 --env X=1', '--env'],
  ['busybox:1 --env=X=1', '--env'],
  ['busybox:1 -e X=1 -- env', '-e'],
  ['busybox:1 -eX=1 env', '-e'],
  ['busybox:1 --volume pvc:data:/data', '--volume'],
  ['busybox:1 --preset small', '--preset'],
  ['busybox:1 -it sh', '-it'],
  ['busybox:1 --no-wait-start', '--no-wait-start'],
  ['busybox:1 --namespace bob', '--namespace'],
  // Refused before the image, by its name.
  ['busybox:1 --browse', '--browse'],
  // Nothing else takes `secret:`.
  ['busybox:1 env --env X=secret:k', '--env'],
  ['busybox:1 cat -v secret:k:/x', '-v'],
])('neuro run %s: a warning, and all of it is the command', async (line, option) => {
  const world = createWorld({ allow: () => true });
  const [image = '', ...command] = line.split(' ');
  for (const run of [['run'], ['job', 'run']]) {
    const { code, error } = await world.type([...run, '--no-wait-start', image, ...command]);
    expect(code).toBe(0);
    expect(error.match(/WARNING: .*/g)).toEqual([
      `WARNING: ${option} stands behind the image, so it became part of the job's command: write it before the image, or write -- before the command if it is meant for that.`,
    ]);
  }
  const jobs = world.model.all(neuroJobs) as unknown as readonly NeuroJob[];
  expect(jobs.map(({ spec }) => spec.args)).toEqual([command, command]);
});

test('the name of a Pod before --image, as kubectl has it, is said to be the image', async () => {
  const { code, error } = await warned(['run', '--no-wait-start', 'worker', '--image=busybox:1']);
  expect({ code, error }).toEqual({
    code: 0,
    error: expect.stringContaining('The first word is the image here') as string,
  });
});

test.each([
  'run --no-wait-start busybox:1 -- --env X=1',
  'run --no-wait-start -- busybox:1 --env X=1',
  'run --no-wait-start busybox:1 ls -e',
  'run --no-wait-start busybox:1 --port 80',
  'run --no-wait-start java:1 -version',
  'run --no-wait-start busybox:1 -c env',
  'secret exec -- true --env X=secret:k',
  'secret exec -e A=1 true -e',
])('no warning: neuro %s', async (line) => {
  const { code, error } = await warned(line.split(' '));
  expect(code).toBe(0);
  expect(error).not.toContain('WARNING');
});

test.each<[line: string, sentence: string | undefined]>([
  ['exec x -it sh', '-it stands behind the job'],
  ['exec x --namespace bob -- ls', '--namespace stands behind the job'],
  ['job exec x -n bob -- ls', '-n stands behind the job'],
  ['exec x -T -- ls', undefined],
  ['exec x -i -- ls', undefined],
  ['exec x -- -n', undefined],
  ['exec -- x -n', undefined],
  ['exec x ls -n', undefined],
  ['secret exec true --env X=secret:k', '--env stands behind the command'],
])('neuro %s', async (line, sentence) => {
  const { error } = await warned(line.split(' '));
  expect(/WARNING: (.*?),/.exec(error)?.[1]).toBe(sentence);
});
