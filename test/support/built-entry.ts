/** What a test runs as a process: what is shipped where `npm test` has just built it, else the sources, which take seconds to load. */
import { fileURLToPath } from 'node:url';

const isBuilt = process.env['NEURO_TEST_BUILT'] === 'true';
const fromRoot = (path: string): string => fileURLToPath(new URL(`../../${path}`, import.meta.url));

/** Paths of files that Node runs. */
export const entries = {
  neuro: fromRoot(isBuilt ? 'dist/neuro.mjs' : 'src/cli/main.ts'),
  operator: fromRoot(isBuilt ? 'dist/operator.mjs' : 'src/operator/main.ts'),
} as const;
