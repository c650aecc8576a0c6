/**
 * Why a form cannot be saved that makes some objects and changes others; undefined where it can. `formers`: for each object the name of the one
 * that it changes, undefined for a new one. A form with nothing in it yet is about a new one.
 */
export function whyNotSaved(
  formers: readonly (string | undefined)[],
  mayNotCreate: string | undefined,
  mayNotChange: (name: string) => string | undefined,
): string | undefined {
  if (formers.length === 0) return mayNotCreate;
  for (const former of formers) {
    const whyNot = former === undefined ? mayNotCreate : mayNotChange(former);
    if (whyNot !== undefined) return whyNot;
  }
  return undefined;
}
