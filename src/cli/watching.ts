/** The door to `--watch`, which is loaded when a list is asked for. */
import type { watched } from './output/watch.ts';

export type { WatchOptions } from './output/watch.ts';

export async function watching(): Promise<typeof watched> {
  return (await import('./output/watch.ts')).watched;
}
