/** What people of kubectl write between the name of a Pod and `--`: `neuro exec JOB -it -- sh`. Pure. */
const terminal: ReadonlyMap<string, boolean | undefined> = new Map([
  ['-t', true],
  ['--tty', true],
  ['-it', true],
  ['-ti', true],
  ['-T', false],
  ['--no-tty', false],
  ['-i', undefined],
  ['--stdin', undefined],
]);

/** The index of the `--` that only habits stand before. */
export function endOfHabits(words: readonly string[]): number | undefined {
  const end = words.indexOf('--');
  return end !== -1 && words.slice(0, end).every((word) => terminal.has(word)) ? end : undefined;
}

/** Whether they ask for a terminal; the last that says so wins. */
export function terminalAsked(habits: readonly string[]): boolean | undefined {
  return habits.map((word) => terminal.get(word)).findLast((value) => value !== undefined);
}
