/**
 * The keys that encrypt session cookies: 32 bytes each, in base64, one a line of a file that all replicas share. The first seals, all open.
 * To rotate the keys, put a new one first, and remove the last one when the longest session has ended. The file is read again when it changes.
 */
import { createHash, randomBytes } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import type { Clock, Logger } from '../../../kernel/index.ts';
import { ConsoleError } from '../errors.ts';

interface SessionKey {
  /** Says which key sealed a cookie; tells nothing of the key. */
  readonly id: string;
  readonly bytes: Uint8Array;
}

export interface SessionKeys {
  /** At least one; the first seals. */
  current(): readonly SessionKey[];
}

const keyBytes = 32;
/** A mounted Secret is updated by a kubelet within a minute or so; this is soon after. */
const lookEveryMs = 10_000;

/** Keys for one process alone: sessions end with it. */
export function randomSessionKeys(): SessionKeys {
  const keys = [keyOf(randomBytes(keyBytes))];
  return { current: () => keys };
}

interface SessionKeysOptions {
  readonly clock: Clock;
  readonly log: Pick<Logger, 'warn'>;
}

/** Throws at once if the file is wrong. If it becomes wrong later, the former keys stay in force, and one line of the log says so. */
export function sessionKeysFrom(path: string, { clock, log }: SessionKeysOptions): SessionKeys {
  let keys = readKeys(path);
  let readAt = clock.steadyNow();
  let version = versionOf(path);
  let isFailing = false;
  return {
    current: () => {
      if (clock.steadyNow() - readAt < lookEveryMs) return keys;
      readAt = clock.steadyNow();
      try {
        const now = versionOf(path);
        if (now !== version) keys = readKeys(path);
        version = now;
        isFailing = false;
      } catch (error) {
        // During a rotation the file may be missing for a moment, so the next look may succeed.
        if (!isFailing) log.warn({ error }, 'the session keys cannot be read again: the former ones stay in force');
        isFailing = true;
      }
      return keys;
    },
  };
}

function versionOf(path: string): string {
  const { mtimeMs, ino, size } = statSync(path);
  return `${String(mtimeMs)} ${String(ino)} ${String(size)}`;
}

function readKeys(path: string): readonly SessionKey[] {
  const lines = readFileSync(path, 'utf8')
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
  const keys = lines.map((line) => Buffer.from(line, 'base64'));
  const wrong = keys.filter(({ length }) => length !== keyBytes).length;
  if (keys.length === 0 || wrong > 0) {
    throw new ConsoleError(
      'ConfigNotReadable',
      `${path}: expected one key a line, each 32 bytes in base64 (openssl rand -base64 32); ${keys.length === 0 ? 'the file has no line' : `${String(wrong)} of ${String(keys.length)} lines are something else`}.`,
    );
  }
  return keys.map(keyOf);
}

function keyOf(bytes: Uint8Array): SessionKey {
  return {
    id: createHash('sha256').update('neuro-console session key ').update(bytes).digest('hex').slice(0, 12),
    bytes,
  };
}
