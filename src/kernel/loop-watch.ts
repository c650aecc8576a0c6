/**
 * Watches for how long the event loop is held by work: the processor time that the thread used while a timer was overdue. Time in which
 * the thread waited for a processor is no stall: another process had it, and no code of ours could have given way.
 *
 * Promise: `longestMs` is the longest stall of the last minute, so that no scrape within a minute misses one.
 * Not promised: a stall shorter than the interval.
 */
interface LoopWatchOptions {
  /** Milliseconds of a clock that never goes back. */
  readonly nowMs?: () => number;
  /** Processor time of this thread in milliseconds. */
  readonly threadCpuMs?: () => number;
  readonly onStall?: (stallMs: number) => void;
}

interface LoopWatch {
  longestMs(): number;
  /** Called by a timer every `intervalMs`; tests call it. */
  tick(): void;
  stop(): void;
}

const intervalMs = 20;
/** The last minute in six parts. */
const partMs = 10_000;
const parts = 6;

export function watchLoop(options: LoopWatchOptions = {}): LoopWatch {
  const { nowMs = () => performance.now(), threadCpuMs = threadCpu, onStall } = options;
  let last = { wallMs: nowMs(), cpuMs: threadCpuMs() };
  const longest: { readonly part: number; ms: number }[] = [];

  const tick = (): void => {
    const current = { wallMs: nowMs(), cpuMs: threadCpuMs() };
    const lateMs = current.wallMs - last.wallMs - intervalMs;
    const stallMs = Math.max(0, Math.min(lateMs, current.cpuMs - last.cpuMs));
    last = current;
    onStall?.(stallMs);
    const part = partOf(current.wallMs);
    const newest = longest.at(-1);
    if (newest?.part === part) newest.ms = Math.max(newest.ms, stallMs);
    else longest.push({ part, ms: stallMs });
    if (longest.length > parts) longest.shift();
  };
  const timer = setInterval(tick, intervalMs);
  timer.unref();
  return {
    tick,
    longestMs: () => {
      const oldest = partOf(nowMs()) - parts;
      return Math.max(0, ...longest.filter(({ part }) => part > oldest).map(({ ms }) => ms));
    },
    stop: () => clearInterval(timer),
  };
}

function partOf(wallMs: number): number {
  return Math.floor(wallMs / partMs);
}

/** Node 22 has only that of the whole process, which counts the threads of the garbage collector too. */
function threadCpu(): number {
  const thread: Partial<Pick<NodeJS.Process, 'threadCpuUsage'>> = process;
  const { user, system } = thread.threadCpuUsage === undefined ? process.cpuUsage() : thread.threadCpuUsage();
  return (user + system) / 1_000;
}
