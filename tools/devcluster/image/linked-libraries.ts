/** The shared libraries that a program needs, as entries of an image, so that it runs in an otherwise empty one. */
import { spawnSync } from 'node:child_process';
import { existsSync, realpathSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { ImageEntry } from './oci-image.ts';

/** Empty for a static program. */
export function linkedLibraries(program: string): ImageEntry[] {
  const { stdout } = spawnSync('ldd', [program], { encoding: 'utf8' });
  return librariesOf(stdout).map((path) => ({ path, type: 'copy', source: realpathSync(path), mode: 0o755 }));
}

/**
 * What a C library loads only when a name is looked up, even by a static program: it wants the very version that it was
 * built with, which is that of this machine.
 */
export function nameLookupLibraries(): ImageEntry[] {
  const libraries = linkedLibraries('/bin/sh');
  const libc = libraries.find(({ path }) => /\/libc\.so/.test(path));
  if (libc === undefined) return [];
  const optional = ['libnss_dns.so.2', 'libnss_files.so.2', 'libresolv.so.2'].map((name) =>
    join(dirname(libc.path), name),
  );
  return [
    ...libraries,
    ...optional
      .filter((path) => existsSync(path))
      .map((path): ImageEntry => ({ path, type: 'copy', source: realpathSync(path), mode: 0o755 })),
  ];
}

/** Each path once. */
export function withoutRepeats(entries: readonly ImageEntry[]): ImageEntry[] {
  return [...new Map(entries.map((entry) => [entry.path, entry])).values()];
}

/** `libm.so.6 => /lib/… (0x…)`, and the loader itself without an arrow. */
export function librariesOf(lddOutput: string): string[] {
  const paths = lddOutput.split('\n').flatMap((line) => /(?:=>\s*|^\s*)(\/\S+)\s+\(0x/.exec(line)?.[1] ?? []);
  return [...new Set(paths)];
}
