import { afterEach, describe, expect, it } from 'vitest';
import { createServer } from 'node:http';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { dockerAddress, dockerAnswers, errorIn, whyNoImage } from '../../../tools/devcluster/provider/docker.ts';

describe('Docker', () => {
  const servers: Server[] = [];
  afterEach(() => servers.splice(0).forEach((server) => server.closeAllConnections()));

  async function fakeDocker(answers: Record<string, [status: number, body: string] | undefined>) {
    const server = createServer((request, response) => {
      const answer = answers[(request.url ?? '').split('?')[0] ?? ''];
      if (answer === undefined) return;
      response.writeHead(answer[0]).end(answer[1]);
    });
    servers.push(server);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    server.unref();
    return { host: '127.0.0.1', port: (server.address() as AddressInfo).port };
  }

  it.each([
    ['its usual socket', {}, { socketPath: '/var/run/docker.sock' }],
    ['another socket', { DOCKER_HOST: 'unix:///run/user/1/docker.sock' }, { socketPath: '/run/user/1/docker.sock' }],
    ['a host', { DOCKER_HOST: 'tcp://10.0.0.1:2375' }, { host: '10.0.0.1', port: 2375 }],
    ['no scheme that we know', { DOCKER_HOST: 'ssh://me@there' }, undefined],
  ])('is looked for at %s', (_name, env, expected) => {
    expect(dockerAddress(env)).toEqual(expected);
  });

  it('is available when its ping succeeds', async () => {
    expect(await dockerAnswers(await fakeDocker({ '/_ping': [200, 'OK'] }))).toBe(true);
  });

  it('does not answer where there is none', async () => {
    expect(await dockerAnswers({ socketPath: '/nonexistent/docker.sock' })).toBe(false);
  });

  it('that accepts a connection and then says nothing does not hold up the start', async () => {
    expect(await dockerAnswers(await fakeDocker({}))).toBe(false);
  });

  it('reports an image that exists already', async () => {
    expect(await whyNoImage(await fakeDocker({ '/images/k3s/json': [200, '{}'] }), 'k3s')).toBeUndefined();
  });

  it('says why an image is not available', async () => {
    const docker = await fakeDocker({
      '/images/k3s/json': [404, '{}'],
      '/images/create': [500, '{"message":"no \\"way\\""}'],
    });
    expect(await whyNoImage(docker, 'k3s')).toBe('no "way"');
  });

  it.each([
    ['{"status":"Pulling"}\n{"error":"denied"}\n', 'denied'],
    ['{"status":"Pulling"}\n{"status":"done"}\n', undefined],
    ['{"status":"Pull', undefined],
  ])('reads the outcome of a pull from its lines: %j', (body, expected) => {
    expect(errorIn(body)).toBe(expected);
  });
});
