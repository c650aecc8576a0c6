/** A time limit for what is left of a connection. */
import type { Clock } from '../../kernel/index.ts';

/** The part that is needed here of a connection, or of the response on it. */
interface Destroyable {
  readonly destroyed: boolean;
  destroy(): unknown;
  once(event: 'close', listener: () => void): unknown;
}

/** Destroys it after `limitMs`, unless it is closed before. */
export function destroyAfter(connection: Destroyable, limitMs: number, clock: Clock): void {
  if (connection.destroyed) return;
  const cancel = clock.schedule(() => connection.destroy(), limitMs);
  connection.once('close', cancel);
}
