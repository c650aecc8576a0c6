/** `neuro secret tag` and `neuro secret rotate-by`: what people note about a secret in its metadata. The value does not change. */
import { ANNOTATION_ROTATE_BY, FIELD_MANAGERS, rotateByOf, type UserSecret } from '../../../api/index.ts';
import { parseTagChanges, tagsOf } from '../../../client/index.ts';
import { parseRotateBy } from '../../args/rotate-by.ts';
import type { Connection } from '../../connect/connection.ts';
import { userSecrets } from '../../connect/kinds.ts';
import { CliError } from '../../errors.ts';
import type { Invocation } from '../../factory.ts';
import { printLines } from '../../output/print.ts';
import { note, say } from '../../output/say.ts';
import { findSecret, notFound, secretWord, type NamedSecret } from '../../secrets/find-secret.ts';
import { secretNamed } from '../../secrets/named-secrets.ts';

/** Without changes it prints the tags. */
export async function tagSecret(run: Invocation, keyText: string, words: readonly string[]): Promise<void> {
  const changes = parseTagChanges(words);
  if ('problem' in changes) throw new CliError('usage', changes.problem);
  const { connection, secret, named } = await found(run, keyText);
  const { key } = named;
  if (words.length === 0) {
    const tags = tagsOf(secret.metadata);
    printLines(run, tags);
    if (tags.length === 0)
      note(run, `Secret '${key}' has no tags; \`neuro secret tag ${secretWord(named)} NAME\` sets one.`);
    return;
  }
  const changed = await patchMetadata(connection, secret, { labels: changes.labels });
  const tags = tagsOf(changed.metadata);
  say(run, tags.length === 0 ? `Secret '${key}' has no tags.` : `Tags of '${key}': ${tags.join(', ')}.`);
}

/** Without a date it prints the one there is. */
export async function setRotateBy(run: Invocation, keyText: string, when: string | undefined): Promise<void> {
  const day = when === undefined ? undefined : parseRotateBy(when, run.io.now());
  const { connection, secret, named } = await found(run, keyText);
  const { key } = named;
  if (day === undefined) {
    const { day: noted } = rotateByOf(secret) ?? {};
    if (noted === undefined) say(run, `Secret '${key}' has no date to rotate by.`);
    else printLines(run, [noted]);
    return;
  }
  await patchMetadata(connection, secret, { annotations: { [ANNOTATION_ROTATE_BY]: day === '' ? null : day } });
  say(run, day === '' ? `Secret '${key}' has no date to rotate by any more.` : `Rotate '${key}' by ${day}.`);
}

async function found(
  run: Invocation,
  keyText: string,
): Promise<{ readonly connection: Connection; readonly secret: UserSecret; readonly named: NamedSecret }> {
  const { connection, named } = await secretNamed(run, keyText);
  const secret = await findSecret(connection, named);
  if (secret === undefined) throw notFound(named);
  return { connection, secret, named };
}

function patchMetadata(
  { client }: Connection,
  { metadata: { namespace = '', name } }: UserSecret,
  metadata: Readonly<Record<'labels' | 'annotations', Readonly<Record<string, string | null>>>> | object,
): Promise<UserSecret> {
  return client.patch(userSecrets, { namespace, name }, { metadata }, { fieldManager: FIELD_MANAGERS.cli });
}
