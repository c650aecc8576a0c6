/**
 * An image with a real JupyterLab from the Python package index, on the Python of this machine; no registry is needed. Takes minutes and a quarter of
 * a gigabyte, so only a test that is asked for makes it.
 */
import { execFile, spawnSync } from 'node:child_process';
import { readdirSync, readlinkSync, realpathSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { ACCOUNT_FILES, ensureBaseImages } from '../../tools/devcluster/image/base-images.ts';
import { linkedLibraries, librariesOf, withoutRepeats } from '../../tools/devcluster/image/linked-libraries.ts';
import { writeImageTar, type ImageEntry } from '../../tools/devcluster/image/oci-image.ts';
import { progress } from './built-tool.ts';

const run = promisify(execFile);
export const jupyterImage = 'docker.io/library/jupyter:test';
/** Of the standard library, what no notebook needs. */
const leftOut = new Set(['test', '__pycache__', 'site-packages', 'idlelib', 'lib2to3', 'ensurepip']);
const port = 8888;
/** Where the packages are in the image. */
const installed = '/opt/jupyter';

/** `folder`: of its own, for the packages and the tar. Resolves with the path of the tar. */
export async function writeJupyterImage(folder: string): Promise<string> {
  const venv = join(folder, 'venv');
  progress('installing JupyterLab');
  await run('python3', ['-m', 'venv', venv]);
  await run(join(venv, 'bin/pip'), ['install', '--quiet', '--disable-pip-version-check', 'jupyterlab']);
  const ask = 'import sys,sysconfig; print(sys.base_prefix); print(sysconfig.get_paths()["stdlib"])';
  const { stdout } = await run('python3', ['-c', ask]);
  const [prefix = '', standard = ''] = stdout.trim().split('\n');
  const python = realpathSync(join(prefix, 'bin/python3'));
  const shell = realpathSync('/bin/bash');
  const entries = [
    ...ACCOUNT_FILES,
    // The Python of this machine may be below /root, and the user of the image has to reach it.
    { path: '/root', type: 'folder', mode: 0o755 } as const,
    // The environment's own link leads there; where it is no link, the program itself comes after it.
    { path: join(prefix, 'bin/python3'), type: 'link', target: python } as const,
    copied(python, python),
    { path: '/usr/bin/python3', type: 'link', target: python } as const,
    copied('/bin/bash', shell),
    { path: '/bin/sh', type: 'link', target: '/bin/bash' } as const,
    ...tree(standard, leftOut),
    ...tree(venv, new Set(['__pycache__'])).map((entry) => ({ ...entry, path: entry.path.replace(venv, installed) })),
    ...[python, shell].flatMap((program) => linkedLibraries(program)),
    ...librariesUnder(standard),
    ...librariesUnder(join(venv, 'lib')),
  ];
  const tarPath = join(folder, 'jupyter.tar');
  progress(`writing an image of ${String(entries.length)} files`);
  await ensureBaseImages();
  await writeImageTar(tarPath, {
    names: [jupyterImage],
    entries: withoutRepeats(entries),
    config: {
      Entrypoint: [
        ...[`${installed}/bin/python3`, '-m', 'jupyterlab', '--no-browser', `--ServerApp.port=${String(port)}`],
        // The console decides who comes here: a password of its own is not needed.
        ...['--ServerApp.ip=0.0.0.0', '--IdentityProvider.token=', '--ServerApp.root_dir=/home/nonroot'],
      ],
      Env: [`PATH=${installed}/bin:/usr/bin:/bin`, 'HOME=/home/nonroot', 'SHELL=/bin/bash', 'LANG=C.UTF-8'],
      User: '65532:65532',
      WorkingDir: '/home/nonroot',
    },
  });
  return tarPath;
}

function copied(path: string, source: string): ImageEntry {
  return { path, type: 'copy', source, mode: 0o755 };
}

function tree(root: string, without: ReadonlySet<string>): ImageEntry[] {
  return readdirSync(root, { withFileTypes: true }).flatMap((entry): ImageEntry[] => {
    const path = join(root, entry.name);
    if (without.has(entry.name)) return [];
    if (entry.isDirectory()) return tree(path, without);
    if (entry.isSymbolicLink()) return [{ path, type: 'link', target: readlinkSync(path) }];
    return [{ path, type: 'copy', source: path, mode: statSync(path).mode & 0o777 }];
  });
}

/** What the compiled modules need of this machine; libraries that lie beside them are found by themselves. */
function librariesUnder(root: string): ImageEntry[] {
  const modules = readdirSync(root, { recursive: true, encoding: 'utf8' })
    .filter((path) => /\.so(\.\d+)*$/.test(path))
    .map((path) => join(root, path));
  const { stdout } = spawnSync('ldd', modules, { encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 });
  return librariesOf(stdout)
    .filter((path) => !path.startsWith(root))
    .map((path) => copied(path, realpathSync(path)));
}
