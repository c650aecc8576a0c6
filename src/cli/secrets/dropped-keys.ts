/** A new text in the place of one that was sealed for more keys: the owners of those cannot open the new one. */
import type { UserSecret } from '../../api/index.ts';
import type { Connection } from '../connect/connection.ts';
import type { GlobalOptions } from '../options.ts';
import { warn, type Speaker } from '../output/say.ts';
import { secretWord, type NamedSecret } from './find-secret.ts';
import type { Recipients } from './recipients.ts';
import { sealedFor, sealedKeyIds } from './sealed-for.ts';

interface Replaced {
  readonly named: NamedSecret;
  /** The UserSecret before the change. */
  readonly former: UserSecret;
  /** Whom the new text is for. */
  readonly recipients: Recipients;
}

export async function warnOfDroppedKeys(
  run: Speaker,
  connection: Connection,
  { named, former, recipients }: Replaced,
): Promise<void> {
  const dropped = await droppedKeys(connection, run.options, former, recipients);
  if (dropped.length > 0)
    warn(
      run,
      `'${named.key}' is no longer sealed for ${dropped.join(', ')}: keys of other clusters, recovery keys or keys that were retired. To seal it for another cluster too: \`neuro secret reseal ${secretWord(named)} --for CLUSTER\`.`,
    );
}

/** Keys of nobody that is known here. Former keys of this cluster are known to it alone, so it is asked, where there are others than now. */
export async function droppedKeys(
  connection: Connection,
  options: GlobalOptions,
  former: UserSecret,
  { clusters, recovery }: Recipients,
): Promise<readonly string[]> {
  const kept = new Set([...clusters, ...recovery].map(({ keyId }) => keyId));
  if ((sealedKeyIds(former) ?? []).every((keyId) => kept.has(keyId))) return [];
  return (await sealedFor(connection, options, former))
    .filter(({ keyId, whose }) => whose === 'another cluster or key' && !kept.has(keyId))
    .map(({ keyId }) => keyId);
}
