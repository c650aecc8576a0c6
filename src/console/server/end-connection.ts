/** Ends a connection with its last bytes. Half of it would stay open for as long as the other side likes. */
import type { Duplex } from 'node:stream';
import type { Clock } from '../../kernel/index.ts';
import { destroyAfter } from './destroy-after.ts';

/** Until the other side has read them. */
export const lingerMs = 1_000;

export function endConnection(connection: Duplex, text: string, clock: Clock): void {
  if (connection.destroyed || connection.writableEnded) return;
  connection.end(text);
  connection.resume();
  destroyAfter(connection, lingerMs, clock);
}
