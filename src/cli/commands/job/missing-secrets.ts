/**
 * Secrets that a job may not use: refused before the job is created, and when the operator finds it later, ended at once with
 * the same sentence and exit code.
 */
import { FIELD_MANAGERS, type NeuroJob, type SecretUri } from '../../../api/index.ts';
import { isUsable, type CheckedSecret, type MissingSecret } from '../../../client/index.ts';
import { isKernelError } from '../../../kernel/index.ts';
import { secretChecker, type SecretChecker } from '../../secrets/check-secrets.ts';
import type { Connection } from '../../connect/connection.ts';
import { neuroJobs } from '../../connect/kinds.ts';
import { CliError } from '../../errors.ts';
import type { Invocation } from '../../factory.ts';
import { sayError } from '../../output/say.ts';
import type { FollowTarget } from './follow.ts';

/** The API server may know of a grant or secret before the operator has seen it; that takes some tens of milliseconds. */
const settleMs = 3_000;

export async function checkAll(
  checker: SecretChecker,
  secrets: readonly SecretUri[],
): Promise<ReadonlyMap<SecretUri, CheckedSecret>> {
  const checked = new Map<SecretUri, CheckedSecret>();
  for (const secret of secrets) checked.set(secret, await checker.check(secret));
  return checked;
}

/** Throws where one cannot be used; `end` says what became of the job. */
export function refuseMissing(run: Invocation, checked: Iterable<CheckedSecret>, end: string): void {
  const byUri = new Map(Array.from(checked, (secret) => [secret.uri, secret]));
  const problems = [...byUri.values()].filter((secret): secret is MissingSecret => !isUsable(secret));
  const [first, ...more] = problems;
  if (first === undefined) return;
  for (const { sentence } of more) sayError(run, `${sentence}.`);
  const code = problems.some(({ problem }) => problem === 'notPermitted') ? 'notPermitted' : 'notFound';
  throw new CliError(code, `${first.sentence}. ${end}`);
}

/** Call it with each state of a job that waits. It ends a job whose secrets are missing, and throws. */
export function createMissingGuard(
  run: Invocation,
  connection: Connection,
  target: FollowTarget,
  secrets: readonly SecretUri[],
): (job: NeuroJob) => Promise<void> {
  let sinceMs: number | undefined;
  return async ({ status }) => {
    if (status?.phase !== 'Pending' || status.reason !== 'MissingSecrets') {
      sinceMs = undefined;
      return;
    }
    const nowMs = run.io.now().getTime();
    sinceMs ??= nowMs;
    const checked = await checkAll(secretChecker(connection, target.namespace, run.io.now()), secrets).catch(
      (error: unknown) => {
        // The job is looked at again soon.
        if (isKernelError(error, 'Network', 'Timeout', 'Server', 'TooManyRequests')) return undefined;
        throw error;
      },
    );
    if (checked === undefined) return;
    const isLasting = nowMs - sinceMs >= settleMs;
    if (!isLasting && [...checked.values()].every(isUsable)) return;
    await connection.client.patch(neuroJobs, target, { spec: { cancel: true } }, { fieldManager: FIELD_MANAGERS.cli });
    const end = `The job '${target.name}' was ended.`;
    refuseMissing(run, checked.values(), end);
    const what = status.message ?? 'Secrets are missing';
    throw new CliError(
      'notPermitted',
      `${what}: they do not exist, or the job's service account may not use them. ${end}`,
    );
  };
}
