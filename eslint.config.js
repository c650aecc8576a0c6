import { createNodeResolver, importX } from 'eslint-plugin-import-x';
import reactHooks from 'eslint-plugin-react-hooks';
import tseslint from 'typescript-eslint';

/**
 * Who may import whom inside src/. A folder that is not listed for a target may not be imported by it;
 * a folder always may import itself, and every folder `helpers`. test/architecture proves that the rule bites.
 */
export const mayImport = {
  kernel: [],
  api: [],
  sealing: ['api'],
  controllers: ['api', 'kernel', 'sealing'],
  operator: ['api', 'kernel', 'sealing', 'controllers'],
  client: ['api'],
  streams: ['kernel'],
  // The console's server runs inside the command, too.
  cli: ['api', 'client', 'kernel', 'sealing', 'streams', 'console'],
  console: ['api', 'client', 'kernel', 'sealing', 'streams'],
};

/** Helpers of the language that know nothing of the product: every folder may use them. */
const helpers = ['compare.ts', 'defined.ts', 'home-folder.ts'];

/** What of src/ the development tools may use. Nothing of the product may use a tool. */
export const toolsMayImport = ['api', 'kernel', 'sealing'];

/** Where the streams of the process are made, and where those of a job's container are joined to them: bytes pass as they are. */
const carryStreams = ['src/cli/io.ts', 'src/cli/commands/job/job-session.ts', 'src/cli/terminal/sent-input.ts'];

const timers = ['setTimeout', 'setInterval'];

const zones = [
  ...Object.entries(mayImport).map(([target, allowed]) => ({
    target: `./src/${target}`,
    from: './src',
    except: [target, ...allowed, ...helpers].map((name) => `./${name}`),
    message: `src/${target} may import only: ${[target, ...allowed].join(', ')}.`,
  })),
  { target: './src', from: ['./tools', './scripts', './test'], message: 'src/ is the product: it imports no tool.' },
  {
    target: './tools',
    from: './src',
    except: [...toolsMayImport, ...helpers].map((name) => `./${name}`),
    message: `tools/ may import of src/ only: ${toolsMayImport.join(', ')}.`,
  },
];

export default tseslint.config(
  { ignores: ['dist', 'node_modules', 'src/api/v1'] },
  ...tseslint.configs.strictTypeChecked,
  {
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    plugins: { 'import-x': importX },
    settings: { 'import-x/resolver-next': [createNodeResolver({ extensions: ['.ts', '.tsx', '.js'] })] },
    rules: {
      'import-x/no-restricted-paths': ['error', { zones, basePath: import.meta.dirname }],
      'import-x/no-default-export': 'error',
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/no-unused-vars': [
        'error',
        { argsIgnorePattern: '^_', varsIgnorePattern: '^_', destructuredArrayIgnorePattern: '^_' },
      ],
      '@typescript-eslint/explicit-module-boundary-types': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true, allowBoolean: true }],
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      '@typescript-eslint/no-unnecessary-condition': ['error', { allowConstantLoopConditions: true }],
    },
  },
  {
    // Timers run on the injected clock, so that tests and the simulation own the time.
    files: ['src/{kernel,controllers,operator,streams}/**', 'src/console/server/**'],
    // The clock of the system, and what measures how late its timers are.
    ignores: ['src/kernel/clock.ts', 'src/kernel/loop-watch.ts'],
    rules: {
      'no-restricted-globals': ['error', ...timers],
      'no-restricted-properties': ['error', { object: 'AbortSignal', property: 'timeout', message: 'withTimeLimit' }],
    },
  },
  {
    // A decision is pure: it sees the API's types, never a client, a clock or a file.
    files: [
      ...['src/controllers/*/plan.ts', 'src/controllers/*/*-plan.ts'],
      'src/controllers/user-secret/{input,report,write,conflicts,presence,differences}.ts',
    ],
    rules: {
      'no-restricted-imports': [
        'error',
        {
          patterns: [
            { regex: '^node:|^undici|^pino|/kernel/', message: 'A plan is pure: no I/O, clock or randomness.' },
          ],
        },
      ],
      'no-restricted-globals': ['error', 'process', 'fetch', 'crypto', ...timers],
      'no-restricted-syntax': [
        'error',
        {
          selector: "NewExpression[callee.name='Date'][arguments.length=0]",
          message: 'A plan takes the time as input.',
        },
      ],
      'no-restricted-properties': [
        'error',
        { object: 'Math', property: 'random' },
        { object: 'Date', property: 'now' },
      ],
    },
  },
  {
    // Text of the cluster may hold anything, so it reaches a terminal by output/ alone, which shows what a terminal obeys.
    files: ['src/cli/**'],
    // main.ts runs on a Node that is too old to load anything else.
    ignores: ['src/cli/output/**', 'src/cli/main.ts', ...carryStreams],
    rules: {
      'no-restricted-syntax': [
        'error',
        ...['[object.property.name=/^std(out|err)$/]', '[object.name=/^std(out|err)$/]'].map((written) => ({
          selector: `MemberExpression[property.name='write']${written}`,
          message: 'Print by src/cli/output: every text passes visible().',
        })),
      ],
    },
  },
  {
    files: ['test/**', 'scripts/**'],
    rules: { '@typescript-eslint/explicit-module-boundary-types': 'off', '@typescript-eslint/unbound-method': 'off' },
  },
  // vitest's `expect.stringContaining` and its like are of the type `any`.
  { files: ['test/**'], rules: { '@typescript-eslint/no-unsafe-assignment': 'off' } },
  { files: ['src/console/web/**'], ...reactHooks.configs.flat.recommended },
  { files: ['*.config.js'], ...tseslint.configs.disableTypeChecked },
  {
    files: ['*.config.js', '**/vite.config.ts', 'vitest.config.ts', 'scripts/test/stray-errors.ts'],
    rules: { 'import-x/no-default-export': 'off' },
  },
);
