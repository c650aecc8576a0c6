/** Revoking: a SecretGrant is deleted, and the access is gone at the API server. */
import { API_VERSION, LABEL_MANAGED_BY, MANAGED_BY } from '../../../../src/api/index.ts';
import { roleBindingType, secretGrantType } from '../../../../src/controllers/resources.ts';
import { inParallel } from '../bare-client.ts';
import type { Bench } from '../bench.ts';
import { hasCondition, openWatch, untilAll, type ObjectWatch } from '../object-watch.ts';
import { percentile } from '../percentile.ts';
import { createAll, prepareSecrets } from '../user-secrets.ts';

const part = 'revoke';
const namespace = 'owner-0';
const singles = 200;
/** Between two that are revoked one by one. */
const restMs = 20;
/** Between two questions to the API server whether the access is still there. */
const askAgainMs = 2;
const label = `${LABEL_MANAGED_BY}=${MANAGED_BY}`;

export async function benchRevoke(bench: Bench): Promise<void> {
  const count = bench.count(1_000);
  const single = bench.count(singles);
  const bareMs = await bareDeletes(bench, single);
  await createAll(bench, await prepareSecrets(bench, 'owner', 10, 'plain'));
  const operator = await bench.startOperator();
  const bindings = await openWatch(bench.kubeconfig, roleBindingType, { namespace, labelSelector: label });
  try {
    await grantAll(bench, 'single', single);
    const one = await revokeAll(bench, bindings, 'single', single, 1, restMs);
    report(bench, `one by one, ${String(single)}`, one, bareMs);
    await grantAll(bench, 'asked', bench.count(100));
    const deniedMs = await deniedAfter(bench, 'asked', bench.count(100));
    for (const percent of [50, 99]) {
      bench.row({
        part,
        what: `delete SecretGrant -> SubjectAccessReview denied, p${String(percent)}`,
        value: percentile(deniedMs, percent),
        unit: 'ms',
        ...(percent === 99 ? { target: { of: 'value', atMost: 200 } as const } : {}),
      });
    }
    await grantAll(bench, 'many', count);
    report(bench, `${String(count)} at once`, await revokeAll(bench, bindings, 'many', count));
  } finally {
    await bindings.close();
    await operator.stop();
  }
}

function report(bench: Bench, how: string, latenciesMs: readonly number[], bareMs?: readonly number[]): void {
  for (const percent of [50, 99]) {
    bench.row({
      part,
      what: `delete SecretGrant -> RoleBinding gone, ${how}, p${String(percent)}`,
      value: percentile(latenciesMs, percent),
      unit: 'ms',
      ...(bareMs === undefined ? {} : { bare: percentile(bareMs, percent) }),
      ...(percent === 99 ? { target: { of: 'value', atMost: 200 } as const } : {}),
    });
  }
}

async function grantAll(bench: Bench, prefix: string, count: number): Promise<void> {
  const grants = await openWatch(bench.kubeconfig, secretGrantType, { namespace });
  try {
    const active = untilAll(grants, 'grants in force', count, ({ object }) => hasCondition(object, 'Ready'));
    await inParallel(count, (index) => {
      const metadata = { namespace, name: `${prefix}-${String(index)}` };
      const spec = { secret: 'secret-0', subject: { kind: 'User', name: `${prefix}-${String(index)}` } };
      const body = { apiVersion: API_VERSION, kind: 'SecretGrant', metadata, spec };
      return bench.client.send({ method: 'POST', path: grantsPath(), body });
    });
    await active;
  } finally {
    await grants.close();
  }
}

