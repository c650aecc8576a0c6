/** The output of a job's Pod, as it comes. */
import { once } from 'node:events';
import type { Writable } from 'node:stream';
import type { NeuroJob } from '../../api/index.ts';
import { isContainerGone, type LogCursor } from '../../client/index.ts';
import { KernelError, isKernelError, pathOf } from '../../kernel/index.ts';
import type { Connection } from '../connect/connection.ts';
import { pods } from '../connect/kinds.ts';

export interface LogLimits {
  readonly sinceSeconds?: number;
  readonly sinceTime?: string;
  readonly tailLines?: number;
}

export interface LogOptions {
  readonly container: string;
  readonly follow: boolean;
  /** Copies the output of the previous run of the container, which is the only former run that Kubernetes keeps. */
  readonly previous?: boolean;
  /** Knows what was copied already; copies of one container share it. */
  readonly cursor: LogCursor;
  /** Limits for the first copy. */
  readonly limits?: LogLimits;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Copies what the cursor has not seen. Resolves with true at the end of the output, with false where there is none (no Pod,
 * or no container yet). Rejects with `Server` when the node cannot read it; output that is followed ends there, and the former run's is what there is.
 * Aborting ends it where it is. A connection that breaks rejects; the same cursor then goes on.
 */
export async function copyLogs(
  { requester }: Connection,
  pod: { readonly namespace: string; readonly name: string },
  output: Writable,
  { container, follow, previous = false, cursor, limits = {}, signal }: LogOptions,
): Promise<boolean> {
  const from = cursor.lastTime === undefined ? limits : { sinceTime: wholeSecond(cursor.lastTime) };
  const path = pathOf(pods, { ...pod, subresource: 'log' });
  try {
    const query = { container, follow, timestamps: true, ...(previous ? { previous } : {}), ...from };
    const body = await requester.stream({ method: 'GET', path, accept: '*/*', query, signal });
    cursor.begin();
    for await (const chunk of body as AsyncIterable<Uint8Array>) {
      const bytes = cursor.take(chunk);
      if (bytes.length > 0 && !output.write(bytes)) await once(output, 'drain');
    }
    const { nodeMessage } = cursor;
    if (isContainerGone(nodeMessage)) return false;
    if (nodeMessage !== undefined && !follow && !previous)
      throw new KernelError('Server', `GET ${path}: the node cannot read the output (${nodeMessage})`);
    return true;
  } catch (error) {
    if (signal?.aborted === true) return cursor.lastTime !== undefined;
    // 404: the Pod has gone; 400: its container has not begun.
    if (isKernelError(error, 'NotFound', 'BadRequest')) return false;
    if (error instanceof KernelError) throw error;
    throw new KernelError('Network', `GET ${path}: the connection was cut`, { cause: error });
  }
}

/** A limit applies to the output of the current run. Without one, the output of every run is shown. */
export function wantsRunBefore({ status }: NeuroJob, limits: LogLimits): boolean {
  return (status?.restarts ?? 0) > 0 && Object.keys(limits).length === 0;
}

/** The API server reads no parts of a second. */
function wholeSecond(time: string): string {
  return time.replace(/\.\d+/, '');
}
