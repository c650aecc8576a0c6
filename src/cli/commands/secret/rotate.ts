/** `neuro secret rotate`: asks the operator for a new value of a generated secret. Jobs that run keep the former one. */
import { ANNOTATION_ROTATE, FIELD_MANAGERS, keyWord } from '../../../api/index.ts';
import { findSecret, notFound, parseKeyOrUri } from '../../secrets/find-secret.ts';
import { homeOf } from '../../homes/home.ts';
import { userSecrets } from '../../connect/kinds.ts';
import { CliError } from '../../errors.ts';
import type { Invocation } from '../../factory.ts';
import { say } from '../../output/say.ts';

export async function rotateSecret(run: Invocation, keyText: string): Promise<void> {
  const connection = await run.connect();
  const named = parseKeyOrUri(keyText, await homeOf(connection, run.options), connection.clusterName);
  const secret = await findSecret(connection, named);
  if (secret === undefined) throw notFound(named);
  if (secret.spec.generate === undefined)
    throw new CliError(
      'illegalArgument',
      `Secret '${named.key}' is not generated, so nobody but you knows its next value: \`neuro secret add ${keyWord(named.key)}\`.`,
    );
  const metadata = { annotations: { [ANNOTATION_ROTATE]: run.io.now().toISOString() } };
  const { namespace } = named;
  await connection.client.patch(
    userSecrets,
    { namespace, name: secret.metadata.name },
    { metadata },
    { fieldManager: FIELD_MANAGERS.cli },
  );
  say(run, `A new value of '${named.key}' was asked for; jobs that run keep the former one.`);
}
