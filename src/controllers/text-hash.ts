/** A short stand-in for a long text: equal hashes mean equal texts. */
import { hash } from 'node:crypto';

/** SHA-256 in base64, 44 characters. The one-shot function takes about half the time of `createHash`. */
export function hashOf(text: string): string {
  return hash('sha256', text, 'base64');
}
