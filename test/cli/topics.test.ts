/** `neuro help`: every line of a story is a command that exists, with flags that it has. */
import type { Command } from 'commander';
import { expect, test } from 'vitest';
import { topics } from '../../src/cli/commands/setup/topics.ts';
import { createProgram } from '../../src/cli/program.ts';
import { createWorld } from './typed.ts';

const world = createWorld();

const lines = Object.values(topics).flatMap(({ text }) => text.split('\n').filter((line) => /^ +neuro /.test(line)));
const program = createProgram(
  { io: {} as never, connect: () => Promise.reject(new Error('not connected')) },
  '',
).command;

/** The command of a line, and the words behind it that are its own. */
function commandOf(line: string): { readonly command: Command; readonly flags: readonly string[] } {
  const words = line.trim().split(/ +/).slice(1);
  let command: Command = program;
  for (const word of words) {
    const next = command.commands.find((one) => one.name() === word);
    if (next === undefined) break;
    command = next;
  }
  const own = words.slice(0, words.includes('--') ? words.indexOf('--') : undefined);
  return { command, flags: own.filter((word) => word.startsWith('--')) };
}

test.each(lines)('%s', (line) => {
  const { command, flags } = commandOf(line);
  expect(command.commands).toEqual([]);
  const known = [...command.options, ...program.options].map(({ long }) => long);
  for (const flag of flags) expect(known).toContain(flag);
});

test.each(Object.keys(topics))('neuro help %s explains the topic, in lines that fit a terminal', async (topic) => {
  const { code, out, error } = await world.type(['help', topic]);
  expect({ code, error }).toEqual({ code: 0, error: '' });
  expect(out).toBe(topics[topic]?.text);
  expect(out.split('\n').filter((line) => line.length > 120)).toEqual([]);
});

test('neuro help lists the topics, explains a command, and says what there is for anything else', async () => {
  expect((await world.type(['help', 'help'])).out).toContain('sharing');
  expect((await world.type(['help', 'secret', 'add'])).out).toContain('Usage: neuro secret add');
  expect((await world.type(['help'])).out).toContain('Usage: neuro [options] [command]');
  const { code, error } = await world.type(['help', 'nothing']);
  expect(code).toBe(2);
  expect(error).toContain('Topics are secrets, sharing');
});
