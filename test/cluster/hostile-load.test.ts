/** One tenant makes as much work as he can. The operator stays up, and the others do not wait for him. */
import { readFile } from 'node:fs/promises';
import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { generateRsaKeyPair, importRsaKeyPair, sealKubeseal } from '../../src/sealing/index.ts';
import { testCluster } from '../support/cluster.ts';
import { startOperator, type RunningOperator } from '../support/operator.ts';
import { operatorWorld, type OperatorWorld } from '../support/operator-world.ts';

const mebibyte = 1024 * 1024;
/** Of the container that manifests/install.yaml describes. */
const memoryLimitBytes = 512 * mebibyte;

let world: OperatorWorld;
let operator: RunningOperator;
let mallory: string;
let alice: string;
let count = 0;

beforeAll(async () => {
  world = operatorWorld(await testCluster());
  operator = await startOperator(world.test);
  mallory = await world.test.makeNamespace('mallory');
  alice = await world.test.makeNamespace('alice', { 'neu.ro/user': 'alice' });
});

afterAll(async () => {
  await operator.stop();
  for (const plural of ['neurojobs', 'usersecrets']) await deleteAll(plural, mallory);
});

async function deleteAll(plural: string, namespace: string): Promise<void> {
  await world.test.request({
    method: 'DELETE',
    path: `/apis/neu.ro/v1/namespaces/${namespace}/${plural}`,
    // The answer names what was deleted, and would hold a hundred values of 1 MiB.
    accept: 'application/json;as=PartialObjectMetadataList;v=v1;g=meta.k8s.io',
  });
}

async function inParallel(times: number, work: (index: number) => Promise<unknown>): Promise<void> {
  const indexes = Array.from({ length: times }, (_, index) => index);
  const next = async (): Promise<void> => {
    for (let index = indexes.pop(); index !== undefined; index = indexes.pop()) await work(index);
  };
  await Promise.all(Array.from({ length: 8 }, next));
}

/** Alice makes a secret, and has it while the others wait for theirs. */
async function aliceIsServed(): Promise<void> {
  const name = `quick-${String(++count)}`;
  await world.create('usersecrets', alice, { metadata: { name }, spec: { generate: { type: 'Password' } } });
  await world.untilReason('usersecrets', alice, name, 'True Synced');
}

const post = (plural: string, namespace: string, kind: string, name: string, spec: unknown): Promise<unknown> =>
  world.test.request({
    method: 'POST',
    path: `/apis/neu.ro/v1/namespaces/${namespace}/${plural}`,
    body: { apiVersion: 'neu.ro/v1', kind, metadata: { name }, spec },
  });

/** The most that the process has held at one time. */
async function peakBytes(): Promise<number> {
  const status = await readFile(`/proc/${String(operator.pid)}/status`, 'utf8');
  return Number(/^VmHWM:\s+(\d+) kB$/m.exec(status)?.[1] ?? Number.NaN) * 1024;
}

describe('a hundred secrets of 1 MiB', () => {
  it('fit into the memory of the operator, also when it starts again over them', async () => {
    await deleteAll('usersecrets', mallory);
    const value = randomBytes(mebibyte / 2).toString('hex');
    await inParallel(100, (index) => post('usersecrets', mallory, 'UserSecret', `huge-${String(index)}`, { value }));
    await world.untilReason('usersecrets', mallory, 'huge-0', 'True Synced');
    await operator.stop();
    operator = await startOperator(world.test);
    await aliceIsServed();
    const peak = await peakBytes();
    process.stderr.write(`a start over 100 secrets of 1 MiB takes ${String(Math.round(peak / mebibyte))} MiB\n`);
    expect(peak).toBeLessThan(memoryLimitBytes);
    await deleteAll('usersecrets', mallory);
  });
});

describe('two hundred ciphertexts that no key opens', () => {
  it('cost one try of each key, and Alice does not wait for them', async () => {
    await deleteAll('usersecrets', mallory);
    const stranger = await importRsaKeyPair((await generateRsaKeyPair()).privateKeyPem);
    const context = { namespace: mallory, name: 'n', key: 'n' };
    const value = await sealKubeseal(stranger, 'strict', context, Uint8Array.of(1));
    await inParallel(200, (index) =>
      post('usersecrets', mallory, 'UserSecret', `garbage-${String(index)}`, { sealed: { format: 'kubeseal', value } }),
    );
    await aliceIsServed();
    await world.eventually(
      async () => world.reasonOf(await world.get('usersecrets', mallory, 'garbage-199')),
      (reason) => /^False (CannotOpen|UnknownSealingKey)$/.test(reason),
      'it is said',
    );
    await deleteAll('usersecrets', mallory);
  });
});

describe('two hundred jobs that wait for what they never get', () => {
  it('do not keep the job of Alice from its Pod', async () => {
    await deleteAll('neurojobs', mallory);
    await world.secret(alice, 'hers', { value: 'x' });
    const spec = { image: 'busybox:1', env: [{ name: 'S', fromSecret: { namespace: alice, name: 'hers' } }] };
    await inParallel(200, (index) => post('neurojobs', mallory, 'NeuroJob', `beggar-${String(index)}`, spec));
    const name = `work-${String(++count)}`;
    await post('neurojobs', alice, 'NeuroJob', name, spec);
    await world.eventually(
      () =>
        world.test.request({ method: 'GET', path: `/api/v1/namespaces/${alice}/pods/${name}` }).then(
          () => true,
          () => false,
        ),
      (isThere) => isThere,
      'the Pod of Alice',
    );
    // Who asks in vain cannot fill the owner's namespace with events either.
    const { stdout } = await world.test.kubectl('admin', [
      ...['get', 'events', '-n', alice, '--field-selector', 'reason=UseDenied', '-o', 'name'],
    ]);
    expect(stdout.split('\n').filter(Boolean).length).toBeLessThanOrEqual(25);
  });
});
