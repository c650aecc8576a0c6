/** Which provider starts a cluster, by what is given and by what Docker answers. */
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ClusterOptions, DevCluster } from '../../../tools/devcluster/index.ts';
import { startByFirstProvider, type Starters } from '../../../tools/devcluster/provider/first-that-serves.ts';
import { startK3sCluster } from '../../../tools/devcluster/provider/k3s-cluster.ts';
import { fakeDocker } from '../../support/fake-docker.ts';

const image = 'rancher/k3s:test';
const ping = { 'GET /_ping': [200, 'OK'] } as const;
const imageThere = { [`GET /images/${image}/json`]: [200, {}] } as const;
const pulled = { 'POST /images/create': [200, '{"status":"Pulling"}\n{"status":"Downloaded"}\n'] } as const;

let folder = '';
let environment: NodeJS.ProcessEnv;
beforeEach(() => {
  environment = { ...process.env };
  folder = mkdtempSync(join(tmpdir(), 'providers-'));
  // So that none is built, and no cluster of this machine is seen.
  writeFileSync(join(folder, 'kubectl'), '#!/bin/sh\nexit 1\n');
  chmodSync(join(folder, 'kubectl'), 0o755);
  delete process.env['NEURO_TEST_KUBECONFIG'];
  Object.assign(process.env, {
    PATH: `${folder}:${process.env['PATH'] ?? ''}`,
    XDG_CACHE_HOME: folder,
    NEURO_K3S_IMAGE: image,
    DOCKER_HOST: `unix://${folder}/nobody.sock`,
  });
});
afterEach(() => {
  // Not as a whole: an object that takes its place would be the environment of no process that is started.
  for (const name of Object.keys(process.env)) if (!(name in environment)) Reflect.deleteProperty(process.env, name);
  Object.assign(process.env, environment);
  rmSync(folder, { recursive: true, force: true });
});

/** Starts nothing; says who was asked, and what people were told. */
async function start(options: ClusterOptions, others: Partial<Starters> = {}): Promise<Outcome> {
  const asked: string[] = [];
  const lines: string[] = [];
  const starter = (provider: string) => (): Promise<DevCluster> => {
    asked.push(provider);
    return Promise.resolve({ provider } as DevCluster);
  };
  const starters = { given: starter('given'), k3s: starter('k3s'), built: starter('built'), ...others };
  await startByFirstProvider('made-up', { onProgress: (line) => lines.push(line), ...options }, starters);
  return { asked, lines };
}
interface Outcome {
  readonly asked: readonly string[];
  readonly lines: readonly string[];
}

describe('without Docker', () => {
  it('builds the cluster here, and says nothing about Docker', async () => {
    expect(await start({})).toEqual({ asked: ['built'], lines: [] });
  });

  it('takes a cluster that is given by a flag', async () => {
    expect(await start({ kubeconfig: '/some/kubeconfig' })).toEqual({ asked: ['given'], lines: [] });
  });

  it('takes a cluster that is given by the environment', async () => {
    process.env['NEURO_TEST_KUBECONFIG'] = '/some/kubeconfig';
    expect((await start({})).asked).toEqual(['given']);
  });

  it('prefers the provider that was asked for to a cluster of the environment', async () => {
    process.env['NEURO_TEST_KUBECONFIG'] = '/some/kubeconfig';
    expect((await start({ provider: 'built' })).asked).toEqual(['built']);
  });

  it('asks which cluster, when one is to be given and none is', async () => {
    await expect(start({ provider: 'given' })).rejects.toMatchObject({ code: 'Unsupported' });
  });

  it('tries no other provider than the one that was asked for', async () => {
    const fails = (): Promise<DevCluster> => Promise.reject(new Error('no Docker'));
    await expect(start({ provider: 'k3s' }, { k3s: fails })).rejects.toThrow('no Docker');
  });
});

describe('with Docker', () => {
  it('takes K3s when the image is there, without pulling it', async () => {
    await using docker = await fakeDocker({ ...ping, ...imageThere });
    process.env['DOCKER_HOST'] = docker.host;
    expect(await start({})).toEqual({ asked: ['k3s'], lines: [] });
    expect(docker.requests).toEqual(['GET /_ping', `GET /images/${image}/json`]);
  });

  it('takes K3s when the image can be pulled', async () => {
    await using docker = await fakeDocker({ ...ping, ...pulled });
    process.env['DOCKER_HOST'] = docker.host;
    expect(await start({})).toEqual({ asked: ['k3s'], lines: [] });
  });

  it('does not ask Docker for a control plane alone', async () => {
    await using docker = await fakeDocker({ ...ping, ...imageThere });
    process.env['DOCKER_HOST'] = docker.host;
    expect(await start({ node: false })).toEqual({ asked: ['built'], lines: [] });
    expect(docker.requests).toEqual([]);
  });

  it.each<[string, Readonly<Record<string, readonly [number, unknown]>>, string]>([
    ['is refused', { 'POST /images/create': [404, { message: 'manifest unknown' }] }, 'manifest unknown'],
    [
      'fails half way',
      { 'POST /images/create': [200, '{"status":"Pulling"}\n{"error":"connection reset"}\n'] },
      'connection reset',
    ],
    ['ends without a word', { 'POST /images/create': [500, ''] }, 'status 500'],
  ])('says in one line that it builds the cluster here when a pull %s', async (_name, answers, reason) => {
    await using docker = await fakeDocker({ ...ping, ...answers });
    process.env['DOCKER_HOST'] = docker.host;
    expect(await start({})).toEqual({
      asked: ['built'],
      lines: [`Docker answers but ${image} is not available (${reason}): building the cluster here`],
    });
  });

  it('builds the cluster here, and says so, when the container does not start', async () => {
    const noSpace = { 'POST /containers/create': [500, { message: 'no space left on device' }] } as const;
    await using docker = await fakeDocker({
      ...ping,
      ...imageThere,
      ...noSpace,
      'GET /info': [200, { ServerVersion: '29.0.0', OperatingSystem: 'Debian', OSType: 'linux', NCPU: 2, MemTotal: 1 }],
      'GET /containers/json': [200, []],
      'GET /networks/bridge': [200, { IPAM: { Config: [{ Gateway: '127.0.0.1' }] } }],
    });
    process.env['DOCKER_HOST'] = docker.host;
    process.env['TESTCONTAINERS_RYUK_DISABLED'] = 'true';
    const { asked, lines } = await start({}, { k3s: startK3sCluster });
    expect(asked).toEqual(['built']);
    expect(lines).toEqual([
      `starting ${image} in Docker`,
      expect.stringMatching(/^K3s did not start \(.*no space left on device.*\): building the cluster here$/),
    ]);
    expect(docker.requests).toContain('POST /containers/create');
  });
});
