/** The table of who may import whom in eslint.config.js bites: a forbidden import is an error, an allowed one is not. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it, test } from 'vitest';
import { ESLint } from 'eslint';

const root = fileURLToPath(new URL('../../', import.meta.url));
// By a path that the compiler does not follow: the configuration has no types.
const configFile: string = join(root, 'eslint.config.js');
const { mayImport, toolsMayImport } = (await import(configFile)) as {
  readonly mayImport: Readonly<Record<string, readonly string[]>>;
  readonly toolsMayImport: readonly string[];
};

/** The rules about imports alone, which need no types: all of them over a made-up text would take minutes. */
const rulesOfImports = ['import-x/no-restricted-paths', 'import-x/no-default-export'];
const rulesOfCode = [
  'no-restricted-imports',
  'no-restricted-globals',
  'no-restricted-syntax',
  'no-restricted-properties',
];
const eslint = new ESLint({
  cwd: root,
  overrideConfig: [
    { files: ['**/*.ts'], languageOptions: { parserOptions: { projectService: false, project: null } } },
  ],
  ruleFilter: ({ ruleId }) => [...rulesOfImports, ...rulesOfCode].includes(ruleId),
});

async function rulesBrokenBy(text: string, path: string): Promise<readonly string[]> {
  const results = await eslint.lintText(text, { filePath: join(root, path) });
  const messages = results.flatMap((result) => result.messages);
  expect(messages.filter(({ fatal }) => fatal === true)).toEqual([]);
  return messages.map(({ ruleId, message }) => ruleId ?? message);
}

/** The entry of each folder, or another file of it, which imports can name. */
const entries: Readonly<Record<string, string>> = {
  kernel: 'kernel/index.ts',
  api: 'api/index.ts',
  sealing: 'sealing/index.ts',
  controllers: 'controllers/views.ts',
  operator: 'operator/options.ts',
  client: 'client/index.ts',
  streams: 'streams/index.ts',
};

test('every folder of src is in the table', () => {
  const folders = readdirSync(join(root, 'src'), { withFileTypes: true }).filter((entry) => entry.isDirectory());
  expect(folders.map(({ name }) => name).filter((folder) => !(folder in mayImport))).toEqual([]);
});

describe.each(Object.entries(mayImport))('src/%s', (target, allowed) => {
  const others = Object.keys(entries).filter((folder) => folder !== target);
  const importOf = (folder: string): string => `import * as it from '../${entries[folder] ?? ''}';\nexport { it };\n`;

  it.each(others)('keeps to the table when it imports %s', async (folder) => {
    const broken = await rulesBrokenBy(importOf(folder), `src/${target}/made-up.ts`);
    expect(broken).toEqual(allowed.includes(folder) ? [] : ['import-x/no-restricted-paths']);
  });
});

describe('tools', () => {
  it.each(Object.entries(entries))('keep to the table when they import src/%s', async (folder, entry) => {
    const text = `import * as it from '../../src/${entry}';\nexport { it };\n`;
    const broken = await rulesBrokenBy(text, 'tools/devcluster/made-up.ts');
    expect(broken).toEqual(toolsMayImport.includes(folder) ? [] : ['import-x/no-restricted-paths']);
  });

  it.each(Object.keys(mayImport))('are not imported by src/%s', async (folder) => {
    const text = "import * as it from '../../tools/devcluster/index.ts';\nexport { it };\n";
    expect(await rulesBrokenBy(text, `src/${folder}/made-up.ts`)).toEqual(['import-x/no-restricted-paths']);
  });
});

test('a forbidden import of a type alone is one too', async () => {
  const text =
    "import type { UserSecretView } from '../controllers/user-secret-view.ts';\nexport type X = UserSecretView;\n";
  expect(await rulesBrokenBy(text, 'src/kernel/made-up.ts')).toEqual(['import-x/no-restricted-paths']);
});

test('a default export is an error', async () => {
  expect(await rulesBrokenBy('export default 1;\n', 'src/api/made-up.ts')).toEqual(['import-x/no-default-export']);
});

describe('a plan', () => {
  test.each<[string, string, readonly string[]]>([
    ['reads no file', "import { readFileSync } from 'node:fs';\nexport { readFileSync };", ['no-restricted-imports']],
    [
      'knows no client',
      "import { KubeClient } from '../../kernel/index.ts';\nexport { KubeClient };",
      ['no-restricted-imports'],
    ],
    ['logs nothing', "import { pino } from 'pino';\nexport { pino };", ['no-restricted-imports']],
    ['sees no environment', 'export const x = process.env;', ['no-restricted-globals']],
    ['sets no timer', 'setTimeout(() => undefined, 1);', ['no-restricted-globals']],
    ['asks no clock', 'export const x = Date.now();', ['no-restricted-properties']],
    ['makes no time of its own', 'export const x = new Date();', ['no-restricted-syntax']],
    ['draws no number', 'export const x = Math.random();', ['no-restricted-properties']],
    ['may read a time that it was given', 'export const x = new Date(0);', []],
  ])('%s', async (_case, text, expected) => {
    expect(await rulesBrokenBy(`${text}\n`, 'src/controllers/made-up/plan.ts')).toEqual(expected);
  });
});

describe('timers run on the injected clock', () => {
  test.each<[string, string, readonly string[]]>([
    ['not on that of the system', 'setTimeout(() => undefined, 1);', ['no-restricted-globals']],
    ['not again and again', 'setInterval(() => undefined, 1);', ['no-restricted-globals']],
    ['no signal has a time of its own', 'export const x = AbortSignal.timeout(1);', ['no-restricted-properties']],
  ])('%s', async (_case, text, expected) => {
    for (const folder of ['kernel', 'controllers/made-up', 'operator', 'streams', 'console/server'])
      expect(await rulesBrokenBy(`${text}\n`, `src/${folder}/made-up.ts`)).toEqual(expected);
    expect(await rulesBrokenBy(`${text}\n`, 'src/cli/made-up.ts')).toEqual([]);
  });
});

describe('the command prints by src/cli/output alone', () => {
  test.each<[string, string, readonly string[]]>([
    ['a stream of its own', 'declare const io: any;\nio.stdout.write("x");', ['no-restricted-syntax']],
    ['a stream by its name', 'declare const stderr: any;\nstderr.write("x");', ['no-restricted-syntax']],
    ['the stream of the process', 'process.stdout.write("x");', ['no-restricted-syntax']],
    ['by output', "import { say } from '../output/say.ts';\nexport { say };", []],
  ])('%s', async (_name, text, expected) => {
    expect(await rulesBrokenBy(`${text}\n`, 'src/cli/commands/made-up.ts')).toEqual(expected);
    expect(await rulesBrokenBy(`${text}\n`, 'src/cli/output/made-up.ts')).toEqual([]);
  });
});