/** Milliseconds from sending each delete until the RoleBinding's own delete arrives. */
async function revokeAll(
  bench: Bench,
  bindings: ObjectWatch,
  prefix: string,
  count: number,
  concurrency?: number,
  pauseMs = 0,
): Promise<readonly number[]> {
  const { items } = await bench.client.send<{ items: { metadata: { name: string; uid: string } }[] }>({
    method: 'GET',
    path: grantsPath(),
  });
  const bindingOf = new Map(items.map(({ metadata }) => [metadata.name, `${namespace}/neuro-grant-${metadata.uid}`]));
  const goneMs = new Map<string, number>();
  bindings.onEvent(({ type }, key, atMs) => {
    if (type === 'DELETED') goneMs.set(key, atMs);
  });
  const sentMs = new Map<string, number>();
  const keys = new Set(Array.from({ length: count }, (_, index) => bindingOf.get(`${prefix}-${String(index)}`)));
  const allGone = untilAll(bindings, 'bindings gone', count, ({ type }, key) => type === 'DELETED' && keys.has(key));
  await inParallel(
    count,
    async (index) => {
      const name = `${prefix}-${String(index)}`;
      sentMs.set(bindingOf.get(name) ?? '', performance.now());
      await bench.client.send({ method: 'DELETE', path: `${grantsPath()}/${name}` });
      if (pauseMs > 0) await new Promise((resolve) => setTimeout(resolve, pauseMs));
    },
    concurrency,
  );
  await allGone;
  return [...sentMs].map(([key, sent]) => (goneMs.get(key) ?? Number.NaN) - sent);
}

async function deniedAfter(bench: Bench, prefix: string, count: number): Promise<readonly number[]> {
  const latenciesMs: number[] = [];
  for (let index = 0; index < count; index += 1) {
    const user = `${prefix}-${String(index)}`;
    // RoleBindings reach the API server's own cache a moment after they were written.
    while (!(await isAllowed(bench, user))) await new Promise((resolve) => setTimeout(resolve, askAgainMs));
    const startMs = performance.now();
    await bench.client.send({ method: 'DELETE', path: `${grantsPath()}/${user}` });
    while (await isAllowed(bench, user)) await new Promise((resolve) => setTimeout(resolve, askAgainMs));
    latenciesMs.push(performance.now() - startMs);
  }
  return latenciesMs;
}

async function isAllowed({ client }: Bench, user: string): Promise<boolean> {
  const [group, version] = API_VERSION.split('/');
  const resourceAttributes = { group, version, resource: 'usersecrets', verb: 'use', namespace, name: 'secret-0' };
  const body = {
    apiVersion: 'authorization.k8s.io/v1',
    kind: 'SubjectAccessReview',
    spec: { user, resourceAttributes },
  };
  const path = '/apis/authorization.k8s.io/v1/subjectaccessreviews';
  const { status } = await client.send<{ status: { allowed: boolean } }>({ method: 'POST', path, body });
  return status.allowed;
}

/** The bare client deletes the RoleBinding itself. */
async function bareDeletes(bench: Bench, count: number): Promise<readonly number[]> {
  await bench.makeNamespace('bare');
  const path = '/apis/rbac.authorization.k8s.io/v1/namespaces/bare/rolebindings';
  await inParallel(count, (index) => {
    const subjects = [{ apiGroup: 'rbac.authorization.k8s.io', kind: 'User', name: `user-${String(index)}` }];
    const roleRef = { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: 'bare' };
    const metadata = { name: `bare-${String(index)}` };
    const body = { apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'RoleBinding', metadata, roleRef, subjects };
    return bench.client.send({ method: 'POST', path, body });
  });
  const watch = await openWatch(bench.kubeconfig, roleBindingType, { namespace: 'bare' });
  const latenciesMs: number[] = [];
  try {
    for (let index = 0; index < count; index += 1) {
      const name = `bare-${String(index)}`;
      const gone = watch.until(
        `the delete of ${name}`,
        ({ type }, key) => type === 'DELETED' && key === `bare/${name}`,
      );
      const startMs = performance.now();
      await bench.client.send({ method: 'DELETE', path: `${path}/${name}` });
      latenciesMs.push((await gone) - startMs);
      await new Promise((resolve) => setTimeout(resolve, restMs));
    }
  } finally {
    await watch.close();
  }
  return latenciesMs;
}

function grantsPath(): string {
  return `/apis/${API_VERSION}/namespaces/${namespace}/secretgrants`;
}
