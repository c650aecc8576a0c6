/** Writes docs/cli.md from the help of the command itself. test/cli/docs.test.ts fails when the two differ. */
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { commandReference } from '../src/cli/reference.ts';

writeFileSync(fileURLToPath(new URL('../docs/cli.md', import.meta.url)), commandReference());
