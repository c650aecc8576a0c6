/** What the pictures show: secrets of every source, shares both ways, jobs in every state. */
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { TestCluster } from '../support/cluster.ts';
import type { Person } from '../e2e/cli-command.ts';
import { eventually } from '../support/until.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));

export async function furnish(
  { kubectl, apply }: TestCluster,
  { alice, bob }: { readonly alice: Person; readonly bob: Person },
): Promise<void> {
  await mustBeZero(kubectl('admin', ['apply', '-f', join(root, 'manifests/samples/00-homes.yaml')]));
  const keys = ['get', 'configmap', '-n', 'neuro-system', 'neuro-sealing-keys'];
  await eventually(
    () => kubectl('admin', keys),
    ({ code }) => code === 0,
    'the sealing keys',
  );
  await mustBeZero(apply('alice', ...secretsOf('alice')));
  await mustBeZero(apply('bob', ...secretsOf('bob')));
  const asAlice = (...words: readonly string[]): Promise<void> => mustBeZero(alice(words));
  await asAlice('secret', 'add', 'db-password', 'correct horse battery', '--description', 'The reports database');
  await asAlice('secret', 'add', 'HF_TOKEN', 'hf_0123456789abcdef');
  await asAlice('share', 'secret:db-password', 'bob', '--expires', '7d');
  await asAlice('share', 'secret:db-password', 'group:analysts', 'write');
  await asAlice('share', 'secret:deploy-key', 'serviceaccount:bob/robot');
  await mustBeZero(bob(['share', 'secret:model-registry', 'alice', '--expires', '20h']));
  await mustBeZero(bob(['share', 'secret:wandb-key', 'alice', 'write']));
  const nightly = ['--env', 'DB_PASSWORD=secret:db-password', 'busybox:1', '--', 'echo', 'done'];
  const run = (name: string, ...words: readonly string[]): Promise<void> =>
    asAlice('run', '--detach', '--no-wait-start', '--name', name, ...words);
  const batches = 'for i in 1 2 3 4 5 6 7 8 9 10 11 12; do echo "$(date +%T) batch $i of 12 sent"; done; sleep 3600';
  await run('report-of-monday', '--tag', 'report', 'busybox:1', '--', 'sh', '-c', 'sleep 3; echo done');
  await run('import', 'busybox:1', '--', 'sh', '-c', 'echo no route to the database; exit 3');
  await run(
    'nightly-report',
    ...['--tag', 'report', '--tag', 'nightly', '--description', 'Sends the figures of the day'],
    ...['--env', 'DB_PASSWORD=secret:db-password', '--volume', 'secret:/bob/model-registry:/var/secrets/registry'],
    ...['busybox:1', '--', 'sh', '-c', batches],
  );
  await run(
    'shell',
    ...['--env', 'DB_PASSWORD=secret:db-password', '--volume', 'secret:deploy-key:/var/secrets/deploy-key'],
    ...['busybox:1', '--', 'sleep', '3600'],
  );
  await asAlice('run', '--name', 'backup', '--schedule', '0 3 * * *', ...nightly);
  await asAlice('run', '--name', 'report', '--schedule', '*/15 8-18 * * 1-5', ...nightly);
  await run('stopped', 'busybox:1', '--', 'sleep', '3600');
  await mustBeZero(apply('alice', jobWithoutItsSecret));
  await eventually(
    () => alice(['status', 'shell']),
    ({ out }) => out.includes('Running'),
    'the shell runs',
  );
  await asAlice('kill', 'stopped');
}

const jobWithoutItsSecret = {
  apiVersion: 'neu.ro/v1',
  kind: 'NeuroJob',
  metadata: { name: 'needs-a-secret', namespace: 'alice' },
  spec: {
    image: 'busybox:1',
    args: ['sleep', '3600'],
    scheduleTimeout: '1h',
    env: [{ name: 'TOKEN', fromSecret: { name: 'billing-token', namespace: 'bob' } }],
  },
};

function secretsOf(namespace: string): readonly unknown[] {
  const make = (name: string, spec: unknown): unknown => ({
    apiVersion: 'neu.ro/v1',
    kind: 'UserSecret',
    metadata: { name, namespace },
    spec,
  });
  if (namespace === 'bob')
    return [
      make('model-registry', { generate: { type: 'Password' }, description: 'Pulls models' }),
      make('wandb-key', { generate: { type: 'Hex' } }),
    ];
  return [
    make('deploy-key', { generate: { type: 'Ed25519' }, description: 'Pushes to the repository of charts' }),
    make('session-salt', { generate: { type: 'Hex', length: 32, rotateEvery: '30d' } }),
    make('old-token', { value: 'in plain' }),
  ];
}

async function mustBeZero(typed: Promise<{ readonly code: number }>): Promise<void> {
  const ended = await typed;
  if (ended.code !== 0) throw new Error(JSON.stringify(ended));
}
