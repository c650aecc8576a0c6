/** `neuro secret seal`: a manifest for git, which only the operators of this cluster, or of those that are named, open. Nothing is created. */
import { API_VERSION } from '../../../api/index.ts';
import { readValue } from '../../args/value.ts';
import { parseKeyOrUri } from '../../secrets/find-secret.ts';
import { homeOf } from '../../homes/home.ts';
import { namedRecipients, noteRecovery, withThisCluster, type RecipientOptions } from '../../secrets/recipients.ts';
import { sealedObject } from '../../secrets/write-secret.ts';
import type { Invocation } from '../../factory.ts';
import { printDocument } from '../../output/objects.ts';
import { warn } from '../../output/say.ts';
import type { AddOptions } from './add.ts';

export async function sealSecret(
  run: Invocation<AddOptions & RecipientOptions>,
  keyText: string,
  argument?: string,
): Promise<void> {
  const connection = await run.connect();
  const named = parseKeyOrUri(keyText, await homeOf(connection, run.options), connection.clusterName);
  const value = await readValue(run.io, argument, { raw: run.options.raw ?? false });
  if (value.tookNewlineOff) warn(run, 'One final line break was taken off the value; --raw keeps it.');
  const recipients =
    run.options.for === undefined ? await withThisCluster(connection, run.options) : await namedRecipients(run);
  const object = await sealedObject({ description: run.options.description, recipients }, named, value.bytes);
  const document = { apiVersion: API_VERSION, kind: 'UserSecret', ...object };
  noteRecovery(run, recipients);
  await printDocument(run, document, run.options.output === 'json' ? 'json' : 'yaml');
}
