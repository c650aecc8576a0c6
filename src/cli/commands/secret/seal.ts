/** `neuro secret seal`: a manifest for git, which only the operators of this cluster, or of those that are named, open. Nothing is created. */
import { API_VERSION, type UserSecret } from '../../../api/index.ts';
import { refuseBeside } from '../../args/refuse-beside.ts';
import { readValue } from '../../args/value.ts';
import { CliError } from '../../errors.ts';
import type { Invocation } from '../../factory.ts';
import { printDocument } from '../../output/objects.ts';
import { warn } from '../../output/say.ts';
import { parseKeyOrUri } from '../../secrets/find-secret.ts';
import { secretNamed } from '../../secrets/named-secrets.ts';
import { namedRecipients, noteRecovery, withThisCluster, type RecipientOptions } from '../../secrets/recipients.ts';
import { namespaceOffline, sealByCertificate } from '../../secrets/seal-offline.ts';
import { objectOf, sealedObject } from '../../secrets/write-secret.ts';

export interface SealOptions extends RecipientOptions {
  readonly raw?: boolean;
  readonly description?: string;
  /** The certificate of a cluster that is not asked. */
  readonly cert?: string;
}

export async function sealSecret(run: Invocation<SealOptions>, keyText: string, argument?: string): Promise<void> {
  const { output } = run.options;
  if (output === 'name' || output === 'wide')
    throw new CliError('usage', `A manifest is yaml (default) or json, not ${output}.`);
  if (run.options.cert !== undefined)
    refuseBeside(run.options, 'The value is sealed for the cluster of --cert alone', [
      'for',
      'recovery',
      'operatorNamespace',
    ]);
  const seal = run.options.cert === undefined ? sealInPlace : sealOffline;
  const document = { apiVersion: API_VERSION, kind: 'UserSecret', ...(await seal(run, keyText, argument)) };
  await printDocument(run, document, output ?? 'yaml');
}

async function sealInPlace(run: Invocation<SealOptions>, keyText: string, argument?: string): Promise<UserSecret> {
  const { options } = run;
  const { connection, named } = await secretNamed(run, keyText);
  const bytes = await valueOf(run, argument);
  const recipients =
    options.for === undefined ? await withThisCluster(connection, options) : await namedRecipients(run);
  const object = await sealedObject({ description: options.description, recipients }, named, bytes);
  noteRecovery(run, recipients);
  return object;
}

async function sealOffline(run: Invocation<SealOptions>, keyText: string, argument?: string): Promise<UserSecret> {
  const { cert = '', description } = run.options;
  // The name of a cluster in a URI cannot be compared with one that is not asked.
  const named = parseKeyOrUri(keyText, await namespaceOffline(run), '');
  const bytes = await valueOf(run, argument);
  return objectOf(named, { description }, (context) => sealByCertificate(cert, context, bytes, run.io.now()));
}

async function valueOf(run: Invocation<SealOptions>, argument: string | undefined): Promise<Uint8Array> {
  const value = await readValue(run.io, argument, { raw: run.options.raw ?? false });
  if (value.tookNewlineOff) warn(run, 'One final line break was taken off the value; --raw keeps it.');
  return value.bytes;
}
