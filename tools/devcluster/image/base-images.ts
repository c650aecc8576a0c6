/** The two images that every node has: busybox, and the one that holds a Pod's namespaces. Kept in the cache. */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { DevClusterError } from '../errors.ts';
import { PAUSE_IMAGE } from '../node/node-config.ts';
import { findTool } from '../node/node-packages.ts';
import { cacheFolder } from '../state/paths.ts';
import { linkedLibraries, nameLookupLibraries, withoutRepeats } from './linked-libraries.ts';
import { writeImageTar } from './oci-image.ts';
import type { ImageEntry } from './oci-image.ts';

/** Changes when the code below makes other images. */
const RECIPE = 2;
const PATH = 'PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

/** Users that well-behaved images run as must exist for `whoami` and `~`. */
export const ACCOUNT_FILES: readonly ImageEntry[] = [
  { path: '/etc', type: 'folder' },
  {
    path: '/etc/passwd',
    type: 'text',
    text: 'root:x:0:0:root:/root:/bin/sh\nnobody:x:65534:65534:nobody:/:/bin/false\nnonroot:x:65532:65532:nonroot:/home/nonroot:/bin/sh\n',
  },
  { path: '/etc/group', type: 'text', text: 'root:x:0:\nnogroup:x:65534:\nnonroot:x:65532:\n' },
  { path: '/etc/nsswitch.conf', type: 'text', text: 'passwd: files\ngroup: files\nhosts: files dns\n' },
  { path: '/tmp', type: 'folder', mode: 0o1777 },
  { path: '/root', type: 'folder', mode: 0o700 },
  { path: '/home', type: 'folder' },
  { path: '/home/nonroot', type: 'folder', mode: 0o777 },
];

/** Paths of their tars. */
export async function ensureBaseImages(): Promise<string[]> {
  const busybox = findTool('busybox');
  if (busybox === undefined) {
    throw new DevClusterError(
      'MissingTool',
      'Making the busybox image: no busybox found; install it (Debian: busybox-static).',
    );
  }
  const { size, mtimeMs } = statSync(busybox);
  const folder = join(cacheFolder(), 'images');
  mkdirSync(folder, { recursive: true });
  const tar = (name: string): string => join(folder, `${name}-${RECIPE}-${size}-${Math.floor(mtimeMs)}.tar`);
  const program: ImageEntry[] = [
    { path: '/bin', type: 'folder' },
    { path: '/bin/busybox', type: 'copy', source: busybox, mode: 0o755 },
    ...linkedLibraries(busybox),
  ];
  if (!existsSync(tar('busybox'))) {
    await writeImageTar(tar('busybox'), {
      names: ['docker.io/library/busybox:1', 'docker.io/library/busybox:latest'],
      entries: withoutRepeats([...ACCOUNT_FILES, ...program, ...nameLookupLibraries(), ...appletLinks(busybox)]),
      config: { Cmd: ['sh'], Env: [PATH] },
    });
  }
  if (!existsSync(tar('pause'))) {
    const sleeper = { Entrypoint: ['/bin/busybox', 'sleep', '2147483647'], User: '65532:65532', Env: [PATH] };
    await writeImageTar(tar('pause'), { names: [PAUSE_IMAGE], entries: program, config: sleeper });
  }
  return [tar('pause'), tar('busybox')];
}

/** One link an applet; `busybox` lists itself too, and must stay the program. */
function appletLinks(busybox: string): ImageEntry[] {
  const { stdout } = spawnSync(busybox, ['--list-full'], { encoding: 'utf8' });
  const paths = stdout.split('\n').filter((path) => path !== '' && !path.endsWith('/busybox') && path !== 'busybox');
  const folders = [...new Set(paths.map((path) => path.slice(0, path.lastIndexOf('/'))))].filter(
    (folder) => folder !== '' && folder !== 'bin',
  );
  return [
    ...folders.sort().map((path): ImageEntry => ({ path: `/${path}`, type: 'folder' })),
    ...paths.map((path): ImageEntry => ({ path: `/${path}`, type: 'link', target: '/bin/busybox' })),
  ];
}
