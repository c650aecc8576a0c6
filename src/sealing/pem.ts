/** PEM (RFC 7468): the first block with one of the wanted labels. Text before and after it is left alone. */
import { decodeBase64, encodeBase64, type Bytes } from './bytes.ts';
import { SealingError } from './errors.ts';

/** A chain of certificates is some kilobytes. */
const MAX_PEM_LENGTH = 256 * 1024;
const LINE_LENGTH = 64;

interface PemBlock {
  readonly label: string;
  readonly bytes: Bytes;
}

export function formatPem(label: string, bytes: Uint8Array): string {
  const lines = encodeBase64(bytes, 'base64').match(new RegExp(`.{1,${LINE_LENGTH}}`, 'g')) ?? [];
  return [`-----BEGIN ${label}-----`, ...lines, `-----END ${label}-----`, ''].join('\n');
}

/** Throws `InvalidKey`, never with a piece of the text: it may be a private key. */
export function parsePem(text: string, labels: readonly string[]): PemBlock {
  const expected = labels.map((label) => `"${label}"`).join(' or ');
  if (text.length > MAX_PEM_LENGTH) {
    throw new SealingError('InvalidKey', `The PEM text has ${text.length} characters, more than ${MAX_PEM_LENGTH}.`);
  }
  for (const label of labels) {
    const begin = `-----BEGIN ${label}-----`;
    const start = text.indexOf(begin);
    if (start < 0) continue;
    const end = text.indexOf(`-----END ${label}-----`, start);
    if (end < 0) throw new SealingError('InvalidKey', `The PEM block "${label}" has no end line; the text is cut off.`);
    return { label, bytes: decodeBody(text.slice(start + begin.length, end), label) };
  }
  throw new SealingError('InvalidKey', `The text has no PEM block ${expected}; give the file as it was written.`);
}

function decodeBody(body: string, label: string): Bytes {
  try {
    return decodeBase64(body.replace(/\s+/g, ''), 'base64', `PEM block "${label}"`);
  } catch (error) {
    if (error instanceof SealingError) throw new SealingError('InvalidKey', error.message);
    throw error;
  }
}
