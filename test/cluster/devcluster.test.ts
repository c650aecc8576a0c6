import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { execFile } from 'node:child_process';
import { existsSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { promisify } from 'node:util';
import { findCluster, startCluster } from '../../tools/devcluster/index.ts';
import type { DevCluster } from '../../tools/devcluster/index.ts';

const run = promisify(execFile);
/** A first start on a machine builds everything. */
const START_TIMEOUT_MS = 30 * 60_000;

describe('a control plane', () => {
  let cluster: DevCluster;
  const kubectl = async (user: string, ...args: string[]): Promise<string> => {
    const { stdout } = await run(cluster.kubectlPath, ['--kubeconfig', cluster.kubeconfigPath(user), ...args]);
    return stdout;
  };

  beforeAll(async () => {
    cluster = await startCluster({ node: false, provider: 'built' });
  }, START_TIMEOUT_MS);
  afterAll(() => cluster.down());

  it('is found by its name while it runs', async () => {
    expect((await findCluster(cluster.name))?.server).toBe(cluster.server);
    await expect(startCluster({ name: cluster.name })).rejects.toMatchObject({ code: 'ClusterExists' });
  });

  it('keeps kubeconfigs from other users of the machine', () => {
    expect(statSync(cluster.kubeconfigPath('alice')).mode & 0o777).toBe(0o600);
    expect(statSync(dirname(cluster.kubeconfigPath('alice'))).mode & 0o777).toBe(0o700);
  });

  it.each(['alice', 'bob'])('knows %s, who has no rights', async (user) => {
    expect(JSON.parse(await kubectl(user, 'auth', 'whoami', '--output=json'))).toMatchObject({
      status: { userInfo: { username: user, groups: ['system:authenticated'] } },
    });
    await expect(kubectl(user, 'auth', 'can-i', 'list', 'pods')).rejects.toMatchObject({ stdout: 'no\n' });
  });

  it('takes more users, with their groups', async () => {
    await cluster.addUser('carol@example.com', ['dev', 'ops']);
    const { status } = JSON.parse(await kubectl('carol@example.com', 'auth', 'whoami', '--output=json')) as {
      status: { userInfo: { groups: string[] } };
    };
    expect(status.userInfo.groups.sort()).toEqual(['dev', 'ops', 'system:authenticated']);
  });

  it('says that it has no such user', () => {
    expect(() => cluster.kubeconfigPath('nobody')).toThrow(/add-user nobody/);
  });

  describe('whose API server is killed and started again, after its history was compacted', () => {
    let versionBefore: string;

    beforeAll(async () => {
      for (const name of ['kept', 'later']) await kubectl('admin', 'delete', 'configmap', name, '--ignore-not-found');
      const { metadata } = JSON.parse(await kubectl('admin', 'create', 'configmap', 'kept', '--output=json')) as {
        metadata: { resourceVersion: string };
      };
      versionBefore = metadata.resourceVersion;
      await kubectl('admin', 'create', 'configmap', 'later');
      await cluster.compactEtcd();
      // The API server still remembers in its own cache; after a restart nobody does.
      await cluster.restartApiServer();
    });

    it('keeps its data and its address', async () => {
      expect(await kubectl('admin', 'get', 'configmap', 'kept', '--output=name')).toBe('configmap/kept\n');
    });

    it('forgets the history before the compaction', async () => {
      const old = `/api/v1/configmaps?watch=1&timeoutSeconds=2&resourceVersion=${versionBefore}`;
      const events = await kubectl('admin', 'get', '--raw', old).catch(String);
      expect(events).toMatch(/too old resource version|Expired|compacted/);
    });
  });

  it('leaves no folder when it is down, and can be taken down twice', async () => {
    const folder = dirname(dirname(cluster.kubeconfigPath()));
    await cluster.down();
    await cluster.down();
    expect(existsSync(folder)).toBe(false);
    expect(await findCluster(cluster.name)).toBeUndefined();
  });
});
