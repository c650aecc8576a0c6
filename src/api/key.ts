/**
 * Keys: the names that people give their secrets, and the names of objects made from them.
 *
 * The rule is Neuro's: 1 to 253 of `[A-Za-z0-9_.-]`, not `.`, not beginning `..`; upper and lower case differ.
 */
import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';
import { ApiError } from './errors.ts';
import type { UserSecret } from './v1/user-secret.ts';

export const MAX_KEY_LENGTH = 253;

const FOREIGN_CHARACTER = /[^A-Za-z0-9_.-]/u;
const DNS_1123_SUBDOMAIN = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/;
const MAX_NAME_LENGTH = 253;
const HASH_DIGITS = 8;
/** The slug of a key that has no letter and no digit. */
const EMPTY_SLUG = 'secret';

/** Why `key` is no key, as a sentence; undefined when it is one. */
export function keyProblem(key: string): string | undefined {
  const rule = `a key has 1 to ${MAX_KEY_LENGTH} characters: letters, digits and '_', '.', '-'`;
  if (key === '') return `The key is empty; ${rule}.`;
  if (key.length > MAX_KEY_LENGTH) return `The key has ${key.length} characters; ${rule}.`;
  const foreign = FOREIGN_CHARACTER.exec(key)?.[0];
  if (foreign !== undefined) return `The key ${JSON.stringify(key)} holds ${nameOf(foreign)}; ${rule}.`;
  if (key === '.') return "The key is '.', which is the name of a folder; add another character.";
  if (key.startsWith('..')) return `The key '${key}' begins with '..'; a key may begin with one dot.`;
  return undefined;
}

/** As an argument of a command: a key that begins with '-' would be taken for an option, and its URI means the same. */
export function keyWord(key: string): string {
  return key.startsWith('-') ? `secret:${key}` : key;
}

export function isKey(key: string): boolean {
  return keyProblem(key) === undefined;
}

/** Throws `InvalidKey`. */
export function checkKey(key: string): void {
  const problem = keyProblem(key);
  if (problem !== undefined) throw new ApiError('InvalidKey', problem);
}

/**
 * The default name of the UserSecret with that key: the key itself where Kubernetes takes it as a name, otherwise its
 * slug and 8 hexadecimal digits of its SHA-256. Throws `InvalidKey`.
 */
export function objectNameForKey(key: string): string {
  checkKey(key);
  if (isObjectName(key)) return key;
  const slug = key.toLowerCase().replace(/[^a-z0-9]+/g, '-');
  const room = MAX_NAME_LENGTH - HASH_DIGITS - 1;
  const trimmed = slug.slice(0, room).replace(/^-+|-+$/g, '');
  const hash = bytesToHex(sha256(utf8ToBytes(key))).slice(0, HASH_DIGITS);
  return `${trimmed === '' ? EMPTY_SLUG : trimmed}-${hash}`;
}

/** Whether Kubernetes takes it as `metadata.name` of our kinds (a DNS-1123 subdomain). */
export function isObjectName(name: string): boolean {
  return name.length <= MAX_NAME_LENGTH && DNS_1123_SUBDOMAIN.test(name);
}

/** The key in force. */
export function effectiveKey(userSecret: Pick<UserSecret, 'metadata' | 'spec'>): string {
  return userSecret.spec.key ?? userSecret.metadata.name;
}

/**
 * What people call the secret: its key, or the name of the object where the type fixes the key, so that a namespace can have
 * several of them.
 */
export function calledName(userSecret: Pick<UserSecret, 'metadata' | 'spec'>): string {
  return calledBy(userSecret.spec.type, effectiveKey(userSecret), userSecret.metadata.name);
}

/** The same of its parts. */
export function calledBy(type: string | undefined, key: string, name: string): string {
  return (type ?? 'Opaque') === 'Opaque' ? key : name;
}

/** The name of the native Secret. */
export function nativeSecretName(userSecret: Pick<UserSecret, 'metadata' | 'spec'>): string {
  return userSecret.spec.secretName ?? userSecret.metadata.name;
}

function nameOf(character: string): string {
  if (character === ' ') return 'a space';
  if (character === '/') return "a '/'";
  return JSON.stringify(character);
}
