/** Finds files that import each other in a circle, by type or by value: a type-only circle is one for the reader, too. */
import { readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import ts from 'typescript';

/** The files of `folder` that `path` names in its imports and exports. */
export function importsOf(path: string, text = readFileSync(path, 'utf8')): readonly string[] {
  return ts
    .preProcessFile(text, true, true)
    .importedFiles.map(({ fileName }) => fileName)
    .filter((name) => name.startsWith('.'))
    .map((name) => normalize(join(dirname(path), name)));
}

/**
 * Each circle once, as the files along it. A page that the router loads by `import()` may name the router, so a circle is
 * reported whatever the form of the import: give what both need a file of its own.
 */
export function circlesIn(imports: ReadonlyMap<string, readonly string[]>): readonly (readonly string[])[] {
  const circles: string[][] = [];
  const finished = new Set<string>();
  const walk = (file: string, way: readonly string[]): void => {
    const start = way.indexOf(file);
    if (start !== -1) circles.push([...way.slice(start), file]);
    if (start !== -1 || finished.has(file)) return;
    for (const next of imports.get(file) ?? []) walk(next, [...way, file]);
    finished.add(file);
  };
  for (const file of imports.keys()) walk(file, []);
  return circles;
}
