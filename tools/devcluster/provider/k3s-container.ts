/** The container of a K3s cluster, found by its id: by whichever process, also after the one that started it. */
import { readFile } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { pack } from 'tar-stream';
import type { ContainerRuntimeClient } from 'testcontainers';
import { DevClusterError } from '../errors.ts';

const FOLDER = '/tmp';
const IMAGE_TAR = 'neuro-image.tar';

export async function containerRuns(containerId: string): Promise<boolean> {
  try {
    const { container: containers } = await runtime();
    return (await containers.dockerode.getContainer(containerId).inspect()).State.Running;
  } catch {
    return false;
  }
}

/** Gone afterwards, whether it was there or not. */
export async function removeContainer(containerId: string): Promise<void> {
  const { container: containers } = await runtime();
  try {
    await containers.dockerode.getContainer(containerId).remove({ force: true, v: true });
  } catch (error) {
    if ((error as { statusCode?: number }).statusCode !== 404) throw error;
  }
}

export async function loadImageIntoContainer(containerId: string, tarPath: string): Promise<void> {
  // Read whole: the client of Docker takes a stream, and would not notice that reading the file fails half way.
  const image = await readFile(tarPath);
  const { container: containers } = await runtime();
  const container = containers.getById(containerId);
  const archive = pack();
  archive.entry({ name: IMAGE_TAR }, image);
  archive.finalize();
  await containers.putArchive(container, Readable.from(archive), FOLDER);
  const { exitCode, output } = await containers.exec(container, [
    'ctr',
    '--namespace=k8s.io',
    'images',
    'import',
    `${FOLDER}/${IMAGE_TAR}`,
  ]);
  if (exitCode !== 0)
    throw new DevClusterError('CommandFailed', `Loading ${tarPath} into K3s ended with ${exitCode}: ${output}`);
}

/** Imported only here: it is slow to load, and a development dependency. */
async function runtime(): Promise<ContainerRuntimeClient> {
  const { getContainerRuntimeClient } = await import('testcontainers');
  return getContainerRuntimeClient();
}
