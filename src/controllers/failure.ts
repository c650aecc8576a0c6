/** A reconcile that does not come to rest, as plans see it and as statuses report it. Pure. */
import { isKernelError } from '../kernel/index.ts';

/** Shorter failures pass by a retry: nobody needs to read of them. */
const lastingAttempts = 3;
const lastingMs = 2_000;
/** Characters of the API server's sentence in a status. */
const longestSentence = 1_000;

export interface FailureRecord {
  readonly reason: 'ApiError' | 'InternalError';
  /** What was being done and what came of it; never a value. */
  readonly message: string;
  /** The first failure in a row, by the steady clock. */
  readonly sinceMs: number;
  /** Failures in a row. */
  readonly attempts: number;
  readonly isConflict: boolean;
}

export interface Failure extends FailureRecord {
  /** True in the reconcile that failed: the plan may report it, and must not ask for the same step again. */
  readonly isNow: boolean;
}

export function isLasting({ attempts, sinceMs }: FailureRecord, steadyMs: number): boolean {
  return attempts >= lastingAttempts || steadyMs - sinceMs >= lastingMs;
}

/** The reason and the sentence for a status. The text of an error that is not the API server's may hold anything, so it is left out. */
export function failureTexts(error: unknown, doing: string): Pick<FailureRecord, 'reason' | 'message'> {
  if (!isKernelError(error)) {
    const name = error instanceof Error ? error.name : typeof error;
    return {
      reason: 'InternalError',
      message: `${doing} failed because of a defect of the operator (${name}): its log has the details; it is retried`,
    };
  }
  return { reason: 'ApiError', message: `${doing} failed: ${sentenceOf(error.message)}; it is retried` };
}

/** The message without the method and path of the request, which the kernel puts in front, and cut after `longestSentence` characters. */
export function sentenceOf(message: string): string {
  const sentence = message.replace(/^[A-Z]+ \S+: /, '').trim();
  return sentence.length <= longestSentence ? sentence : `${sentence.slice(0, longestSentence)}…`;
}
