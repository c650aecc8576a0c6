/** What it means for a job that the API server refuses an object. */
import { isKernelError } from '../../kernel/index.ts';
import { sentenceOf } from '../failure.ts';
import type { Refusal } from './facts.ts';

/** Undefined: no refusal, but a failure that is retried. */
export function refusalOf(error: unknown, what: string): Refusal | undefined {
  if (!isKernelError(error, 'Forbidden', 'Invalid', 'BadRequest')) return undefined;
  const sentence = sentenceOf(error.message).replace(/^\d{3} ?/, '');
  const message = `${what} is refused: ${sentence}`;
  if (error.code !== 'Forbidden') return { isFinal: true, reason: 'Refused', message };
  // A quota can become free.
  if (/exceeded quota/.test(sentence)) return { isFinal: false, reason: 'QuotaExhausted', message };
  // No waiting makes a Pod fit the standard of its namespace. Else a service account or a policy may be on its way.
  return { isFinal: /violates PodSecurity/.test(sentence), reason: 'Refused', message };
}
