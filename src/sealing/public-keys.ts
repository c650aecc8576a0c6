/**
 * The public key document: what ConfigMap `neuro-sealing-keys` tells clients. A JSON list, newest first, of
 * `{keyId, suite, publicKey, createdAt, active}`.
 *
 * Promise: what `parsePublicKeys` returns is sound (ids are those of the keys, sizes fit, one active key a suite).
 * An entry of a suite not known here is passed over, and so are fields not known here, so that an older client goes on
 * working when the operator learns a new suite.
 */
import { decodeBase64, encodeBase64 } from './bytes.ts';
import { SealingError } from './errors.ts';
import { checkKeyId, type SealingPublicKey } from './hpke-key-pair.ts';
import { isSealingSuite, isSuiteSupported, SEALING_SUITES, suiteParameters } from './suites.ts';

export interface PublishedKey extends SealingPublicKey {
  /** RFC 3339, UTC. */
  readonly createdAt: string;
  /** The one of its suite to seal with now. */
  readonly active: boolean;
}

/** A key of 30 days for 80 years; a ConfigMap holds 1 MiB. */
const MAX_KEYS = 1000;
const MAX_DOCUMENT_LENGTH = 2 * 1024 * 1024;
const TIME_PATTERN = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?Z$/;

export function formatPublicKeys(keys: readonly PublishedKey[]): string {
  const entries = keys.map(({ keyId, suite, publicKey, createdAt, active }) => {
    return { keyId, suite, publicKey: encodeBase64(publicKey, 'base64url'), createdAt, active };
  });
  return `${JSON.stringify(entries, undefined, 2)}\n`;
}

/** Throws `InvalidKey`. */
export async function parsePublicKeys(text: string): Promise<readonly PublishedKey[]> {
  const keys = await parseKeys(text, () => undefined);
  for (const [index, key] of keys.entries()) {
    if (key.active && keys.slice(0, index).some((other) => other.active && other.suite === key.suite)) {
      throw invalid(`has two active keys of the suite ${key.suite}`);
    }
  }
  return keys;
}

/**
 * Entries in the same form, each a key of its own, such as a list of recovery keys. A key that would be left out could not open the value later,
 * so a suite that is not known here is an error, too. Throws `InvalidKey` or `UnsupportedSuite`.
 */
export function parseEveryKey(text: string): Promise<readonly PublishedKey[]> {
  return parseKeys(text, (suite, where) => {
    throw new SealingError(
      'UnsupportedSuite',
      `The public key document has ${where} of the suite ${suite}, which this version lacks; update it.`,
    );
  });
}

async function parseKeys(
  text: string,
  onUnknownSuite: (suite: string, where: string) => void,
): Promise<readonly PublishedKey[]> {
  const keys: PublishedKey[] = [];
  for (const [index, entry] of parseList(text).entries()) {
    const key = parseEntry(entry, `entry ${index + 1}`, onUnknownSuite);
    if (!key) continue;
    await checkKeyId(key);
    if (keys.some((other) => other.keyId === key.keyId)) throw invalid(`lists ${key.keyId} twice`);
    keys.push(key);
  }
  return keys;
}

/** The active key of the best suite that this runtime has. Throws `InvalidKey` or `UnsupportedSuite`. */
export async function chooseSealingKey(keys: readonly PublishedKey[]): Promise<PublishedKey> {
  const active = keys.filter((key) => key.active);
  if (active.length === 0) throw invalid('has no active key; look whether the operator runs');
  for (const suite of SEALING_SUITES) {
    const key = active.find((candidate) => candidate.suite === suite);
    if (key && (await isSuiteSupported(suite))) return key;
  }
  const suites = active.map((key) => key.suite).join(', ');
  throw new SealingError(
    'UnsupportedSuite',
    `The cluster's sealing keys are of the suite ${suites}, which this runtime lacks; use Node 24.7 or newer, or another browser.`,
  );
}

function parseList(text: string): readonly unknown[] {
  if (text.length > MAX_DOCUMENT_LENGTH) throw invalid(`has ${text.length} characters, too many`);
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    // JSON.parse quotes what it read, and that may be another file than the one meant.
    throw invalid('is not JSON; read it again');
  }
  if (!Array.isArray(parsed)) throw invalid('is not a list');
  if (parsed.length > MAX_KEYS) throw invalid(`lists ${parsed.length} keys, more than ${MAX_KEYS}`);
  return parsed;
}

/** Undefined for an entry of a suite that is not known here. */
function parseEntry(
  entry: unknown,
  where: string,
  onUnknownSuite: (suite: string, where: string) => void,
): PublishedKey | undefined {
  if (typeof entry !== 'object' || entry === null) throw invalid(`holds ${where}, which is not an object`);
  const { keyId, suite, publicKey, createdAt, active }: Readonly<Record<string, unknown>> = { ...entry };
  if (typeof suite !== 'string') throw invalid(`lacks the suite of ${where}`);
  if (!isSealingSuite(suite)) {
    onUnknownSuite(suite, where);
    return undefined;
  }
  if (typeof keyId !== 'string') throw invalid(`lacks the key id of ${where}`);
  if (typeof publicKey !== 'string') throw invalid(`lacks the public key of ${where}`);
  if (typeof createdAt !== 'string' || !TIME_PATTERN.test(createdAt)) {
    throw invalid(`lacks the time of ${where}, as in 2026-01-31T10:00:00Z`);
  }
  if (typeof active !== 'boolean') throw invalid(`does not say whether ${where} is active`);
  const bytes = decodeKey(publicKey, where);
  const expectedBytes = suiteParameters(suite).publicKeyBytes;
  if (bytes.length !== expectedBytes) {
    throw invalid(`has a public key of ${bytes.length} bytes at ${where} where ${suite} has ${expectedBytes}`);
  }
  return { keyId, suite, publicKey: bytes, createdAt, active };
}

function decodeKey(text: string, where: string): Uint8Array {
  try {
    return decodeBase64(text, 'base64url', `public key of ${where}`);
  } catch (error) {
    if (error instanceof SealingError) throw new SealingError('InvalidKey', error.message);
    throw error;
  }
}

function invalid(problem: string): SealingError {
  return new SealingError('InvalidKey', `The public key document ${problem}.`);
}
