/** Finds what a file exports although no other file names it. Words are compared, not symbols: a name that two files share counts as used. */

const exported =
  /^export (?:declare )?(?:abstract )?(?:async )?(?:const|let|function\*?|class|interface|type) ([A-Za-z_$][\w$]*)/gm;
const word = /[A-Za-z_$][\w$]*/g;

/** `path: name` of each; `texts` are all files, by path. */
export function loneExports(
  texts: ReadonlyMap<string, string>,
  isLookedAt: (path: string) => boolean,
): readonly string[] {
  const filesWith = new Map<string, number>();
  for (const text of texts.values())
    for (const name of new Set(text.match(word))) filesWith.set(name, (filesWith.get(name) ?? 0) + 1);
  return [...texts].flatMap(([path, text]) =>
    isLookedAt(path)
      ? [...text.matchAll(exported)].flatMap(([, name = '']) => (filesWith.get(name) === 1 ? [`${path}: ${name}`] : []))
      : [],
  );
}
