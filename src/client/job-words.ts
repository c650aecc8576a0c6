/** What the command and the console say of jobs in the same words. Pure. */
import type { NeuroJob, NeuroJobRestartPolicy } from '../api/index.ts';

/** The life span of a job for which nobody chose one; `--life-span 0` means none. */
export const DEFAULT_LIFE_SPAN = '1d';

/** The words of `--restart`, by the policy that each one means. */
export const restartWords = {
  Never: 'never',
  OnFailure: 'on-failure',
  Always: 'always',
} as const satisfies Readonly<Record<NeuroJobRestartPolicy, string>>;

/** Undefined for any other word. */
export function restartPolicyOf(word: string): NeuroJobRestartPolicy | undefined {
  return policies.find((policy) => restartWords[policy] === word);
}

const policies = Object.keys(restartWords) as readonly NeuroJobRestartPolicy[];

export function isFinished({ status }: Pick<NeuroJob, 'status'>): boolean {
  return status?.phase === 'Succeeded' || status?.phase === 'Failed' || status?.phase === 'Cancelled';
}
