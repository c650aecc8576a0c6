/**
 * The samples of copies with real Pods: a Deployment in `web` reads a secret of `platform`, follows its changes, and loses it at the
 * second of the expiry, by the clock of the API server; or keeps it where the owner said so.
 */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { AuditEvent } from '../support/audit.ts';
import { buildHelmLimitMs, helm } from '../support/helm.ts';
import { inCluster, operatorUser, type InCluster, type KubeJson } from '../support/in-cluster.ts';
import { untilTrue } from '../support/until.ts';

const samples = fileURLToPath(new URL('../../manifests/samples/copies', import.meta.url));
/** The kubelet renews mounted files once a minute or so, later where it has much to do. */
const longestSyncMs = 300_000;
/** Between two requests in the log of the API server: caused by the change itself, not by a timer of ours, however busy the machine is. */
const soonMs = 30_000;

let cluster: InCluster;
/** Stand for `platform` and `web` of the samples. */
let platform: string;
let web: string;

beforeAll(async () => {
  cluster = await inCluster();
  platform = await cluster.makeNamespace('platform');
  web = await cluster.makeNamespace('web');
  await helm(['version']);
}, buildHelmLimitMs);

afterAll(() => cluster.kubectl('admin', ['delete', 'namespace', platform, web, '--wait=false']));

test('the sample gives a Deployment the value of a secret of another namespace', async () => {
  await cluster.output('admin', ['apply', '-f', '-'], await sample('plain/web.yaml'));
  // Nothing is there to copy yet, and the Pod waits.
  await untilReason('CopyUnavailable');
  await cluster.output('admin', ['apply', '-f', '-'], await sample('plain/platform.yaml'));
  await ready('deployment/shop');
  expect(await mounted()).toBe(await valueOf(platform, 'db-password'));
  expect((await cluster.get('secret', web, 'db-password'))?.metadata.annotations).toMatchObject({
    'reloader.stakater.com/match': 'true',
  });
});

test('a change of the secret is in the copy at once, and reaches the running Pod', async () => {
  const [pod] = await pods('app=shop');
  const value = { spec: { generate: null, value: 'changed' } };
  await cluster.output('admin', patch(platform, 'usersecret/db-password', value));
  await untilTrue(async () => (await valueOf(web, 'db-password')) === 'changed', 'the copy has the new value');
  const at = async (namespace: string): Promise<number> => timeOf((await writes(namespace, /update|patch/)).at(-1));
  const delayMs = (await at(web)) - (await at(platform));
  expect(delayMs).toBeLessThan(soonMs);
  await untilTrue(async () => (await mounted()) === 'changed', 'the file in the Pod', longestSyncMs);
  expect((await pods('app=shop')).map(({ metadata }) => metadata.uid)).toEqual([pod?.metadata.uid]);
});

test('at the second of the expiry the copy goes, and a new Pod waits', async () => {
  const expiresAt = new Date(Math.ceil(Date.now() / 1000) * 1000 + 5_000).toISOString();
  await cluster.output('admin', patch(platform, 'secretgrant/db-password-web', { spec: { expiresAt } }));
  await untilTrue(async () => (await cluster.get('secret', web, 'db-password')) === undefined, 'the copy is gone');
  const lateMs = timeOf((await writes(web, /delete/)).at(-1)) - Date.parse(expiresAt);
  expect(lateMs).toBeGreaterThanOrEqual(0);
  expect(lateMs).toBeLessThan(soonMs);
  await untilReason('CopyUnavailable');
  await cluster.output('admin', ['rollout', 'restart', 'deployment/shop', '-n', web]);
  await untilTrue(async () => {
    const events = await cluster.list('events', web);
    return JSON.stringify(events).includes('FailedMount');
  }, 'a new Pod lacks the Secret');
});

test('it is back with another grant, and a revoke ends it at once', async () => {
  await cluster.output('admin', patch(platform, 'secretgrant/db-password-web', { spec: { expiresAt: null } }));
  await untilCopied();
  await ready('deployment/shop');
  await cluster.output('admin', ['delete', 'secretgrant', 'db-password-web', '-n', platform]);
  await untilTrue(async () => (await cluster.get('secret', web, 'db-password')) === undefined, 'the copy is gone');
  const revoked = (await events(platform, 'secretgrants', /delete/)).at(-1);
  expect(timeOf((await writes(web, /delete/)).at(-1)) - timeOf(revoked)).toBeLessThan(soonMs);
});

