/** docs/cli.md, as the help of the command says it. */
import type { Command } from 'commander';
import { Writable } from 'node:stream';
import { exitCodes } from './exit-codes.ts';
import type { Io } from './io.ts';
import { createProgram } from './program.ts';

const intro = `# The command \`neuro\`

\`npm run docs:cli\` generates this page from the help of the command. The command is also installed as \`kubectl-neuro\`, so
\`kubectl neuro secret ls\` works. It uses your permissions, and reads the kubeconfig, HTTPS_PROXY and
NO_PROXY as kubectl does. Options of \`neuro\` itself can go before or after a command, except that \`run\` has its own \`-n\` and \`-v\`:
write \`--namespace\` there, and \`--verbose\` before \`run\`.

\`neuro help TOPIC\` explains a topic step by step; \`neuro help\` lists them. On a terminal, work that takes longer than a
second shows a progress line; \`-q\`, \`--color no\`, \`NO_COLOR\` and \`TERM=dumb\` turn that off.

If you know Neu.ro or Apolo: [from-neuro.md](from-neuro.md).
`;

const meanings: Readonly<Record<keyof typeof exitCodes, string>> = {
  ok: 'done',
  other: 'any other error; `diff`: the versions differ',
  usage: 'a wrong command line',
  illegalArgument: 'a key, value or object is refused',
  configuration: 'the kubeconfig, or its context, cannot be used',
  notFound: 'a secret, job or file does not exist',
  inputOutput: 'no connection, or a file cannot be read or written',
  notPermitted: 'no permission; for a job that is followed: access to a secret was revoked',
  timeout: 'no answer, or no end, in time; for a job that is followed: its life span ended',
  couldNotStart: 'a job could not start, or a server failed',
  value: 'not a URI, subject, variable or volume; nothing to revoke',
  interrupted: 'Ctrl-C, or you answered no; for a job that is followed: it was killed',
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
    `## Exit codes\n\nErrors are one sentence on standard error. If the command follows a job, it exits with the exit code of the job. If a signal ends\nit, the shell reports 128 and the number of the signal, such as 143 for SIGTERM.\n\n| code | meaning |\n| --- | --- |\n${codes.join('\n')}\n`,
  ].join('\n');
}

function allOf(command: Command): readonly Command[] {
  // What the shell calls for completion is for no one to type.
  const typed = command.commands.filter((child) => !child.name().startsWith('__'));
  return typed.flatMap((child) => [child, ...allOf(child)]);
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
    beforeSignal: () => () => undefined,
    onResize: () => () => undefined,
    setRaw: () => undefined,
  };
}
