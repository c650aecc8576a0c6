/**
 * What a sealed value is bound to, and how that becomes bytes that authenticate it.
 *
 * Promise: two different contexts never give the same bytes; texts that Kubernetes could not hold are refused here,
 * before any cryptography, because with them (`/` in a name, lone surrogates) two contexts could look alike.
 */
import { concatBytes, encodeUtf8, type Bytes } from './bytes.ts';
import { SealingError } from './errors.ts';

/** The UserSecret's namespace, its `metadata.name`, and its `spec.key`. */
export interface SealingContext {
  readonly namespace: string;
  readonly name: string;
  readonly key: string;
}

/** The scopes of sealed-secrets: the object, all objects of the namespace, or any object may hold the sealed value. */
export type SealingScope = 'strict' | 'namespace-wide' | 'cluster-wide';

/** A value has 1 byte to 1 MiB in either format. etcd accepts objects that are slightly larger. */
export const MAX_VALUE_BYTES = 1024 * 1024;

/** Kubernetes' own bound of an object's name; namespaces are shorter, keys of a Secret the same. */
const MAX_NAME_LENGTH = 253;

/** Refuses a value that cannot be sealed, or whose sealed form says that it holds none. */
export function checkValueLength(lengthBytes: number): void {
  if (lengthBytes < 1) {
    throw new SealingError('Empty', 'The value is empty; a secret has at least one byte. Delete the secret instead.');
  }
  if (lengthBytes > MAX_VALUE_BYTES) {
    throw new SealingError(
      'TooLarge',
      `The value has ${lengthBytes} bytes; at most ${MAX_VALUE_BYTES} (1 MiB) can be kept. Split it or store it elsewhere.`,
    );
  }
}

/** Refuses a context that no Kubernetes object has. Not a full check of names: the API server does that. */
export function checkContext(context: SealingContext): void {
  checkName('namespace', context.namespace);
  checkName('name', context.name);
  checkName('key', context.key);
}

/**
 * Each field with its length (16 bit, big endian) before it: `a`+`bc` and `ab`+`c` differ. `fields` are what goes
 * before the context, such as version, suite and key id.
 */
export function bindingOf(fields: readonly string[], context: SealingContext): Bytes {
  const parts: Uint8Array[] = [];
  for (const field of [...fields, context.namespace, context.name, context.key]) {
    const bytes = encodeUtf8(field);
    parts.push(Uint8Array.of(bytes.length >> 8, bytes.length & 255), bytes);
  }
  return concatBytes(...parts);
}

/** sealed-secrets' label (its `EncryptionLabel`): `namespace/name`, `namespace`, or nothing. The key is not in it. */
export function kubesealLabel(scope: SealingScope, context: SealingContext): Bytes {
  switch (scope) {
    case 'strict':
      return encodeUtf8(`${context.namespace}/${context.name}`);
    case 'namespace-wide':
      return encodeUtf8(context.namespace);
    case 'cluster-wide':
      return new Uint8Array(0);
    default:
      scope satisfies never;
      throw new SealingError(
        'InvalidContext',
        `The scope ${JSON.stringify(scope)} is none of strict, namespace-wide and cluster-wide.`,
      );
  }
}

/** Describes the context in messages about what failed. */
export function describeContext(context: SealingContext): string {
  const { namespace, name, key } = context;
  return `namespace ${JSON.stringify(namespace)}, name ${JSON.stringify(name)}, key ${JSON.stringify(key)}`;
}

function checkName(field: keyof SealingContext, text: string): void {
  const problem = problemOf(text);
  if (problem === undefined) return;
  throw new SealingError('InvalidContext', `The ${field} to seal for ${problem}; give the UserSecret's own ${field}.`);
}

function problemOf(text: string): string | undefined {
  if (text.length === 0) return 'is empty';
  if (text.length > MAX_NAME_LENGTH) return `has ${text.length} characters, more than ${MAX_NAME_LENGTH}`;
  if (text.includes('/')) return 'holds a "/"';
  if (!text.isWellFormed()) return 'is not well-formed Unicode';
  return undefined;
}
