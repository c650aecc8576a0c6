/** The shared libraries that a program needs, as entries of an image, so that it runs in an otherwise empty one. */
import { realpathSync } from 'node:fs';
import { spawnSync } from 'node:child_process';
import type { ImageEntry } from './oci-image.ts';

/** Empty for a static program. */
export function linkedLibraries(program: string): ImageEntry[] {
  const { stdout } = spawnSync('ldd', [program], { encoding: 'utf8' });
  return librariesOf(stdout).map((path) => ({ path, type: 'copy', source: realpathSync(path), mode: 0o755 }));
}

/** `libm.so.6 => /lib/… (0x…)`, and the loader itself without an arrow. */
export function librariesOf(lddOutput: string): string[] {
  const paths = lddOutput.split('\n').flatMap((line) => /(?:=>\s*|^\s*)(\/\S+)\s+\(0x/.exec(line)?.[1] ?? []);
  return [...new Set(paths)];
}
