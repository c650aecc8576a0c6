/** A program of the system that only a test needs: found, or installed on Debian; else one sentence says what is missing. */
import { installDebianPackages } from '../../tools/devcluster/node/debian-packages.ts';
import { findTool } from '../../tools/devcluster/node/node-packages.ts';

export async function systemTool(name: string, debianPackage: string): Promise<string> {
  await installDebianPackages({ missing: () => (findTool(name) === undefined ? [debianPackage] : []) });
  const found = findTool(name);
  if (found === undefined) throw new Error(`this test needs ${name}: install it (Debian: ${debianPackage})`);
  return found;
}
