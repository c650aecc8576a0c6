/** Messages to a webhook of the administrator: from a real operator on a real control plane to a real HTTP server. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { testCluster } from '../support/cluster.ts';
import { startOperator, type RunningOperator } from '../support/operator.ts';
import { operatorWorld, type OperatorWorld } from '../support/operator-world.ts';
import { untilTrue } from '../support/until.ts';
import { startWebhookReceiver, type WebhookReceiver } from '../support/webhook-receiver.ts';

let world: OperatorWorld;
let operator: RunningOperator;
let receiver: WebhookReceiver;
let folder: string;
let home: string;

const start = (): Promise<RunningOperator> =>
  startOperator(world.test, {
    config: JSON.stringify({
      notifications: { webhookFolder: folder, events: ['JobFailed', 'JobCancelled', 'AccessEnding'] },
    }),
  });
/** Of the home: what other files left on this control plane ends meanwhile, too. */
const textsWith = (word: string): readonly string[] =>
  receiver.received.map(({ text }) => text).filter((text) => text.includes(word) && text.includes(`\`${home}\``));
const untilTold = (word: string): Promise<void> =>
  untilTrue(() => Promise.resolve(textsWith(word).length > 0), `a message about ${word}`);
const jobs = (): string => `/apis/neu.ro/v1/namespaces/${home}/neurojobs`;
const run = (name: string, more: object = {}) =>
  world.test.request({
    method: 'POST',
    path: jobs(),
    body: { apiVersion: 'neu.ro/v1', kind: 'NeuroJob', metadata: { name }, spec: { image: 'busybox:1', ...more } },
  });
const cancel = (name: string) =>
  world.test.request({
    method: 'PATCH',
    path: `${jobs()}/${name}`,
    contentType: 'application/merge-patch+json',
    body: { spec: { cancel: true } },
  });
/** Its warning falls due at once, as it is an hour before the end. */
const endingSoon = (name: string, subject: string) =>
  world.create('secretgrants', home, {
    metadata: { name },
    spec: {
      secret: 'db',
      access: 'read',
      subject: { kind: 'User', name: subject },
      expiresAt: new Date(Date.now() + 3_600_000 + 2_000).toISOString().replace(/\.\d+Z$/, 'Z'),
    },
  });

/** A look reaches up to five seconds ago. */
const untilDue = (name: string): Promise<void> =>
  untilTrue(async () => {
    const grant = await world.get('secretgrants', home, name);
    const { expiresAt = '' } = (grant as { readonly spec: { readonly expiresAt?: string } }).spec;
    return Date.parse(expiresAt) - Date.now() < 3_600_000 - 5_000;
  }, 'its warning is due');

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'neuro-webhook-'));
  receiver = await startWebhookReceiver();
  await writeFile(join(folder, 'url'), receiver.url);
  world = operatorWorld(await testCluster());
  operator = await start();
  home = await world.test.makeNamespace('notify');
});

afterAll(async () => {
  await operator.stop();
  await receiver.close();
  await rm(folder, { recursive: true });
});

test('a job that ends sends one message, without its output, its arguments or a value', async () => {
  await world.secret(home, 'db', { value: 'canary-of-the-value' });
  await run('train', { args: ['canary-of-the-arguments'], env: [{ name: 'A', fromSecret: { name: 'db' } }] });
  await cancel('train');
  await untilTold('train');
  await run('late', { scheduleTimeout: '2s' });
  await untilTold('late');
  expect(textsWith('train')).toEqual([`Job \`train\` in \`${home}\` was cancelled.`]);
  expect(textsWith('late')[0]).toMatch(/^Job `late` in `.*` failed \([A-Za-z]+\)\.$/);
  expect(JSON.stringify(receiver.received)).not.toContain('canary');
});

test('a receiver that fails gets it again, and its failure holds up nothing and shows in a metric', async () => {
  receiver.answer = (response) => {
    // The first two answers; the third is as always.
    if (textsWith('unlucky').length <= 2) response.writeHead(503).end();
    else response.end('ok');
  };
  await run('unlucky');
  await cancel('unlucky');
  await untilTold('unlucky');
  await world.secret(home, 'meanwhile', { value: 'x' });
  await world.untilReason('usersecrets', home, 'meanwhile', 'True Synced');
  await untilTrue(() => Promise.resolve(textsWith('unlucky').length === 3), 'the third try');
  await untilTrue(
    async () => (await operator.metric('neuro_operator_notifications_total', { result: 'sent' })) >= 3,
    'it is counted',
  );
  expect(operator.log()).not.toContain(new URL(receiver.url).host);
});

test('access that is about to end sends one message, over restarts, also where it fell due meanwhile', async () => {
  await endingSoon('to-bob', 'bob');
  await world.until('secretgrants', home, 'to-bob', (found) => found?.status?.phase === 'Active', 'it is active');
  await operator.stop();
  await untilDue('to-bob');
  operator = await start();
  await untilTold('bob');
  expect(textsWith('bob')[0]).toMatch(/^Access of `bob` to secret `db` in `.*` ends at 20.*Z\.$/);
  await operator.stop();
  await endingSoon('to-carol', 'carol');
  await untilDue('to-carol');
  operator = await start();
  // A message of the same kind that comes later: the one about bob would have come before.
  await run('after-all');
  await cancel('after-all');
  await untilTold('after-all');
  await untilTold('carol');
  expect(textsWith('bob')).toHaveLength(1);
  expect(textsWith('train')).toHaveLength(1);
});
