/**
 * Writes a container image as a tar that containerd (`ctr images import`), Docker (`docker load`) and registries'
 * tools read: an OCI layout with one layer, and Docker's manifest beside it. No registry and no build tool is needed.
 *
 * The same input gives the same bytes, so an image is rebuilt only in name.
 */
import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream, mkdtempSync, renameSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { pack } from 'tar-stream';
import type { Header, Pack } from 'tar-stream';

/** Images hold no times, so that they are the same whenever they are made. */
const EPOCH = new Date(0);

export type ImageEntry =
  | { readonly path: string; readonly type: 'folder'; readonly mode?: number }
  | { readonly path: string; readonly type: 'link'; readonly target: string }
  | { readonly path: string; readonly type: 'text'; readonly text: string; readonly mode?: number }
  | { readonly path: string; readonly type: 'copy'; readonly source: string; readonly mode?: number };

export interface ImageSpec {
  /** Full names, as `docker.io/library/busybox:1`. */
  readonly names: readonly string[];
  readonly entries: readonly ImageEntry[];
  /** Of the OCI image configuration. */
  readonly config: {
    readonly Entrypoint?: readonly string[];
    readonly Cmd?: readonly string[];
    readonly Env?: readonly string[];
    readonly User?: string;
    readonly WorkingDir?: string;
  };
}

type EntryHeader = Partial<Header> & Pick<Header, 'name'>;

interface Descriptor {
  readonly mediaType: string;
  readonly digest: string;
  readonly size: number;
}

/** The tar appears under its name only when it is whole. */
export async function writeImageTar(tarPath: string, spec: ImageSpec): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'neuro-image-'));
  const partial = `${tarPath}.${process.pid}.partial`;
  try {
    const layerPath = join(folder, 'layer.tar');
    await pipeline(layerTar(spec.entries), createWriteStream(layerPath));
    const layer = await describeFile('application/vnd.oci.image.layer.v1.tar', layerPath);
    await pipeline(layoutTar(spec, layer, layerPath), createWriteStream(partial));
    renameSync(partial, tarPath);
  } finally {
    rmSync(folder, { recursive: true, force: true });
    rmSync(partial, { force: true });
  }
}

/** `process.arch` in the words of images. */
export function imageArchitecture(arch: string): string {
  return { x64: 'amd64', ia32: '386' }[arch] ?? arch;
}

function layerTar(entries: readonly ImageEntry[]): Pack {
  const tar = pack();
  const write = async (): Promise<void> => {
    for (const entry of entries) {
      const name = entry.path.replace(/^\//, '');
      switch (entry.type) {
        case 'folder':
          await addEntry(tar, { name: `${name}/`, type: 'directory', mode: entry.mode ?? 0o755 });
          break;
        case 'link':
          await addEntry(tar, { name, type: 'symlink', linkname: entry.target, mode: 0o777 });
          break;
        case 'text':
          await addEntry(tar, { name, mode: entry.mode ?? 0o644 }, Buffer.from(entry.text));
          break;
        case 'copy':
          await addFile(tar, { name, mode: entry.mode ?? 0o644 }, entry.source);
          break;
        default:
          entry satisfies never;
      }
    }
    tar.finalize();
  };
  write().catch((error: unknown) => tar.destroy(error instanceof Error ? error : new Error(String(error))));
  return tar;
}

function layoutTar(spec: ImageSpec, layer: Descriptor, layerPath: string): Pack {
  const config = blob('application/vnd.oci.image.config.v1+json', {
    created: EPOCH.toISOString(),
    architecture: imageArchitecture(process.arch),
    os: 'linux',
    config: spec.config,
    // Of an uncompressed layer both digests are one.
    rootfs: { type: 'layers', diff_ids: [layer.digest] },
  });
  const manifest = blob('application/vnd.oci.image.manifest.v1+json', {
    schemaVersion: 2,
    mediaType: 'application/vnd.oci.image.manifest.v1+json',
    config: config.descriptor,
    layers: [layer],
  });
  const index = {
    schemaVersion: 2,
    mediaType: 'application/vnd.oci.image.index.v1+json',
    manifests: spec.names.map((name) => ({
      ...manifest.descriptor,
      annotations: { 'io.containerd.image.name': name, 'org.opencontainers.image.ref.name': name.split(':').at(-1) },
    })),
  };
  const docker = [{ Config: blobName(config.descriptor), RepoTags: spec.names, Layers: [blobName(layer)] }];
  const tar = pack();
  const write = async (): Promise<void> => {
    await addEntry(tar, { name: 'oci-layout' }, json({ imageLayoutVersion: '1.0.0' }));
    await addFile(tar, { name: blobName(layer) }, layerPath);
    await addEntry(tar, { name: blobName(config.descriptor) }, config.bytes);
    await addEntry(tar, { name: blobName(manifest.descriptor) }, manifest.bytes);
    await addEntry(tar, { name: 'index.json' }, json(index));
    await addEntry(tar, { name: 'manifest.json' }, json(docker));
    tar.finalize();
  };
  write().catch((error: unknown) => tar.destroy(error instanceof Error ? error : new Error(String(error))));
  return tar;
}

function blob(mediaType: string, content: unknown): { descriptor: Descriptor; bytes: Buffer } {
  const bytes = json(content);
  const digest = `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
  return { bytes, descriptor: { mediaType, digest, size: bytes.length } };
}

async function describeFile(mediaType: string, path: string): Promise<Descriptor> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path), hash);
  return { mediaType, digest: `sha256:${hash.digest('hex')}`, size: statSync(path).size };
}

function blobName({ digest }: Descriptor): string {
  return `blobs/${digest.replace(':', '/')}`;
}

function json(content: unknown): Buffer {
  return Buffer.from(JSON.stringify(content));
}

function addEntry(tar: Pack, headers: EntryHeader, content?: Buffer): Promise<void> {
  return new Promise((resolve, reject) => {
    const done = (error?: Error | null): void => (error ? reject(error) : resolve());
    tar.entry({ mtime: EPOCH, uid: 0, gid: 0, ...headers }, content ?? Buffer.alloc(0), done);
  });
}

async function addFile(tar: Pack, headers: EntryHeader, source: string): Promise<void> {
  const size = statSync(source).size;
  await new Promise<void>((resolve, reject) => {
    const entry = tar.entry({ mtime: EPOCH, uid: 0, gid: 0, ...headers, size }, (error) =>
      error ? reject(error) : resolve(),
    );
    createReadStream(source).on('error', reject).pipe(entry);
  });
}
