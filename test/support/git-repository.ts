/** A git repository on disk, as a GitOps tool reads it. */
import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

export interface GitRepository {
  /** A `file://` address. */
  readonly url: string;
  /** Makes the branch `main` hold exactly these files: text, or objects that are written one a document. */
  commit(files: Readonly<Record<string, readonly unknown[]>>): Promise<string>;
  remove(): Promise<void>;
}

export async function gitRepository(): Promise<GitRepository> {
  const path = await mkdtemp(join(tmpdir(), 'neuro-git-'));
  const identity = ['-c', 'user.name=test', '-c', 'user.email=test@example.com'];
  const git = async (...args: readonly string[]): Promise<string> => {
    const { stdout } = await run('git', ['-C', path, ...identity, ...args]);
    return stdout.trim();
  };
  await git('init', '--quiet', '--initial-branch=main');
  return {
    url: `file://${path}`,
    commit: async (files) => {
      await git('rm', '-r', '--quiet', '--force', '--ignore-unmatch', '.');
      for (const [name, objects] of Object.entries(files)) {
        const file = join(path, name);
        await mkdir(dirname(file), { recursive: true });
        await writeFile(file, objects.map((object) => JSON.stringify(object, undefined, 2)).join('\n---\n'));
      }
      await git('add', '--all');
      await git('commit', '--quiet', '--allow-empty', '--message', 'change');
      return git('rev-parse', 'HEAD');
    },
    remove: () => rm(path, { recursive: true, force: true }),
  };
}
