/** A program of the system that only a test needs: found, or installed on Debian; else one sentence says what is missing. */
import { existsSync } from 'node:fs';
import { findTool } from '../../tools/devcluster/node/node-packages.ts';
import { runCommand } from '../../tools/devcluster/run-command.ts';

export async function systemTool(name: string, debianPackage: string): Promise<string> {
  const found = findTool(name) ?? (await installed(name, debianPackage));
  if (found === undefined) throw new Error(`this test needs ${name}: install it (Debian: ${debianPackage})`);
  return found;
}

async function installed(name: string, debianPackage: string): Promise<string | undefined> {
  if (!existsSync('/etc/debian_version')) return undefined;
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const install = ['install', '-y', '--no-install-recommends', debianPackage];
  try {
    await runCommand('apt-get', install, { env });
  } catch {
    // Most often the lists of packages are old or were never fetched.
    await runCommand('apt-get', ['update', '-qq'], { env });
    await runCommand('apt-get', install, { env });
  }
  return findTool(name);
}
