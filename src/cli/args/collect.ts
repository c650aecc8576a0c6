/** An option that may be given several times. */
export function collect(word: string, former: readonly string[] = []): readonly string[] {
  return [...former, word];
}
