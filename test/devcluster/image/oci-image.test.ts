import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createHash } from 'node:crypto';
import { createReadStream, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { extract } from 'tar-stream';
import { imageArchitecture, writeImageTar } from '../../../tools/devcluster/image/oci-image.ts';
import type { ImageSpec } from '../../../tools/devcluster/image/oci-image.ts';

interface Entry {
  readonly content: Buffer;
  readonly mode: number | undefined;
  readonly link: string | null | undefined;
}

async function untar(source: NodeJS.ReadableStream): Promise<Map<string, Entry>> {
  const entries = new Map<string, Entry>();
  const reader = extract();
  reader.on('entry', (header, stream, next) => {
    const chunks: Buffer[] = [];
    stream.on('data', (chunk) => chunks.push(Buffer.from(chunk as Uint8Array)));
    stream.on('end', () => {
      entries.set(header.name, {
        content: Buffer.concat(chunks),
        mode: header.mode,
        link: header.linkname,
      });
      next();
    });
  });
  await new Promise<void>((resolve, reject) => {
    reader.on('finish', () => resolve());
    reader.on('error', reject);
    source.pipe(reader);
  });
  return entries;
}

describe('an image tar', () => {
  let folder: string;
  let spec: ImageSpec;
  let outer: Map<string, Entry>;
  const json = (name: string): unknown => JSON.parse(outer.get(name)?.content.toString() ?? 'null');

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'image-'));
    writeFileSync(join(folder, 'program'), 'a program');
    spec = {
      names: ['docker.io/library/x:1', 'docker.io/library/x:latest'],
      entries: [
        { path: '/bin', type: 'folder' },
        { path: '/bin/x', type: 'copy', source: join(folder, 'program'), mode: 0o755 },
        { path: '/bin/y', type: 'link', target: '/bin/x' },
        { path: '/tmp', type: 'folder', mode: 0o1777 },
        { path: '/etc/name', type: 'text', text: 'x\n' },
      ],
      config: { Entrypoint: ['/bin/x'], User: '65532' },
    };
    await writeImageTar(join(folder, 'image.tar'), spec);
    outer = await untar(createReadStream(join(folder, 'image.tar')));
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  it('names each blob by its digest', () => {
    const blobs = [...outer].filter(([name]) => name.startsWith('blobs/sha256/'));
    expect(blobs).toHaveLength(3);
    for (const [name, { content }] of blobs) {
      expect(name).toBe(`blobs/sha256/${createHash('sha256').update(content).digest('hex')}`);
    }
  });

  it('gives all names of the image, as containerd and as Docker read them', () => {
    const index = json('index.json') as { manifests: { annotations: Record<string, string> }[] };
    expect(index.manifests.map(({ annotations }) => annotations['io.containerd.image.name'])).toEqual(spec.names);
    const [docker] = json('manifest.json') as { RepoTags: string[]; Layers: string[]; Config: string }[];
    expect(docker?.RepoTags).toEqual(spec.names);
    expect(outer.has(docker?.Layers[0] ?? '')).toBe(true);
    expect(outer.has(docker?.Config ?? '')).toBe(true);
  });

  it('keeps files, links, modes and the configuration', async () => {
    const [docker] = json('manifest.json') as { Layers: string[]; Config: string }[];
    const layer = await untar(Readable.from([outer.get(docker?.Layers[0] ?? '')?.content ?? Buffer.alloc(0)]));
    expect(layer.get('bin/x')).toMatchObject({ mode: 0o755, content: Buffer.from('a program') });
    expect(layer.get('bin/y')?.link).toBe('/bin/x');
    expect(layer.get('tmp/')?.mode).toBe(0o1777);
    expect(layer.get('etc/name')?.content.toString()).toBe('x\n');
    expect(json(docker?.Config ?? '')).toMatchObject({ os: 'linux', config: spec.config });
  });

  it('has the same bytes whenever it is made', async () => {
    await writeImageTar(join(folder, 'again.tar'), spec);
    expect(readFileSync(join(folder, 'again.tar')).equals(readFileSync(join(folder, 'image.tar')))).toBe(true);
  });

  it('leaves nothing behind when a file is missing', async () => {
    const missing: ImageSpec = { ...spec, entries: [{ path: '/x', type: 'copy', source: join(folder, 'absent') }] };
    await expect(writeImageTar(join(folder, 'broken.tar'), missing)).rejects.toThrow();
    expect(readdirSync(folder).filter((name) => name.startsWith('broken'))).toEqual([]);
  });

  it.each([
    ['x64', 'amd64'],
    ['arm64', 'arm64'],
  ])('calls %s %s', (arch, expected) => {
    expect(imageArchitecture(arch)).toBe(expected);
  });
});
