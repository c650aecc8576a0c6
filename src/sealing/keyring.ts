/**
 * All key pairs of one operator: opens either format with the right pair and tells which one it was.
 *
 * Promise: a keyring never changes; a new pair means a new keyring around pairs that are already imported. The newest
 * pair of its kind (each HPKE suite, RSA) is the active one, and all others are old. Private keys cannot be read out of it.
 */
import type { SealingContext, SealingScope } from './context.ts';
import { SealingError } from './errors.ts';
import type { HpkeKeyPair } from './hpke-key-pair.ts';
import { openKubeseal, type OpenKubesealOptions } from './kubeseal.ts';
import { openParsedHpke } from './open-hpke.ts';
import type { PublishedKey } from './public-keys.ts';
import type { RsaKeyPair } from './rsa-key-pair.ts';
import { parseSealedHpke } from './sealed-text.ts';

/** Mirrors `spec.sealed`. */
export interface SealedValue {
  readonly format: 'hpke' | 'kubeseal';
  readonly value: string;
  /** Only for the kubeseal format. The default is `strict`. */
  readonly scope?: SealingScope | undefined;
}

export interface OpenedValue {
  readonly plaintext: Uint8Array;
  readonly keyId: string;
  /** Sealed for a pair that is not the newest of its kind: worth sealing again. */
  readonly isOldKey: boolean;
}

/** A pair and the time it was made (RFC 3339, or anything that `Date` reads). */
export interface Dated<Pair> {
  readonly pair: Pair;
  readonly createdAt: string;
  /** The time is ahead, so it does not make the pair the newest while there is another. */
  readonly isOfWrongClock?: boolean;
}

export interface SealingKeyring {
  /** Throws a `SealingError` of any code but `InvalidKey`. */
  open(sealed: SealedValue, context: SealingContext, options?: OpenKubesealOptions): Promise<OpenedValue>;
  /** Public halves of the HPKE pairs, newest first, for the key document. */
  readonly publishedKeys: readonly PublishedKey[];
  /** The id of the RSA pair that a certificate is handed out for; undefined where there is none. */
  readonly activeRsaKeyId: string | undefined;
}

export function newSealingKeyring(pairs: {
  readonly hpke: readonly Dated<HpkeKeyPair>[];
  readonly rsa: readonly Dated<RsaKeyPair>[];
  /** Pairs of another system, such as sealed-secrets. They open values, and nothing is sealed for them. */
  readonly rsaForOpening?: readonly RsaKeyPair[];
}): SealingKeyring {
  const hpke = newestFirst(pairs.hpke);
  const hpkePairs = hpke.map(({ pair }) => pair);
  const ownRsaPairs = newestFirst(pairs.rsa).map(({ pair }) => pair);
  const rsaPairs = [...ownRsaPairs, ...(pairs.rsaForOpening ?? [])];
  const activeRsaKeyId = ownRsaPairs[0]?.keyId;
  const publishedKeys = hpke.map(({ pair, createdAt }): PublishedKey => {
    const newest = hpkePairs.find((candidate) => candidate.suite === pair.suite);
    const { suite, keyId, publicKey } = pair;
    return { suite, keyId, publicKey, createdAt, active: newest === pair };
  });
  const activeKeyIds = new Set(publishedKeys.filter(({ active }) => active).map(({ keyId }) => keyId));

  return {
    publishedKeys,
    activeRsaKeyId,
    async open(sealed, context, options) {
      switch (sealed.format) {
        case 'hpke': {
          checkHpkeScope(sealed.scope);
          const parsed = parseSealedHpke(sealed.value);
          const plaintext = await openParsedHpke(hpkePairs, context, parsed);
          return { plaintext, keyId: parsed.keyId, isOldKey: !activeKeyIds.has(parsed.keyId) };
        }
        case 'kubeseal': {
          const opened = await openKubeseal(rsaPairs, sealed.scope ?? 'strict', context, sealed.value, options);
          return { ...opened, isOldKey: opened.keyId !== activeRsaKeyId };
        }
        default:
          sealed.format satisfies never;
          throw new SealingError('Malformed', 'The format is neither hpke nor kubeseal.');
      }
    },
  };
}

/** If two pairs were created at the same time, the key id decides, so that all replicas agree on the active one. */
function newestFirst<Pair extends { readonly keyId: string }>(pairs: readonly Dated<Pair>[]): readonly Dated<Pair>[] {
  return pairs.toSorted(
    (one, other) =>
      Number(one.isOfWrongClock ?? false) - Number(other.isOfWrongClock ?? false) ||
      new Date(other.createdAt).getTime() - new Date(one.createdAt).getTime() ||
      (one.pair.keyId < other.pair.keyId ? -1 : 1),
  );
}

function checkHpkeScope(scope: SealingScope | undefined): void {
  if (scope === undefined || scope === 'strict') return;
  throw new SealingError(
    'InvalidContext',
    `The scope ${scope} goes with the format kubeseal only; the format hpke always binds to one object. Leave the scope out.`,
  );
}
