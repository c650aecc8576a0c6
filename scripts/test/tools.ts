/** Builds what only some test files need while other files are tested, with what those leave of the processors. */
import { isBuilt } from '../../tools/devcluster/build/binaries.ts';
import { ensureBuilt } from '../../tools/devcluster/build/build.ts';
import { EXTRA, type ExtraTool } from '../../tools/devcluster/build/components.ts';

/** Compilers do not slow down what is tested meanwhile. */
const NICENESS = 19;
/** The small ones first, and those that many files need. */
const ORDER: readonly ExtraTool[] = ['kubeseal', 'helm', 'flux-apply', 'kueue', 'argocd'];

interface ToolBuilds {
  /** Resolves when each is built or is given up, with those that are not there. Begins to build at the first call. */
  settled(tools: readonly ExtraTool[]): Promise<readonly ExtraTool[]>;
}

/** `limit` ends what is being built, and what was not begun is not. A tool that does not build fails the tests that need it. */
export function buildTools(
  wanted: ReadonlySet<ExtraTool>,
  onProgress: (line: string) => void,
  limit?: AbortSignal,
): ToolBuilds {
  const isOver = (): boolean => limit?.aborted === true;
  const built = new Map<ExtraTool, Promise<boolean>>();
  let before: Promise<unknown> = Promise.resolve();
  for (const name of ORDER.filter((each) => wanted.has(each))) {
    const one = before.then(async () => {
      if (isOver()) return false;
      await ensureBuilt([EXTRA[name]], { onProgress, signal: limit, niceness: NICENESS }).catch((error: unknown) => {
        if (!isOver()) onProgress(String(error));
      });
      return !isOver() || (await isBuilt(EXTRA[name]));
    });
    built.set(name, one);
    before = one;
  }
  return {
    settled: async (tools) => {
      const there = await Promise.all(tools.map((tool) => built.get(tool) ?? Promise.resolve(true)));
      return tools.filter((_, index) => there[index] !== true);
    },
  };
}
