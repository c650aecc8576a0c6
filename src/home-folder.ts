/** The home folder of the user who runs the program, and paths in it. */
import { homedir } from 'node:os';
import { join } from 'node:path';

/** Where the user has none, as an unknown user in a container without HOME, the root: what container runtimes take. */
export function homeFolder(): string {
  try {
    return homedir();
  } catch {
    return '/';
  }
}

/** A shell leaves a `~` alone that does not begin a word, as in --env-file=~/x. */
export function withHome(path: string): string {
  return path === '~' || path.startsWith('~/') ? join(homeFolder(), path.slice(1)) : path;
}
