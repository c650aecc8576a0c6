/** Replaces the content of a file: all of it or nothing, where that is possible. The file keeps its mode and owner, and a link stays a link. */
import { chmod, chown, realpath, rename, rm, stat, writeFile } from 'node:fs/promises';

export async function replaceFile(path: string, text: string): Promise<void> {
  const target = await realpath(path);
  const fresh = `${target}.neuro-${String(process.pid)}`;
  try {
    const { mode, uid, gid } = await stat(target);
    await writeFile(fresh, text, { mode: 0o600 });
    // Only root may give a file away.
    await chown(fresh, uid, gid).catch(() => undefined);
    await chmod(fresh, mode & 0o777);
    await rename(fresh, target);
  } catch {
    await rm(fresh, { force: true }).catch(() => undefined);
    // A file that is mounted by itself, or whose folder takes no other one, can still be written.
    await writeFile(target, text);
  }
}
