/** Waits between two looks at the cluster; rejects when the signal aborts. */
import { sleep, systemClock } from '../../kernel/index.ts';

export function pause(pauseMs: number, signal?: AbortSignal): Promise<void> {
  return sleep(pauseMs, signal === undefined ? { clock: systemClock } : { clock: systemClock, signal });
}
