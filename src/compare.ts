/** The order of texts by their code units, and of numbers: the same on every machine, whatever its language. For `sort`. */
export function compare<T extends string | number>(a: T, b: T): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
