/** A reporter of vitest, which wants a default export: the errors that belong to no test. The report in JSON leaves them out. */
import { writeFileSync } from 'node:fs';
import type { Reporter } from 'vitest/node';

export const strayErrorsVariable = 'NEURO_TEST_STRAY_ERRORS';

export default class StrayErrors implements Reporter {
  onTestRunEnd(_modules: unknown, errors: readonly { readonly message: string }[]): void {
    const file = process.env[strayErrorsVariable];
    if (file !== undefined) writeFileSync(file, JSON.stringify(errors.map(({ message }) => message)));
  }
}
