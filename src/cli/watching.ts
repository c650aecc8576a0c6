/** Loads `--watch` only when a list is requested. */
import type { watched } from './output/watch.ts';

export type { WatchOptions } from './output/watch.ts';

export async function watching(): Promise<typeof watched> {
  return (await import('./output/watch.ts')).watched;
}
