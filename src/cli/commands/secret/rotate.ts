/**
 * `neuro secret rotate`: asks the operator for a new value of a generated secret. Jobs that run keep the former one. Where the secret
 * has a hook, the command waits for it: the new value is in force only when that has succeeded.
 */
import { ANNOTATION_ROTATE, FIELD_MANAGERS, findCondition, type UserSecret } from '../../../api/index.ts';
import { findSecret, notFound, secretWord } from '../../secrets/find-secret.ts';
import { secretNamed } from '../../secrets/named-secrets.ts';
import type { Connection } from '../../connect/connection.ts';
import { userSecrets } from '../../connect/kinds.ts';
import { pause } from '../../connect/pause.ts';
import { CliError } from '../../errors.ts';
import type { Invocation } from '../../factory.ts';
import { jobCommand } from '../../jobs/jobs.ts';
import { withProgress } from '../../output/progress.ts';
import { detail, note, say } from '../../output/say.ts';

export interface RotateOptions {
  /** `--no-wait` */
  readonly wait?: boolean;
}

const pollMs = 500;
/** A hook that says nothing about it ends after an hour. */
const longestWaitMs = 3_660_000;
/** The operator takes a request up within milliseconds. */
const takenUpMs = 10_000;

export async function rotateSecret(run: Invocation<RotateOptions>, keyText: string): Promise<void> {
  const { connection, named } = await secretNamed(run, keyText);
  const secret = await findSecret(connection, named);
  if (secret === undefined) throw notFound(named);
  if (secret.spec.generate === undefined)
    throw new CliError(
      'illegalArgument',
      `Secret '${named.key}' is not generated, so nobody but you knows its next value: \`neuro secret add ${secretWord(named)}\`.`,
    );
  const request = run.io.now().toISOString();
  const metadata = { annotations: { [ANNOTATION_ROTATE]: request } };
  const { namespace } = named;
  await connection.client.patch(
    userSecrets,
    { namespace, name: secret.metadata.name },
    { metadata },
    { fieldManager: FIELD_MANAGERS.cli },
  );
  const hook = secret.spec.generate.rotateHook;
  if (hook === undefined) {
    say(run, `A new value of '${named.key}' was asked for; jobs that run keep the former one.`);
    return;
  }
  if (run.options.wait === false) {
    say(run, `A new value of '${named.key}' was asked for; it is in force when the hook '${hook}' has succeeded.`);
    return;
  }
  note(run, `Waiting for the hook '${hook}'. Ctrl-C ends only the waiting.`);
  await withProgress(run, { what: `Waiting for the hook '${hook}'` }, () =>
    hookEnded(run, connection, secret, named.key),
  );
  say(
    run,
    `The hook '${hook}' has succeeded: a new value of '${named.key}' is in force; jobs that run keep the former one.`,
  );
}

/** Throws where the hook did not succeed, or cannot be run. */
async function hookEnded(
  run: Invocation<RotateOptions>,
  { client }: Connection,
  before: UserSecret,
  key: string,
): Promise<void> {
  const { namespace = '', name } = before.metadata;
  const former = before.status?.rotation;
  let job: string | undefined;
  for (let waitedMs = 0; waitedMs <= longestWaitMs; waitedMs += pollMs) {
    const now = await client.get(userSecrets, { namespace, name });
    if (now === undefined) throw new CliError('notFound', `Secret '${key}' was removed while its hook ran.`);
    if (now.status?.version !== before.status?.version) return;
    const { rotation, conditions } = now.status ?? {};
    if (rotation?.job !== undefined && rotation.job !== job && rotation.job !== former?.job) {
      job = rotation.job;
      detail(run, `NeuroJob ${namespace}/${job}`);
    }
    // What was said of an earlier try says nothing of this one.
    const isOfThis =
      rotation?.attempt !== former?.attempt || rotation?.since !== former?.since || waitedMs >= takenUpMs;
    if (rotation?.state === 'Failed' && isOfThis) {
      const message = findCondition(conditions, 'RotationPending')?.message ?? rotation.reason ?? '';
      const logs =
        rotation.job === undefined ? '' : ` Its log: ${jobCommand('logs', { namespace, name: rotation.job })}.`;
      const next = rotation.nextAttempt === undefined ? '' : ` It is tried again at ${rotation.nextAttempt}.`;
      throw new CliError('other', `Secret '${key}' keeps its former value: ${message}.${next}${logs}`);
    }
    if (rotation === undefined && waitedMs >= takenUpMs)
      throw new CliError(
        'other',
        `The operator has not taken up the rotation of '${key}'; does it run? \`neuro doctor\` looks.`,
      );
    await pause(pollMs);
  }
  throw new CliError(
    'other',
    `The hook of '${key}' still runs; the former value stays in force until it has succeeded.`,
  );
}
