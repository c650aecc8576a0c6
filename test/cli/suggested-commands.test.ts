/** What the command and the console tell people to type is a command that exists, with arguments and flags that it takes. */
import { globSync, readFileSync } from 'node:fs';
import { relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Command } from 'commander';
import { describe, expect, test } from 'vitest';
import { createProgram } from '../../src/cli/program.ts';
import { splitWords } from '../../src/client/shell.ts';
import { argumentsOf, mentionedCommands, suggestedCommands, type Suggestion } from '../support/suggested-commands.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));
type Finder = typeof suggestedCommands;

function found(find: Finder, pattern: string): readonly Suggestion[] {
  return globSync(`${root}src/${pattern}`).flatMap((path) => find(relative(root, path), readFileSync(path, 'utf8')));
}

/** The program, which does nothing but say which command was called. */
function listeningProgram(firstWord?: string): { readonly program: Command; called(): Command | undefined } {
  let called: Command | undefined;
  const program = createProgram(
    { io: {} as never, connect: () => Promise.reject(new Error('not connected')) },
    '',
    firstWord,
  ).command;
  const listen = (command: Command): void => {
    // Some have verbs of their own besides.
    if ((command as unknown as { readonly _actionHandler: unknown })._actionHandler !== null)
      command.action(() => void (called = command));
    command.commands.forEach(listen);
  };
  listen(program);
  return { program, called: () => called };
}

/** Undefined: it parses. */
async function whyNot(command: string): Promise<string | undefined> {
  const words = splitWords(command)?.slice(1);
  if (words === undefined) return 'a quote has no end';
  const { program, called } = listeningProgram(words[0]);
  try {
    await program.parseAsync(words, { from: 'user' });
  } catch (error) {
    return (error as Error).message;
  }
  return called() === undefined ? 'it calls nothing' : undefined;
}

const cli = found(suggestedCommands, '{cli,client}/**/*.ts');
const web = found(suggestedCommands, 'console/web/**/*.{ts,tsx}');
/** `jobCommand` is given the verb. */
const verbs = found(argumentsOf('jobCommand'), 'cli/**/*.ts');
const ours = [...cli, ...web]
  .filter(({ command }) => command.startsWith('neuro '))
  .flatMap(({ path, command }) =>
    command.startsWith('neuro NAME ')
      ? verbs.map((verb) => ({ path: verb.path, command: command.replace('NAME', verb.command) }))
      : [{ path, command }],
  );

describe('a command that does not exist', () => {
  test.each([
    ['another verb', 'neuro secret create KEY', /unknown command/],
    ['no verb', 'neuro secret', /outputHelp/],
    ['a flag of another command', 'neuro secret ls --follow', /unknown option/],
    ['no argument', 'neuro secret rm', /missing required argument/],
    ['one argument too many', 'neuro config show x', /too many arguments/],
    ['an open quote', "neuro secret get 'x", /quote has no end/],
  ])('is found: %s', async (_what, command, why) => {
    expect(await whyNot(command)).toMatch(why);
  });
});

test('the search finds commands in every kind of text', () => {
  const source = [
    "const a = 'See `neuro secret ls`.';",
    'const b = `Try \\`neuro ps -n ${quote(home)}\\` first`;',
    'const c = `an administrator makes one: neuro admin add-user ${name}`;',
    "const d = <Code>{'neuro run IMAGE'}</Code>;",
    'const e = `takes back \\`neuro acl revoke ${quoteAll([uri, name])}\\``;',
  ].join('\n');
  expect(suggestedCommands('src/console/a.tsx', source).map(({ command }) => command)).toEqual([
    'neuro secret ls',
    'neuro ps -n NAME',
    'neuro admin add-user NAME',
    'neuro run IMAGE',
    'neuro acl revoke NAME NAME',
  ]);
  expect(mentionedCommands('a.ts', "const a = 'Enter it, or run neuro secret reseal.'")).toEqual([
    { path: 'a.ts', command: 'neuro secret reseal' },
  ]);
});

test('there are many, in all parts of the program', () => {
  expect(ours.length).toBeGreaterThan(80);
  const places = new Set(
    ours.map(({ path }) => path.replace(/^(src\/(?:cli\/commands\/|console\/web\/)?\w+).*/, '$1')),
  );
  expect([...places]).toEqual(
    expect.arrayContaining([
      'src/cli/commands/job',
      'src/cli/commands/secret',
      'src/cli/commands/acl',
      'src/cli/commands/admin',
      'src/cli/commands/schedule',
      'src/cli/commands/setup',
      'src/client',
      'src/console/web/texts',
    ]),
  );
});

const byCommand = [...new Map(ours.map((one) => [one.command, one])).values()];
test.each(byCommand.map(({ command, path }) => [command, path]))('%s (%s)', async (command) => {
  expect(await whyNot(command)).toBeUndefined();
});

test('a command that a text of the console mentions exists', () => {
  const mentioned = found(mentionedCommands, 'console/web/texts/*/*.ts');
  expect(mentioned.length).toBeGreaterThan(8);
  const { program } = listeningProgram();
  const isLeaf = ({ command: text }: Suggestion): boolean => {
    let command = program;
    for (const word of text.split(' ').slice(1)) {
      const next = command.commands.find((one) => one.name() === word);
      if (next === undefined) break;
      command = next;
    }
    return command !== program && command.commands.length === 0;
  };
  expect(isLeaf({ path: '', command: 'neuro secret seals the value' })).toBe(false);
  expect(mentioned.filter((one) => !isLeaf(one))).toEqual([]);
});

/** In code spans, and at the start of a line of a block, without what a shell takes for itself. The words of a page can lack arguments. */
function commandsOfPage(text: string): readonly string[] {
  const spans = [...text.matchAll(/`(neuro [a-z][^`]*)`/g)];
  const lines = [...text.matchAll(/^(?: {4})?(neuro [a-z][^\n`]*)$/gm)];
  return [...spans, ...lines].map(([, command = '']) => command.replaceAll(/\s+/g, ' ').replace(/ (?:#|> ).*$/, ''));
}

const unfinished = /missing required argument|argument missing|outputHelp/;

describe('the pages of the documentation', () => {
  // docs/cli.md is written from the commands themselves, and the changes of the past name what there was.
  const pages = globSync(['*.md', 'docs/**/*.md'], { cwd: root }).filter(
    (page) => !['CHANGELOG.md', 'docs/cli.md'].includes(page),
  );
  const commands = pages.flatMap((page) =>
    commandsOfPage(readFileSync(`${root}${page}`, 'utf8')).map((command) => [command, page] as const),
  );

  test('show commands, in spans and in blocks', () => {
    const text = 'See `neuro secret ls`.\n\n    neuro ps -a   # all\n\n```sh\nneuro secret seal KEY > a.yaml\n```\n';
    expect(commandsOfPage(text)).toEqual(['neuro secret ls', 'neuro ps -a', 'neuro secret seal KEY']);
    expect(commands.length).toBeGreaterThan(80);
  });

  test.each(commands)('show a command that exists: %s (%s)', async (command) => {
    const why = await whyNot(command);
    expect(why === undefined || unfinished.test(why) ? undefined : why).toBeUndefined();
  });
});
