import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { Webhook } from '../../../src/operator/notify/webhook.ts';
import { ManualClock } from '../../support/manual-clock.ts';
import { untilTrue } from '../../support/until.ts';
import { startWebhookReceiver, type WebhookReceiver } from '../../support/webhook-receiver.ts';

let folder: string;
let receiver: WebhookReceiver;
let problems: string[];
let ending: AbortController;
let webhook: Webhook;
let clock: ManualClock;
let following: Promise<void>;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'neuro-webhook-'));
  receiver = await startWebhookReceiver();
  problems = [];
  ending = new AbortController();
  clock = new ManualClock();
  webhook = new Webhook({ folder, clock, onBadUrl: (problem) => problems.push(problem) });
  following = webhook.follow(ending.signal);
  // It has read the folder, and reads it again when the clock says so.
  await untilTrue(() => clock.timerCount === 1, 'the first look at the folder');
});

afterEach(async () => {
  ending.abort();
  await following;
  await receiver.close();
  rmSync(folder, { recursive: true });
});

async function urls(files: Readonly<Record<string, string>>): Promise<void> {
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  await webhook.read();
}
const send = (namespace: string, text = 'x') => webhook.send({ event: 'JobFailed', namespace, text }, ending.signal);

test('posts JSON with a text to the address of the namespace, else to that of all', async () => {
  await urls({ url: `${receiver.url}/all\n`, 'url.alice': `${receiver.url}/alice` });
  expect(await send('alice', 'a "quoted" text')).toEqual({ is: 'sent' });
  expect(await send('bob')).toEqual({ is: 'sent' });
  expect(receiver.received.map(({ path, body }) => [path, body])).toEqual([
    ['/alice', '{"text":"a \\"quoted\\" text"}'],
    ['/all', '{"text":"x"}'],
  ]);
  expect(receiver.received[0]?.headers['content-type']).toBe('application/json');
});

test('a namespace without an address has no receiver', async () => {
  await urls({ 'url.alice': receiver.url, 'url.': receiver.url, other: receiver.url });
  expect([webhook.hasReceiver('alice'), webhook.hasReceiver('bob')]).toEqual([true, false]);
});

test('an invalid address is named by its file, and is in no message', async () => {
  await urls({ url: 'file:///etc/passwd', 'url.alice': 'not-an-address-canary' });
  expect(problems).toEqual(["'url' holds no http or https address", "'url.alice' holds no http or https address"]);
  expect(webhook.hasReceiver('alice')).toBe(false);
});

test('a file that cannot be read is not called an invalid address', async () => {
  mkdirSync(join(folder, 'url'));
  await urls({ 'url.alice': receiver.url });
  expect(problems).toEqual(["'url' cannot be read"]);
  expect(webhook.hasReceiver('alice')).toBe(true);
});

test.each([
  [404, { is: 'refused', why: 'HTTP 404' }],
  [500, { is: 'failed', why: 'HTTP 500', afterMs: 0 }],
] as const)('an answer of %d is said', async (status, expected) => {
  await urls({ url: receiver.url });
  receiver.answer = (response) => response.writeHead(status).end();
  expect(await send('alice')).toEqual(expected);
});

test('a receiver says when it takes more, up to five minutes', async () => {
  await urls({ url: receiver.url });
  const after = async (seconds: string) => {
    receiver.answer = (response) => response.writeHead(429, { 'retry-after': seconds }).end();
    return send('alice');
  };
  expect(await after('7')).toMatchObject({ is: 'failed', afterMs: 7_000 });
  expect(await after('86400')).toMatchObject({ afterMs: 300_000 });
  expect(await after('tomorrow')).toMatchObject({ afterMs: 0 });
});

test('a redirect is refused, not followed', async () => {
  await urls({ url: receiver.url });
  receiver.answer = (response) => response.writeHead(307, { location: `${receiver.url}/elsewhere` }).end();
  expect(await send('alice')).toEqual({ is: 'refused', why: 'HTTP 307' });
  expect(receiver.received).toHaveLength(1);
});

test('a receiver that gives no answer within ten seconds of the clock has failed', async () => {
  await urls({ url: receiver.url });
  receiver.answer = () => undefined;
  let result: unknown;
  const sending = send('alice').then((sent) => (result = sent));
  await untilTrue(() => receiver.received.length === 1, 'it is sent');
  // The next look at the folder, and this limit.
  expect(clock.timerCount).toBe(2);
  await clock.advance(9_999);
  expect(result).toBeUndefined();
  await clock.advance(1);
  await sending;
  expect(result).toEqual({ is: 'failed', why: 'no answer in time' });
});

test('a text has at most a thousand characters', async () => {
  await urls({ url: receiver.url });
  await send('alice', 'x'.repeat(5_000));
  expect(receiver.received[0]?.text).toHaveLength(1_000);
});

test('an error names no address', async () => {
  await receiver.close();
  await urls({ url: `${receiver.url}/canary` });
  const result = await send('alice');
  expect(result).toMatchObject({ is: 'failed' });
  expect(JSON.stringify(result)).not.toMatch(/canary|127\.0\.0\.1/);
});
