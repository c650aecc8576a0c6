/** Copies: the largest number that one secret may have, in the homes of one group; made, changed, and ended by one revoke. */
import { API_VERSION, LABEL_MANAGED_BY, MANAGED_BY } from '../../../../src/api/index.ts';
import { secretType, userSecretType } from '../../../../src/controllers/resources.ts';

import { readApiServer, writesBetween } from '../api-server.ts';
import { inParallel } from '../bare-client.ts';
import type { Bench } from '../bench.ts';
import { hasCondition, openWatch, untilAll } from '../object-watch.ts';
import { percentile } from '../percentile.ts';

const part = 'copies';
const owner = 'owner';
const group = 'copiers';
/** Of one secret: docs/limits.md. */
const mostCopies = 1_000;
const homes = 50;
const labelSelector = `${LABEL_MANAGED_BY}=${MANAGED_BY}`;

export async function benchCopies(bench: Bench): Promise<void> {
  const count = bench.count(mostCopies);
  await bench.makeNamespace(owner);
  for (let index = 0; index < homes; index += 1)
    await bench.makeNamespace(homeOf(index), { 'neu.ro/user': homeOf(index), 'neu.ro/groups': group });
  const operator = await bench.startOperator();
  const natives = await openWatch(bench.kubeconfig, secretType, { labelSelector, metadataOnly: true });
  const copies = await openWatch(bench.kubeconfig, userSecretType);
  const isCopy = (key: string): boolean => !key.startsWith(`${owner}/`);
  try {
    await bench.client.send(post(owner, 'usersecrets', { metadata: { name: 'shared' }, spec: { value: 'v1' } }));
    const spec = { secret: 'shared', subject: { kind: 'Group', name: group }, access: 'copy' };
    await bench.client.send(post(owner, 'secretgrants', { metadata: { name: 'to-all' }, spec }));
    const ready = untilAll(
      copies,
      'copies ready',
      count,
      ({ object }, key) => isCopy(key) && hasCondition(object, 'Ready'),
    );
    const startMs = performance.now();
    await inParallel(count, (index) => {
      const sharedFrom = { namespace: owner, name: 'shared' };
      const metadata = { name: `copy-${String(index)}` };
      return bench.client.send(post(homeOf(index), 'usersecrets', { metadata, spec: { sharedFrom } }));
    });
    bench.row({ part, what: `${String(count)} copies made`, value: (await ready) - startMs, unit: 'ms' });

    const changed = seenOf('MODIFIED');
    const allChanged = untilAll(
      natives,
      'copies changed',
      count,
      ({ type }, key) => type === 'MODIFIED' && isCopy(key),
    );
    const beforeChange = await readApiServer(bench.client);
    const changeMs = performance.now();
    await bench.client.send({
      method: 'PATCH',
      path: `${pathOf(owner, 'usersecrets')}/shared`,
      contentType: 'application/merge-patch+json',
      body: { spec: { value: 'v2' } },
    });
    await allChanged;
    await reportRequests('change of the value', beforeChange);
    report('change of the value -> the copy has it', changed, changeMs);

    const gone = seenOf('DELETED');
    const beforeGone = await readApiServer(bench.client);
    const allGone = untilAll(natives, 'copies gone', count, ({ type }, key) => type === 'DELETED' && isCopy(key));
    const revokeMs = performance.now();
    await bench.client.send({ method: 'DELETE', path: `${pathOf(owner, 'secretgrants')}/to-all` });
    await allGone;
    await reportRequests('delete SecretGrant', beforeGone);
    report('delete SecretGrant -> the copy is gone', gone, revokeMs);
  } finally {
    await copies.close();
    await natives.close();
    await operator.stop();
  }
  await bareClientDoes();

  /** The writes that no controller can do without, by a client that knows what to write: of the same size, in the same namespaces. */
  async function bareClientDoes(): Promise<void> {
    const { client } = bench;
    const path = (index: number): string => `/api/v1/namespaces/${homeOf(index)}/secrets`;
    const data = (value: string) => ({ value: Buffer.from(value).toString('base64') });
    await inParallel(count, (index) =>
      client.send({
        method: 'POST',
        path: path(index),
        body: { apiVersion: 'v1', kind: 'Secret', metadata: { name: `bare-${String(index)}` }, data: data('v1') },
      }),
    );
    const changedMs = await inParallel(count, (index) =>
      client.send({
        method: 'PATCH',
        path: `${path(index)}/bare-${String(index)}`,
        contentType: 'application/merge-patch+json',
        body: { data: data('v2') },
      }),
    );
    const deletedMs = await inParallel(count, (index) =>
      client.send({ method: 'DELETE', path: `${path(index)}/bare-${String(index)}` }),
    );
    bench.row({ part, what: 'the same changes by a bare client, all', value: changedMs, unit: 'ms' });
    bench.row({ part, what: 'the same deletions by a bare client, all', value: deletedMs, unit: 'ms' });
  }

  function seenOf(wanted: 'MODIFIED' | 'DELETED'): ReadonlyMap<string, number> {
    const seen = new Map<string, number>();
    natives.onEvent(({ type }, key, atMs) => {
      if (type === wanted && isCopy(key) && !seen.has(key)) seen.set(key, atMs);
    });
    return seen;
  }

  /** What was asked of the API server until the last copy had it; statuses may come later. */
  async function reportRequests(what: string, before: Awaited<ReturnType<typeof readApiServer>>): Promise<void> {
    const made = writesBetween(before, await readApiServer(bench.client));
    const each = Object.entries(made).map(([kind, requests]) => `${kind} ${(requests / count).toFixed(2)}`);
    bench.progress(`${what}: for each copy ${each.join(', ')}`);
  }

  function report(what: string, seen: ReadonlyMap<string, number>, startMs: number): void {
    const latenciesMs = [...seen.values()].map((atMs) => atMs - startMs);
    for (const percent of [50, 99, 100])
      bench.row({
        part,
        what: `${what}, ${String(count)} at once, p${String(percent)}`,
        value: percentile(latenciesMs, percent),
        unit: 'ms',
      });
  }
}

function homeOf(index: number): string {
  return `home-${String(index % homes)}`;
}

function pathOf(namespace: string, plural: string): string {
  return `/apis/${API_VERSION}/namespaces/${namespace}/${plural}`;
}

function post(namespace: string, plural: 'usersecrets' | 'secretgrants', object: object) {
  const kind = plural === 'usersecrets' ? 'UserSecret' : 'SecretGrant';
  return {
    method: 'POST',
    path: pathOf(namespace, plural),
    body: { apiVersion: API_VERSION, kind, ...object },
  } as const;
}
