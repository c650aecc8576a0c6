/** Polls until a question is answered with yes, a time limit passes or the caller gives up. */
import { setTimeout as sleep } from 'node:timers/promises';
import { DevClusterError } from '../errors.ts';

export interface WaitOptions {
  /** Ends the sentence "Waiting for …". */
  readonly what: string;
  readonly timeoutMs: number;
  readonly pollMs: number;
  readonly signal?: AbortSignal | undefined;
}

/** An answer of `false` and a thrown network error both mean "not yet"; a DevClusterError ends the wait. */
export async function waitUntil(options: WaitOptions, question: () => Promise<boolean>): Promise<void> {
  const deadline = Date.now() + options.timeoutMs;
  let last: unknown;
  for (;;) {
    options.signal?.throwIfAborted();
    try {
      if (await question()) return;
    } catch (error) {
      if (error instanceof DevClusterError) throw error;
      last = error;
    }
    if (Date.now() > deadline) {
      const seen = last instanceof Error ? ` (last seen: ${last.message})` : '';
      throw new DevClusterError(
        'NotReady',
        `Waiting for ${options.what}: not there after ${options.timeoutMs / 1000} s${seen}; look into the logs folder of the cluster.`,
        { cause: last },
      );
    }
    await sleep(options.pollMs);
  }
}
