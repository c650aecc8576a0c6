/**
 * A value that is composed of others (`spec.template`): which parts it needs, whether it may have them, and the composed bytes. Pure.
 *
 * Promises: every part is a UserSecret of the same namespace that is not a copy, so nothing composed outlives somebody's access. A
 * template can be a part of a template, and that one cannot: so there is no circle, and the work is bounded. No message has a value or
 * a piece of the text.
 */
import { MAX_VALUE_BYTES, ownValue, type UserSecretSpec } from '../../api/index.ts';
import type { Fingerprint } from '../fingerprint.ts';
import type { SecretView } from '../secret-view.ts';
import type { UserSecretView } from '../user-secret-view.ts';
import { copyIn } from './copies.ts';
import type { Problem } from './steps.ts';

type Template = NonNullable<UserSecretSpec['template']>;
type Part = Template['parts'][number];

/** What the stores know of the parts. */
export interface PartsState {
  /** A keyed hash of their values; undefined where there is a problem. */
  readonly hash: string | undefined;
  /** Bytes of all their values. */
  readonly bytes: number;
  readonly problem?: Problem;
}

/** Finds a UserSecret of the namespace, and its native Secret. */
type FindPart = (
  name: string,
) => { readonly userSecret: UserSecretView; readonly native: SecretView | undefined } | undefined;

export function partsStateOf(userSecret: UserSecretView, find: FindPart, fingerprint: Fingerprint): PartsState {
  const versions: string[] = [];
  let bytes = 0;
  for (const part of userSecret.parts ?? []) {
    const found = find(part.secret);
    const problem = problemOf(userSecret, part, found?.userSecret, find);
    if (problem !== undefined) return { hash: undefined, bytes, problem };
    const native = found === undefined || isCopied(found) ? undefined : found.native;
    const isOurs = found !== undefined && native?.ownerUid === found.userSecret.metadata.uid;
    const version = isOurs ? ownValue(native.versions, found.userSecret.key) : undefined;
    if (found === undefined || version === undefined) return { hash: undefined, bytes, problem: missingPart(part) };
    versions.push(part.name, found.userSecret.metadata.uid, version);
    bytes += native?.dataBytes ?? 0;
  }
  return { hash: partsHash(fingerprint, userSecret, versions), bytes };
}

/** `versions` has name, UID and version of each part, in their order. */
export function partsHash(fingerprint: Fingerprint, { metadata }: UserSecretView, versions: readonly string[]): string {
  return fingerprint.proof(metadata.uid, 'parts', ...versions);
}

/** Its native Secret has the value of somebody else's secret, which ends with an access. */
function isCopied({ userSecret, native }: NonNullable<ReturnType<FindPart>>): boolean {
  return copyIn(userSecret, native) !== undefined;
}

function problemOf(
  userSecret: UserSecretView,
  part: Part,
  found: UserSecretView | undefined,
  find: FindPart,
): Problem | undefined {
  if (found === undefined || found.metadata.deletionTimestamp !== undefined) return missingPart(part);
  if (found.metadata.uid === userSecret.metadata.uid)
    return notPermitted(`the part '${part.name}' is the secret itself`);
  if (found.sharedFrom !== undefined) {
    return notPermitted(
      `the part '${part.name}' is the copy '${part.secret}', and a value composed of a copy would outlast the access: compose it where the secret is, and copy that`,
    );
  }
  const deep = found.parts?.find(({ secret }) => secret === userSecret.metadata.name || find(secret)?.userSecret.parts);
  if (deep === undefined) return undefined;
  return notPermitted(
    `the part '${part.name}' is the template '${part.secret}', which has the template '${deep.secret}' as a part: a template has templates as parts one level deep`,
  );
}

function notPermitted(why: string): Problem {
  return { reason: 'SourceNotPermitted', message: why };
}

/** The same sentence for a part that does not exist, and for one that has no value yet. */
export function missingPart(part: Part): Problem {
  const message = `the part '${part.name}' has no value: there is no UserSecret '${part.secret}' in this namespace that is ready; the value is composed as soon as there is`;
  return { reason: 'SourceNotFound', message, isStalled: false };
}

/** The value, or why there is none. `values` has the bytes of each part by its name. */
export function compose({ text, parts }: Template, values: ReadonlyMap<string, Uint8Array>): Uint8Array | Problem {
  const encoded = new Map<string, Uint8Array>();
  for (const { name, encode } of parts) {
    const value = values.get(name);
    const bytes = value === undefined ? undefined : encodings[encode ?? 'None'](value);
    if (bytes === undefined) {
      const message = `the value of the part '${name}' is not UTF-8 text, which encode: JSON needs`;
      return { reason: 'ValueInvalid', message };
    }
    encoded.set(name, bytes);
  }
  const pieces: Uint8Array[] = [];
  let bytes = 0;
  for (const piece of text.split(token)) {
    const found = pieceOf(piece, encoded);
    if (found === undefined) {
      const message = `the text of the template has a $( that names no part: write $$( for the characters themselves`;
      return { reason: 'Malformed', message };
    }
    pieces.push(found);
    bytes += found.byteLength;
    // The size is checked before anything is copied, because a part can be named thousands of times.
    if (bytes > MAX_VALUE_BYTES) {
      const message = `the composed value has more than ${String(MAX_VALUE_BYTES)} bytes (1 MiB)`;
      return { reason: 'ValueInvalid', message };
    }
  }
  return Buffer.concat(pieces);
}

/** A dollar sign, a use of a part, or one that is not closed. */
const token = /(\$\$|\$\([^)]*\)?)/;

function pieceOf(piece: string, encoded: ReadonlyMap<string, Uint8Array>): Uint8Array | undefined {
  if (piece === '$$') return Buffer.from('$');
  if (!piece.startsWith('$(')) return Buffer.from(piece);
  return piece.endsWith(')') ? encoded.get(piece.slice(2, -1)) : undefined;
}

const encodings: Readonly<Record<NonNullable<Part['encode']> | 'None', (bytes: Uint8Array) => Uint8Array | undefined>> =
  {
    None: (bytes) => bytes,
    Percent: (bytes) => Buffer.from(percentEncoded(bytes)),
    Base64: (bytes) => Buffer.from(Buffer.from(bytes).toString('base64')),
    JSON: (bytes) => {
      try {
        return Buffer.from(JSON.stringify(new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)));
      } catch {
        return undefined;
      }
    },
  };

/** Every byte but the unreserved characters of RFC 3986 (section 2.3), so that it is right in each part of a URL. */
function percentEncoded(bytes: Uint8Array): string {
  return Buffer.from(bytes)
    .toString('latin1')
    .replace(/[^A-Za-z0-9._~-]/g, (character) => {
      return `%${character.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`;
    });
}
