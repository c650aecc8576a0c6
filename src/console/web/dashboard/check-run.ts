/** Before RUN: may each secret be used, and would the API server take the job? Nothing is created. */
import { FIELD_MANAGERS, GROUP, KINDS, VERB_USE, type NeuroJob } from '../../../api/index.ts';
import { asClusterError, ClusterError } from '../cluster/errors.ts';
import { neuroJobs, userSecrets } from '../cluster/object.ts';
import type { Connection } from '../cluster/connection.ts';
import { texts } from '../texts.ts';
import type { SecretChoice } from './run-draft.ts';

export interface CheckLine {
  readonly what: string;
  readonly isFine: boolean;
  readonly sentence: string;
}

export async function checkRun(
  connection: Connection,
  job: NeuroJob,
  secrets: readonly SecretChoice[],
): Promise<readonly CheckLine[]> {
  const unique = [...new Map(secrets.map((secret) => [secret.uri, secret])).values()];
  return Promise.all([...unique.map((secret) => checkSecret(connection, secret)), checkJob(connection, job)]);
}

async function checkSecret(
  connection: Connection,
  { uri, namespace, name, isMine, owner }: SecretChoice,
): Promise<CheckLine> {
  try {
    if (isMine) {
      await connection.get(userSecrets, { namespace, name });
      return { what: uri, isFine: true, sentence: texts.check.mine };
    }
    const review = await connection.post<{ readonly status?: { readonly allowed?: boolean } }>(
      '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews',
      {
        apiVersion: 'authorization.k8s.io/v1',
        kind: 'SelfSubjectAccessReview',
        spec: {
          resourceAttributes: { group: GROUP, resource: KINDS.UserSecret.plural, verb: VERB_USE, namespace, name },
        },
      },
    );
    const isFine = review.status?.allowed === true;
    return { what: uri, isFine, sentence: isFine ? texts.check.shared(owner) : texts.check.notShared(owner) };
  } catch (error) {
    const { message } = asClusterError(error);
    return { what: uri, isFine: false, sentence: message };
  }
}

async function checkJob(connection: Connection, job: NeuroJob): Promise<CheckLine> {
  const what = texts.check.job;
  try {
    await connection.create(neuroJobs, job, { fieldManager: FIELD_MANAGERS.console, dryRun: 'All' });
    return { what, isFine: true, sentence: texts.check.accepted };
  } catch (error) {
    // A finished job of this name makes room for the new one.
    if (error instanceof ClusterError && error.kind === 'exists')
      return { what, isFine: false, sentence: texts.check.nameTaken(job.metadata.name) };
    return { what, isFine: false, sentence: asClusterError(error).message };
  }
}
