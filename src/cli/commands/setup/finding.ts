/** One line of `neuro doctor`: what was checked, how it is, and what corrects it. */
import { defined } from '../../../defined.ts';
import type { Invocation } from '../../factory.ts';
import { sentenceOf } from '../../output/report-error.ts';

export interface Finding {
  readonly what: string;
  readonly state: 'ok' | 'bad' | 'unknown';
  readonly found: string;
  readonly mend?: string;
}

export function ok(what: string, text: string): Finding {
  return { what, state: 'ok', found: text };
}

export function bad(what: string, text: string, mend: string | undefined): Finding {
  return { what, state: 'bad', found: text, ...defined({ mend }) };
}

interface Search<T> {
  readonly say: (result: T) => string;
  readonly mend: string | ((error: unknown) => string | undefined);
}

/** Adds the line for a result that later checks need. Undefined where there is none. */
export async function found<T>(
  run: Invocation,
  tell: (finding: Finding) => void,
  what: string,
  find: () => Promise<T>,
  { say, mend }: Search<T>,
): Promise<T | undefined> {
  try {
    const result = await find();
    tell(ok(what, say(result)));
    return result;
  } catch (error) {
    tell(bad(what, sentenceOf(run, error), typeof mend === 'string' ? mend : mend(error)));
    return undefined;
  }
}

/** A check that fails gives a line as well, so that the next one runs. */
export async function orUnknown(run: Invocation, what: string, find: () => Promise<Finding>): Promise<Finding> {
  try {
    return await find();
  } catch (error) {
    return { what, state: 'unknown', found: sentenceOf(run, error) };
  }
}
