/** An option that can be repeated. */
export function collect(word: string, former: readonly string[] = []): readonly string[] {
  return [...former, word];
}
