/** A schedule of each minute on a real node, by the command as people type it, with a secret that is taken away. */
import { afterAll, beforeAll, expect, vi, test } from 'vitest';
import { startOperator, type RunningOperator } from '../support/operator.ts';
import { eventually } from '../support/until.ts';
import { person, type Person } from './cli-command.ts';
import { nodeCluster, type NodeCluster } from './node-cluster.ts';

/** One minute of the clock, and the start of a Pod on a busy machine. */
const minuteMs = 150_000;
vi.setConfig({ testTimeout: 5 * minuteMs });

let cluster: NodeCluster;
let operator: RunningOperator;
let alice: Person;
let namespace: string;
let owner: string;

beforeAll(async () => {
  cluster = await nodeCluster();
  operator = await startOperator(cluster);
  namespace = await cluster.makeNamespace('alice');
  owner = await cluster.makeNamespace('owner');
  for (const each of [namespace, owner])
    await cluster.kubectl('admin', [
      'create',
      'rolebinding',
      'owner',
      '-n',
      each,
      '--clusterrole=admin',
      '--user=alice',
    ]);
  const neuro = person(cluster.cluster, 'alice');
  alice = (words) => neuro(['-n', namespace, ...words]);
});

afterAll(async () => {
  await operator.stop();
  await cluster.leave();
});

test('runs by the clock with its secret, pauses, runs now, and says so when the secret was removed', async () => {
  const subject = { kind: 'Namespace', name: namespace };
  const made = await cluster.apply(
    'alice',
    {
      apiVersion: 'neu.ro/v1',
      kind: 'UserSecret',
      metadata: { name: 'word', namespace: owner },
      spec: { value: 'seven..' },
    },
    {
      apiVersion: 'neu.ro/v1',
      kind: 'SecretGrant',
      metadata: { name: 'word', namespace: owner },
      spec: { secret: 'word', subject },
    },
  );
  expect(made.stderr).toBe('');
  await cluster.kubectl('admin', ['wait', '--for=condition=Ready', 'secretgrant/word', '-n', owner, '--timeout=300s']);

  const words = ['run', '--schedule', '* * * * *', '--time-zone', 'Europe/Berlin', '--name', 'often'];
  const command = [
    '--schedule-timeout',
    '10s',
    '-e',
    `WORD=secret:/${owner}/word`,
    'busybox:1',
    '--',
    'sh',
    '-c',
    'echo ${#WORD} letters',
  ];
  expect(await alice([...words, ...command])).toMatchObject({ code: 0, out: 'Schedule: often\n' });
  const list = (): Promise<string> => alice(['schedule', 'ls']).then(({ out }) => out);
  const ran = await eventually(list, (out) => out.includes('succeeded'), 'a job has succeeded', minuteMs);
  expect(ran).toMatch(/often +\* \* \* \* \* +Europe\/Berlin +active/);
  const shown = (await alice(['schedule', 'show', 'often'])).out;
  const [job = ''] = /often-\d+/.exec(shown) ?? [];
  expect((await alice(['logs', job])).out).toBe('7 letters\n');
  expect((await alice(['ps', '-a', '-q'])).out.split('\n')).toContain('often');
  expect((await alice(['ps', '-q'])).out.split('\n')).not.toContain('often');

  expect((await alice(['schedule', 'pause', 'often'])).code).toBe(0);
  await eventually(list, (out) => out.includes('paused'), 'it is paused');
  const now = (await alice(['schedule', 'run-now', 'often', '-q'])).out.trim();
  expect(await alice(['job', 'wait', now])).toMatchObject({ code: 0 });

  await cluster.kubectl('alice', ['delete', 'secretgrant', 'word', '-n', owner]);
  expect((await alice(['schedule', 'resume', 'often'])).code).toBe(0);
  const after = (): Promise<string> => alice(['schedule', 'show', 'often']).then(({ out }) => out);
  const failed = await eventually(after, (out) => /Last result +failed/.test(out), 'a job has failed', minuteMs);
  const [last = ''] = /(?<=failed \()often-\d+/.exec(failed) ?? [];
  expect((await alice(['status', last])).out).toContain(`Missing secrets: 'secret:/${owner}/word'`);

  expect((await alice(['schedule', 'rm', 'often'])).code).toBe(0);
  const left = (): Promise<string> => alice(['ps', '-a', '-q']).then(({ out }) => out);
  await eventually(left, (out) => out.trim() === '', 'the template and the jobs are gone', minuteMs);
});
