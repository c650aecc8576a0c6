/** Which keys a UserSecret is sealed for, as its texts name them. */
import type { UserSecret, UserSecretSealed } from '../../api/index.ts';
import { parsePublicKeys, parseSealedHpke, SealingError, type SealingPublicKey } from '../../sealing/index.ts';
import type { Connection } from '../connect/connection.ts';
import type { GlobalOptions } from '../options.ts';
import { recoveryKeys, retiredKeys } from './recovery-keys.ts';
import { publicKeys } from './sealing-key.ts';

/** Undefined where it is not sealed, and for kubeseal, whose texts name no key. */
export function sealedKeyIds({ spec: { sealed } }: UserSecret): readonly string[] | undefined {
  if (sealed === undefined || sealed.format === 'kubeseal') return undefined;
  return [...new Set([sealed.value, ...(sealed.values ?? [])].flatMap(keyIdOf))];
}

/** A recovery key of the administrator could not open it. */
export function lacksRecovery(secret: UserSecret, recovery: readonly SealingPublicKey[]): boolean {
  const ids = sealedKeyIds(secret);
  return ids !== undefined && recovery.some(({ keyId }) => !ids.includes(keyId));
}

interface SealedFor {
  readonly keyId: string;
  readonly whose: 'this cluster' | 'a recovery key' | 'a former recovery key' | 'another cluster or key';
}

/** For whom a sealed secret is sealed. The keys of this cluster include its former ones. */
export async function sealedFor(
  connection: Connection,
  options: GlobalOptions,
  secret: UserSecret,
): Promise<readonly SealedFor[]> {
  const ids = sealedKeyIds(secret) ?? [];
  if (ids.length === 0) return [];
  const own = await parsePublicKeys(await publicKeys(connection, options));
  const [recovery, retired] = await Promise.all([
    noneOfBadList(recoveryKeys(connection, options)),
    noneOfBadList(retiredKeys(connection, options)),
  ]);
  const known = [
    [own, 'this cluster'],
    [recovery, 'a recovery key'],
    [retired, 'a former recovery key'],
  ] as const;
  return ids.map((id) => {
    const [, whose] = known.find(([keys]) => keys.some(({ keyId }) => keyId === id)) ?? [];
    return { keyId: id, whose: whose ?? 'another cluster or key' };
  });
}

/** A list that cannot be used stops what seals for it, and nothing else. */
function noneOfBadList(keys: Promise<readonly SealingPublicKey[]>): Promise<readonly SealingPublicKey[]> {
  return keys.catch((error: unknown) => {
    if (error instanceof SealingError) return [];
    throw error;
  });
}

/**
 * Its sealed value without the texts for recovery keys of the cluster: the former ones too, whose words open a text as well as before.
 * Undefined where nothing is left. Where the list cannot be used, nobody knows which texts those are: throws if one is for another key than those
 * of this cluster.
 */
export async function withoutRecovery(
  connection: Connection,
  options: GlobalOptions,
  sealed: UserSecretSealed,
): Promise<UserSecretSealed | undefined> {
  // Its texts name no key, and no recovery key has that format.
  if (sealed.format === 'kubeseal') return sealed;
  const { value, values = [], ...rest } = sealed;
  const texts = [value, ...values];
  const areOnlyOfCluster = async (): Promise<boolean> => {
    const own = await parsePublicKeys(await publicKeys(connection, options));
    return texts.flatMap(keyIdOf).every((id) => own.some(({ keyId }) => keyId === id));
  };
  const listed = async (): Promise<readonly SealingPublicKey[]> => [
    ...(await recoveryKeys(connection, options)),
    ...(await retiredKeys(connection, options)),
  ];
  const keys = await listed().catch(async (error: unknown) => {
    if (error instanceof SealingError && (await areOnlyOfCluster())) return [];
    throw error;
  });
  const ids = new Set(keys.map(({ keyId }) => keyId));
  const [first, ...more] = texts.filter((text) => !keyIdOf(text).some((id) => ids.has(id)));
  return first === undefined ? undefined : { ...rest, value: first, ...(more.length === 0 ? {} : { values: more }) };
}

/** The former recovery keys of the cluster that can open it; none where the list cannot be used. */
export async function formerRecoveryIds(
  connection: Connection,
  options: GlobalOptions,
  secret: UserSecret,
): Promise<readonly string[]> {
  const ids = sealedKeyIds(secret) ?? [];
  if (ids.length === 0) return [];
  const retired = await noneOfBadList(retiredKeys(connection, options));
  return ids.filter((id) => retired.some(({ keyId }) => keyId === id));
}

function keyIdOf(text: string): readonly string[] {
  try {
    return [parseSealedHpke(text).keyId];
  } catch (error) {
    if (error instanceof SealingError) return [];
    throw error;
  }
}
