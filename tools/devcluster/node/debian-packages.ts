/** Installs packages of Debian, and of what is made of it. */
import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { runCommand } from '../run-command.ts';
import { withFileLock } from '../state/file-lock.ts';
import { cacheFolder } from '../state/paths.ts';

/** A slow mirror takes minutes. */
const TIMEOUT_MS = 15 * 60_000;
/** `apt-get` fails where another one runs; ours take turns, and one of somebody else is waited for. */
const WAIT_FOR_OTHERS = ['-o', `DPkg::Lock::Timeout=${String(TIMEOUT_MS / 1_000)}`];

interface InstallOptions {
  /** What is missing at that moment: another process may have installed it meanwhile. */
  readonly missing: () => readonly string[];
  readonly onProgress?: (line: string) => void;
  readonly signal?: AbortSignal | undefined;
}

/** Does nothing on other systems, and where nothing is missing. */
export async function installDebianPackages({ missing, onProgress, signal }: InstallOptions): Promise<void> {
  if (missing().length === 0 || !existsSync('/etc/debian_version')) return;
  mkdirSync(cacheFolder(), { recursive: true, mode: 0o700 });
  await withFileLock(join(cacheFolder(), 'packages.lock'), { timeoutMs: TIMEOUT_MS, signal }, async () => {
    const packages = missing();
    if (packages.length === 0) return;
    onProgress?.(`installing ${packages.join(' ')}`);
    const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
    const install = [...WAIT_FOR_OTHERS, 'install', '-y', '--no-install-recommends', ...packages];
    try {
      await runCommand('apt-get', install, { env, signal });
    } catch {
      // Most often the lists of packages are old or were never fetched.
      await runCommand('apt-get', [...WAIT_FOR_OTHERS, 'update', '-qq'], { env, signal });
      await runCommand('apt-get', install, { env, signal });
    }
  });
}
