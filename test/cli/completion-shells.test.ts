/**
 * Completion in the shells themselves, in a pseudo-terminal: whatever a cluster says, it goes into the line as one word, and
 * nothing in it is run. `neuro` is a stand-in here that offers what it is told to, so that the scripts are tried alone.
 */
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { spawn, type IPty } from '@lydell/node-pty';
import { completionScripts, shells, type Shell } from '../../src/cli/completion/scripts.ts';
import { findTool } from '../../tools/devcluster/node/node-packages.ts';
import { until } from '../support/until.ts';

/** None reads a file of this machine's user. */
const plainly: Readonly<Record<Shell, readonly string[]>> = {
  bash: ['--norc', '--noprofile', '-i'],
  zsh: ['-f', '-i'],
  fish: ['--no-config', '-i'],
};
const loading: Readonly<Record<Shell, string>> = {
  bash: 'source ./script',
  zsh: 'autoload -U compinit && compinit -D && source ./script',
  fish: 'source ./script',
};
const standIn = `#!/bin/sh
if [ "$1" = __complete ]; then cat ./candidates; printf ':4\\n'; exit; fi
for word in "$@"; do printf '%s\\n' "$word"; done >./typed.new
mv ./typed.new ./typed
`;
/** Each would leave the file \`ran\` behind, or become another word, if a shell read it. */
const hostile = [
  'zoe$(touch ran)',
  'zoe$(touch${IFS}ran)',
  'zoe`touch ran`',
  'zoe;touch ran',
  'zoe|touch ran',
  'zoe&touch ran',
  'zoe>ran',
  'zoe$HOME',
  "zoe'x",
  'zoe"x',
  'zoe\\x',
  'zoe*',
  'zoe?',
  'zoe!!',
  'zoe#x',
  'zoe{a,b}',
  'zoe<(touch ran)',
  'zoe,a',
  'zoe@b.com',
];

let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'neuro-shells-'));
  mkdirSync(join(folder, 'bin'));
  writeFileSync(join(folder, 'bin', 'neuro'), standIn);
  chmodSync(join(folder, 'bin', 'neuro'), 0o755);
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe.each(shells)('%s', (name) => {
  const program = findTool(name);
  const here = program === undefined ? test.skip : test;
  let shell: IPty;

  beforeAll(async () => {
    if (program === undefined) return;
    rmSync(join(folder, 'loaded'), { force: true });
    writeFileSync(join(folder, 'script'), completionScripts[name]);
    shell = spawn(program, [...plainly[name]], {
      name: 'xterm-256color',
      cols: 200,
      rows: 30,
      cwd: folder,
      env: { PATH: `${join(folder, 'bin')}:${process.env['PATH'] ?? ''}`, HOME: folder, LANG: 'C.UTF-8' },
    });
    shell.write(`${loading[name]}; touch ./loaded\r`);
    await until(() => existsSync(join(folder, 'loaded')), 'the script is loaded');
  });

  beforeEach(() => {
    for (const file of ['typed', 'ran']) rmSync(join(folder, file), { force: true });
  });

  afterAll(() => {
    if (program !== undefined) shell.kill('SIGKILL');
  });

  /** Types the beginning of a word, lets the shell complete it, and sends the line off. */
  async function complete(line: string, candidates: readonly string[]): Promise<readonly string[]> {
    writeFileSync(join(folder, 'candidates'), candidates.map((text) => `${text}\n`).join(''));
    shell.write(`${line}\t\r`);
    await until(() => existsSync(join(folder, 'typed')), 'the line is run');
    return readFileSync(join(folder, 'typed'), 'utf8').trimEnd().split('\n');
  }

  here.each(hostile)('%s is one word, and nothing of it is run', async (text) => {
    expect(await complete('neuro acl revoke secret:token zo', [`${text}\t$(touch ran) %F{red}`])).toEqual([
      'acl',
      'revoke',
      'secret:token',
      text,
    ]);
    expect(existsSync(join(folder, 'ran'))).toBe(false);
  });

  here.each([
    ['behind a :', 'neuro get secret:t', 'secret:token'],
    ['behind a =', 'neuro run --env X=secret:t', 'X=secret:token'],
    ['behind an @', 'neuro share oidc:ann@x', 'oidc:ann@x.org'],
    ['behind a comma', 'neuro share group:CN=ml', 'group:CN=ml,OU=Teams,DC=corp'],
  ])('a word is completed %s', async (_name, line, text) => {
    expect((await complete(line, [text])).at(-1)).toBe(text);
  });

  here('what several have in common is filled in, and more of it later', async () => {
    const both = ['group:CN=ml,OU=Teams', 'group:CN=ml,OU=Tools'];
    expect((await complete('neuro share group:CN\te', both)).at(-1)).toBe('group:CN=ml,OU=Teams');
  });
});
