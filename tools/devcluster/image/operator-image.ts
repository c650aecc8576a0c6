/** Images of Node and one bundled program, run as a user that is not root: the operator, and the console with its pages. */
import { existsSync, readdirSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { DevClusterError } from '../errors.ts';
import { ACCOUNT_FILES } from './base-images.ts';
import { linkedLibraries, nameLookupLibraries, withoutRepeats } from './linked-libraries.ts';
import { writeImageTar } from './oci-image.ts';
import type { ImageEntry, ImageSpec } from './oci-image.ts';

export interface OperatorImageOptions {
  /** A bundle that needs no node_modules. */
  readonly bundlePath: string;
  readonly tarPath: string;
  /** Default `docker.io/library/neuro-operator:dev`, which a Pod calls `neuro-operator:dev`. */
  readonly name?: string;
  /** More files, by their path in the image. */
  readonly files?: Readonly<Record<string, string>>;
}

interface ConsoleImageOptions {
  readonly bundlePath: string;
  /** Folder of the built pages. */
  readonly pagesPath: string;
  readonly tarPath: string;
}

/** Half the memory (docs/performance.md), and no announcements of Node's in a log that is JSON. */
const NODE_FLAGS = [
  '--max-semi-space-size=4',
  '--heap-growing-percent=30',
  '--liftoff-only',
  '--disable-warning=ExperimentalWarning',
  '--disable-warning=DEP0040',
];
const ALLOCATOR = ['MALLOC_ARENA_MAX=2', 'MALLOC_TRIM_THRESHOLD_=65536', 'MALLOC_MMAP_THRESHOLD_=32768'];
const NONROOT = '65532:65532';

/** How the images are started; the Dockerfile says the same, and a test compares. */
export const OPERATOR_IMAGE_CONFIG = configOf('/app/operator.mjs');
export const CONSOLE_IMAGE_CONFIG = configOf('/app/console.mjs');

function configOf(program: string): ImageSpec['config'] {
  return {
    Entrypoint: ['/usr/local/bin/node', ...NODE_FLAGS, program],
    Env: ['PATH=/usr/local/bin:/usr/bin:/bin', 'NODE_ENV=production', ...ALLOCATOR],
    User: NONROOT,
    WorkingDir: '/app',
  };
}

const CERTIFICATE_BUNDLES = [
  '/etc/ssl/certs/ca-certificates.crt',
  '/etc/pki/tls/certs/ca-bundle.crt',
  '/etc/ssl/cert.pem',
];

export async function writeOperatorImage(options: OperatorImageOptions): Promise<void> {
  const { bundlePath, tarPath, name = 'docker.io/library/neuro-operator:dev', files = {} } = options;
  const copies = { '/app/operator.mjs': bundlePath, ...files };
  await writeImage({ bundlePath, tarPath, name, copies, config: OPERATOR_IMAGE_CONFIG });
}

/** `neuro-console:dev`. */
export async function writeConsoleImage({ bundlePath, pagesPath, tarPath }: ConsoleImageOptions): Promise<void> {
  if (!existsSync(join(pagesPath, 'index.html'))) {
    throw new DevClusterError(
      'ImageInvalid',
      `Making the console image: there are no pages in ${pagesPath}; run \`npm run build:console\` first.`,
    );
  }
  const pages = readdirSync(pagesPath, { recursive: true, encoding: 'utf8' })
    .filter((path) => statSync(join(pagesPath, path)).isFile())
    .sort();
  const copies = {
    '/app/console.mjs': bundlePath,
    ...Object.fromEntries(pages.map((path) => [`/app/console/${path}`, join(pagesPath, path)])),
  };
  const name = 'docker.io/library/neuro-console:dev';
  await writeImage({ bundlePath, tarPath, name, copies, config: CONSOLE_IMAGE_CONFIG });
}

interface ProgramImage {
  readonly bundlePath: string;
  readonly tarPath: string;
  readonly name: string;
  /** By path in the image. */
  readonly copies: Readonly<Record<string, string>>;
  readonly config: ImageSpec['config'];
}

async function writeImage({ bundlePath, tarPath, name, copies, config }: ProgramImage): Promise<void> {
  if (process.platform !== 'linux') {
    throw new DevClusterError(
      'Unsupported',
      'Making an image: it takes the node program of this machine, which must run Linux.',
    );
  }
  if (!existsSync(bundlePath)) {
    throw new DevClusterError(
      'ImageInvalid',
      `Making an image: there is no bundle ${bundlePath}; run \`npm run build\` first.`,
    );
  }
  const node = nodeProgram();
  const certificates = CERTIFICATE_BUNDLES.find((path) => existsSync(path));
  const entries: ImageEntry[] = [
    ...ACCOUNT_FILES,
    { path: '/usr/local/bin/node', type: 'copy', source: node, mode: 0o755 },
    ...linkedLibraries(node),
    ...nameLookupLibraries(),
    ...Object.entries(copies).map(([path, source]): ImageEntry => ({ path, type: 'copy', source })),
  ];
  if (certificates !== undefined) {
    entries.push({ path: '/etc/ssl/certs/ca-certificates.crt', type: 'copy', source: certificates });
  }
  await writeImageTar(tarPath, { names: [name], entries: withoutRepeats(entries), config });
}

/** The pinned one of the package, else the one that runs us. */
function nodeProgram(): string {
  try {
    const packaged = join(dirname(createRequire(import.meta.url).resolve('node/package.json')), 'bin', 'node');
    if (existsSync(packaged)) return packaged;
  } catch {
    // The package is a development dependency and may be absent.
  }
  return process.execPath;
}
