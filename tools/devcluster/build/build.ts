/**
 * Builds Kubernetes' and other tools' commands from their Go modules into the cache, once a machine.
 *
 * What is missing is built in one go: one `go build` for all commands of a module, and several modules at the same time, so that
 * the links of one fill the cores while another compiles. A build that was interrupted leaves no stamp and is done again. Two
 * processes that need the same module wait for each other.
 */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { allOrNone } from '../all-or-none.ts';
import { withFileLock } from '../state/file-lock.ts';
import { cacheFolder } from '../state/paths.ts';
import { binaryPath, isBuilt } from './binaries.ts';
import { buildModule } from './build-module.ts';
import { EXTRA, type Component, type ExtraTool, type ModuleName } from './components.ts';
import { goCommand } from './go-command.ts';

/** A cold build of everything takes some minutes on two cores; a slow machine must not fail those that wait. */
const LOCK_TIMEOUT_MS = 60 * 60_000;

export interface BuildOptions {
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((line: string) => void) | undefined;
  /** Above 0 the compilers take only what others leave of the processors. */
  readonly niceness?: number;
}

/** Builds what is missing or broken. Returns the path of each by name. */
export async function ensureBuilt(
  components: readonly Component[],
  options: BuildOptions = {},
): Promise<ReadonlyMap<string, string>> {
  const missing = await missingOf(components);
  if (missing.length > 0) {
    mkdirSync(cacheFolder(), { recursive: true, mode: 0o700 });
    const go = goCommand(options.onProgress ?? (() => undefined));
    await allOrNone(
      [...byModule(missing)].map(
        ([module, commands]) =>
          (signal: AbortSignal) =>
            buildLocked(go, module, commands, { ...options, signal }),
      ),
      options.signal,
    );
  }
  return new Map(components.map((component) => [component.name, binaryPath(component)]));
}

/** Path of a tool that only some need; built at the first call. */
export async function ensureTool(name: ExtraTool, options: BuildOptions = {}): Promise<string> {
  const component = EXTRA[name];
  await ensureBuilt([component], options);
  return binaryPath(component);
}

/** Another process may have built it while this one waited for the lock. */
async function buildLocked(
  go: string,
  module: ModuleName,
  components: readonly Component[],
  { signal, onProgress = () => undefined, niceness = 0 }: BuildOptions,
): Promise<void> {
  const lock = {
    timeoutMs: LOCK_TIMEOUT_MS,
    signal,
    onWait: (holder: { pid: number }) => onProgress(`waiting for the build of ${module} by process ${holder.pid}`),
  };
  await withFileLock(join(cacheFolder(), `build-${module}.lock`), lock, async () => {
    const missing = await missingOf(components);
    if (missing.length > 0) await buildModule(go, missing, { signal, onProgress, niceness });
  });
}

async function missingOf(components: readonly Component[]): Promise<readonly Component[]> {
  const whole = await Promise.all(components.map(isBuilt));
  return components.filter((_, index) => whole[index] === false);
}

function byModule(components: readonly Component[]): ReadonlyMap<ModuleName, readonly Component[]> {
  return Map.groupBy(components, ({ module }) => module);
}
