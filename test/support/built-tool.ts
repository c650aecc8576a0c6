/**
 * Tools that tests need are built from source where they were never built, which takes minutes; a person who waits sees that.
 * They are never skipped.
 */
import { ensureTool } from '../../tools/devcluster/index.ts';

/** A cold build of the largest, on two cores that do something else too. */
export const buildLimitMs = 20 * 60_000;

/** Path of the tool. */
export function builtTool(name: Parameters<typeof ensureTool>[0]): Promise<string> {
  return ensureTool(name, { onProgress: progress });
}

/** What takes long, said on standard error. */
export function progress(line: string): void {
  process.stderr.write(`${line}\n`);
}
