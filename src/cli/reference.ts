/** docs/cli.md, as the help of the command says it. */
import type { Command } from 'commander';
import { Writable } from 'node:stream';
import { exitCodes } from './exit-codes.ts';
import type { Io } from './io.ts';
import { createProgram } from './program.ts';

const intro = `# The command \`neuro\`

Made from the command's own help by \`npm run docs:cli\`. It is also installed as \`kubectl-neuro\`, so \`kubectl neuro secret ls\`
works. It uses your kubeconfig and your permissions. Options of \`neuro\` itself can go before or after
a command, except that \`run\` has its own \`-n\` and \`-v\` (write \`--namespace\` there).

If you know Neu.ro or Apolo: [from-neuro.md](from-neuro.md).
`;

const meanings: Readonly<Record<keyof typeof exitCodes, string>> = {
  ok: 'done',
  other: 'anything that no other code names',
  usage: 'the command line is wrong',
  illegalArgument: 'a key, a value or an object that is refused',
  configuration: 'the kubeconfig or its context',
  notFound: 'a secret, a job or a file that is not there',
  inputOutput: 'no connection, or a file that cannot be read or written',
  notPermitted: 'not permitted; of a job that was followed: access to a secret was revoked',
  timeout: 'no answer, or no end, in time; of a job that was followed: its life span ended',
  couldNotStart: 'a job that could not start, or a server that failed',
  value: 'a text that is no URI, subject, variable or volume; a revoke of nothing',
  interrupted: 'Ctrl-C, or a question answered with no; of a job that was followed: it was killed',
};

export function commandReference(): string {
  const { command } = createProgram({ io: silentIo(), connect: () => Promise.reject(new Error('not connected')) }, '');
  const codes = Object.entries(exitCodes)
    .sort(([, a], [, b]) => a - b)
    .map(([reason, code]) => `| ${code} | ${meanings[reason as keyof typeof exitCodes]} |`);
  return [
    intro,
    section(command),
    ...allOf(command).map(section),
    `## Exit codes\n\nErrors are one sentence on standard error. A job that is followed gives its own exit code.\n\n| code | meaning |\n| --- | --- |\n${codes.join('\n')}\n`,
  ].join('\n');
}

function allOf(command: Command): readonly Command[] {
  return command.commands.flatMap((child) => [child, ...allOf(child)]);
}

function section(command: Command): string {
  let text = '';
  command.configureOutput({ writeOut: (part) => (text += part) });
  command.outputHelp();
  const names: string[] = [];
  for (let current: Command | null = command; current !== null; current = current.parent) names.unshift(current.name());
  return `## ${names.join(' ')}\n\n\`\`\`text\n${text.trimEnd()}\n\`\`\`\n`;
}

function silentIo(): Io {
  const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() });
  return {
    stdin: process.stdin,
    stdout: nowhere,
    stderr: nowhere,
    isInputTerminal: false,
    isOutputTerminal: false,
    isErrorTerminal: false,
    columns: 80,
    rows: 24,
    env: {},
    now: () => new Date(0),
    onInterrupt: () => () => undefined,
    beforeInterrupt: () => () => undefined,
    onResize: () => () => undefined,
    setRaw: () => undefined,
  };
}