test('with onRevoke: Continue the Deployment keeps the last value, and new Pods start with it', async () => {
  const grant = (await sample('plain/platform.yaml')).split('---\n')[1] ?? '';
  await cluster.output('admin', patch(platform, 'usersecret/db-password', { spec: { onRevoke: 'Continue' } }));
  await cluster.output('admin', ['apply', '-f', '-'], grant);
  await untilCopied();
  await ready('deployment/shop');
  await cluster.output('admin', ['delete', 'secretgrant', 'db-password-web', '-n', platform]);
  await untilReason('CopyEnded');
  await cluster.output('admin', patch(platform, 'usersecret/db-password', { spec: { value: 'later' } }));
  await cluster.output('admin', ['wait', '--for=condition=Ready', 'usersecret/db-password', '-n', platform]);
  await cluster.output('admin', ['rollout', 'restart', 'deployment/shop', '-n', web]);
  await ready('deployment/shop');
  expect([await valueOf(platform, 'db-password'), await mounted()]).toEqual(['later', 'changed']);
  await cluster.output('admin', ['delete', '-f', '-'], await sample('plain/web.yaml'));
});

test('the samples for Kustomize and for Helm give the same', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'neuro-copies-'));
  try {
    await cluster.output(
      'admin',
      ['delete', '--ignore-not-found', '-f', '-'],
      (await sample('plain/platform.yaml')).split('---\n')[0] ?? '',
    );
    const made = await cluster.output('admin', ['kustomize', join(samples, 'kustomize')]);
    await cluster.output('admin', ['apply', '-f', '-'], moved(made));
    await ready('deployment/shop');
    expect((await cluster.get('secretgrant', platform, 'db-password-web'))?.status).toMatchObject({
      phase: 'Active',
    });
    // A namespace has one secret of a key.
    await cluster.output('admin', ['delete', 'deployment/shop', 'usersecret/db-password', '-n', web]);
    const values = join(folder, 'values.yaml');
    await writeFile(values, `database: { namespace: ${platform} }\n`);
    const args = ['template', 'store', join(samples, 'helm'), '-n', web, '-f', values];
    const { code, stdout, stderr } = await helm(args);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    await cluster.output('admin', ['apply', '-f', '-'], stdout);
    await ready('deployment/store');
    expect(await printed('deployment/store', 'sh', '-c', 'echo "$DB_PASSWORD"')).toBe(
      await valueOf(platform, 'db-password'),
    );
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});

async function sample(file: string): Promise<string> {
  return moved(await readFile(join(samples, file), 'utf8'));
}

/** In the namespaces of this test. */
function moved(text: string): string {
  return text.replaceAll(
    /\b(namespace|name): (platform|web)$/gm,
    (_, field: string, name: string) => `${field}: ${name === 'web' ? web : platform}`,
  );
}

function patch(namespace: string, object: string, change: unknown): readonly string[] {
  return ['patch', object, '-n', namespace, '--type=merge', '-p', JSON.stringify(change)];
}

async function ready(deployment: string): Promise<void> {
  await cluster.output('admin', ['rollout', 'status', deployment, '-n', web, '--timeout=300s']);
}

/** A Deployment whose Pods run is ready without the copy, too. */
async function untilCopied(): Promise<void> {
  await untilTrue(async () => (await cluster.get('secret', web, 'db-password')) !== undefined, 'the copy is there');
}

async function untilReason(reason: string): Promise<void> {
  await untilTrue(async () => {
    const { status } = (await cluster.get('usersecret', web, 'db-password')) ?? {};
    return JSON.stringify(status?.['conditions'] ?? []).includes(`"reason":"${reason}"`);
  }, reason);
}

async function valueOf(namespace: string, name: string): Promise<string | undefined> {
  const encoded = (await cluster.get('secret', namespace, name))?.data?.[name];
  return encoded === undefined ? undefined : Buffer.from(encoded, 'base64').toString();
}

async function printed(deployment: string, ...command: readonly string[]): Promise<string> {
  return (await cluster.output('admin', ['exec', '-n', web, deployment, '--', ...command])).trimEnd();
}

function mounted(): Promise<string> {
  return printed('deployment/shop', 'cat', '/secrets/db-password');
}

async function pods(selector: string): Promise<readonly KubeJson[]> {
  const text = await cluster.output('admin', ['get', 'pods', '-n', web, '-l', selector, '-o', 'json']);
  return (JSON.parse(text) as { readonly items: readonly KubeJson[] }).items;
}

/** What the operator wrote to native Secrets of that name, as the API server logged it. */
async function writes(namespace: string, verb: RegExp): Promise<readonly AuditEvent[]> {
  const all = await events(namespace, 'secrets', verb);
  return all.filter(({ user, objectRef }) => user.username === operatorUser && objectRef?.name === 'db-password');
}

async function events(namespace: string, resource: string, verb: RegExp): Promise<readonly AuditEvent[]> {
  const all = await cluster.audit();
  return all.filter(
    ({ objectRef, responseStatus, ...event }) =>
      verb.test(event.verb) &&
      objectRef?.namespace === namespace &&
      objectRef.resource === resource &&
      objectRef.subresource === undefined &&
      responseStatus?.code === 200,
  );
}

function timeOf(event: AuditEvent | undefined): number {
  if (event === undefined) throw new Error('no such request in the log');
  return Date.parse(event.stageTimestamp);
}
