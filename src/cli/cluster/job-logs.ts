/** The output of a job's Pod, as it comes. */
import type { Writable } from 'node:stream';
import { isKernelError, pathOf } from '../../kernel/index.ts';
import type { Connection } from './connection.ts';
import { pods } from './kinds.ts';

export interface LogOptions {
  readonly follow: boolean;
  readonly timestamps?: boolean;
  readonly sinceSeconds?: number;
  readonly sinceTime?: string;
  readonly tailLines?: number;
  readonly signal?: AbortSignal;
}

/** Resolves at the end of the output with the number of bytes; with undefined where there is none (no Pod, or no container yet). Aborting ends it where it is. */
export async function copyLogs(
  { requester }: Connection,
  pod: { readonly namespace: string; readonly name: string },
  output: Writable,
  options: LogOptions,
): Promise<number | undefined> {
  let bytes: number | undefined;
  try {
    const body = await requester.stream({
      method: 'GET',
      path: pathOf(pods, { ...pod, subresource: 'log' }),
      accept: '*/*',
      query: {
        follow: options.follow,
        timestamps: options.timestamps,
        sinceSeconds: options.sinceSeconds,
        sinceTime: options.sinceTime,
        tailLines: options.tailLines,
      },
      ...(options.signal === undefined ? {} : { signal: options.signal }),
    });
    bytes = 0;
    for await (const chunk of body as AsyncIterable<Uint8Array>) {
      bytes += chunk.length;
      if (!output.write(chunk)) await new Promise((resolve) => output.once('drain', resolve));
    }
    return bytes;
  } catch (error) {
    if (options.signal?.aborted === true) return bytes;
    // 404: the Pod has gone; 400: its container has not begun.
    if (isKernelError(error, 'NotFound', 'BadRequest')) return undefined;
    throw error;
  }
}
