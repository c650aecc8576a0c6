#!/usr/bin/env node
/**
 * Where the process begins. It checks the version of Node before it loads anything that an older Node lacks: a named import that is
 * missing ends the process with a SyntaxError before the first statement runs, so this file has only imports that every Node has.
 *
 * The runtime keeps its compiled code where kubectl keeps its own cache, so that the next command starts faster. Only code of this
 * program goes there.
 */
import { existsSync, mkdirSync } from 'node:fs';
import module from 'node:module';
import { join } from 'node:path';
import { homeFolder } from '../home-folder.ts';

/** `engines` of package.json; a test compares them. */
const neededMajor = 22;
const neededMinor = 22;

const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
if (major > neededMajor || (major === neededMajor && minor >= neededMinor)) {
  const folder = cacheFolder(homeFolder());
  if (folder !== undefined) module.enableCompileCache(folder);
  await import('./start.ts');
} else {
  const needed = `${String(neededMajor)}.${String(neededMinor)}`;
  process.stderr.write(
    `neuro needs Node.js ${needed} or newer, and this is ${process.versions.node}: install a newer Node.js\n`,
  );
  process.exitCode = 1;
}

/** Made one by one: where none can be made, as below /proc, the runtime itself would try forever. */
function cacheFolder(home: string): string | undefined {
  if (!existsSync(home)) return undefined;
  let path = home;
  for (const name of ['.kube', 'cache', 'neuro']) {
    path = join(path, name);
    if (existsSync(path)) continue;
    try {
      mkdirSync(path);
    } catch {
      // Another command may have made it meanwhile; else the code is compiled again each time.
      if (!existsSync(path)) return undefined;
    }
  }
  return path;
}
