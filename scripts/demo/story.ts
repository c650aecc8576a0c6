/** How the demo speaks and checks: one line a step, with what was seen and how long it took. */

export interface Story {
  /** Runs one step; `tell` answers what was seen. Throws what the step throws, after saying which one it was. */
  step(title: string, tell: () => Promise<string>): Promise<void>;
  /** A line that somebody types in this step; it stands below the step. */
  typed(line: string): void;
  readonly steps: number;
}

export class Different extends Error {
  override readonly name = 'Different';
}

export function createStory(write: (line: string) => void): Story {
  const startedMs = performance.now();
  let steps = 0;
  let lines: string[] = [];
  const writeTyped = (): void => {
    for (const line of lines) write(`      ${line}`);
    lines = [];
  };
  return {
    typed: (line) => void lines.push(line),
    get steps() {
      return steps;
    },
    async step(title, tell) {
      const stepMs = performance.now();
      steps += 1;
      const number = String(steps).padStart(2);
      try {
        const seen = await tell();
        const took = seconds(performance.now() - stepMs);
        write(`${number}  ${title.padEnd(58)} ${took.padStart(7)}  ${seen}`);
        writeTyped();
      } catch (error) {
        write(`${number}  ${title.padEnd(58)} DIFFERENT after ${seconds(performance.now() - startedMs)}`);
        writeTyped();
        throw error;
      }
    },
  };
}

export function expectThat(holds: boolean, expected: string, found: string): void {
  if (!holds) throw new Different(`expected ${expected}, found: ${found.trim()}`);
}

/** Asks again every `everyMs` until `ask` answers something, for at most `timeoutMs`. */
export async function until<T>(
  what: string,
  ask: () => Promise<T | undefined>,
  timeoutMs = 30_000,
  everyMs = 100,
): Promise<T> {
  const endMs = performance.now() + timeoutMs;
  for (;;) {
    const answer = await ask();
    if (answer !== undefined) return answer;
    if (performance.now() > endMs) throw new Different(`expected within ${seconds(timeoutMs)}: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, everyMs));
  }
}

export function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(1)} s`;
}
