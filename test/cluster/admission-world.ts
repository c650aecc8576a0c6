/** Who writes what in the tests of admission, and what the API server says to it. */
import type { ObjectOfKind } from '../support/api-paths.ts';
import { onCreateAs, onDeleteAs, onMergeAs } from '../support/api-verdict.ts';
import type { KubectlResult, TestCluster } from '../support/cluster.ts';
import { grantTo } from '../support/in-cluster-objects.ts';
import { eventually } from '../support/until.ts';

export const rbac = { apiGroup: 'rbac.authorization.k8s.io' };
export const toCarol = { kind: 'User', name: 'carol' } as const;
export const by = (name: string) => ({ kind: 'User', name }) as const;
export const group = (name: string) => ({ kind: 'Group', name }) as const;
export const inDays = (days: number): string =>
  new Date(Date.now() + days * 86_400_000).toISOString().replace(/\.\d+Z$/, 'Z');

export function grant(namespace: string, name: string, spec: Partial<Parameters<typeof grantTo>[2]>) {
  return grantTo(namespace, name, { subject: toCarol, ...spec });
}

/** As kubectl says it. */
export type Said = Pick<KubectlResult, 'code' | 'stderr'>;

/** What `kubectl patch --dry-run=server` says. */
export async function dryMerge(kube: TestCluster, user: string, path: string, patch: object): Promise<Said> {
  const { accepted, message } = await onMergeAs(kube, user, path, patch);
  return { code: accepted ? 0 : 1, stderr: message };
}

/** What `kubectl delete --dry-run=server` says. */
export async function dryDelete(kube: TestCluster, user: string, path: string): Promise<Said> {
  const { accepted, message } = await onDeleteAs(kube, user, path);
  return { code: accepted ? 0 : 1, stderr: message };
}

/** What `kubectl create --dry-run=server` says. */
export async function dryRun(kube: TestCluster, user: string, object: unknown): Promise<Said> {
  const { accepted, message } = await onCreateAs(kube, user, object as ObjectOfKind);
  return { code: accepted ? 0 : 1, stderr: message };
}

export async function must(kube: TestCluster, ...objects: readonly unknown[]): Promise<void> {
  const { code, stderr } = await kube.apply('admin', ...objects);
  if (code !== 0) throw new Error(stderr);
}

/** A namespace where Alice has the role edit, and Bob may write all three kinds, and no more. */
export async function newHome(kube: TestCluster): Promise<string> {
  const namespace = await kube.makeNamespace('admission');
  const role = (name: string, rules: readonly object[]) => ({
    apiVersion: `${rbac.apiGroup}/v1`,
    kind: 'Role',
    metadata: { namespace, name },
    rules,
  });
  const bind = (kind: string, name: string, user: string) => ({
    apiVersion: `${rbac.apiGroup}/v1`,
    kind: 'RoleBinding',
    metadata: { namespace, name: `${user.split(':').at(-1) ?? ''}-${name}` },
    roleRef: { ...rbac, kind, name },
    subjects: [{ ...rbac, kind: 'User', name: user }],
  });
  const everyVerb = ['get', 'list', 'create', 'update', 'patch', 'delete'];
  await must(
    kube,
    role('writes', [
      { apiGroups: ['neu.ro'], resources: ['usersecrets', 'secretgrants', 'neurojobs'], verbs: everyVerb },
    ]),
    role('shares-one', [
      { apiGroups: ['neu.ro'], resources: ['usersecrets'], resourceNames: ['shareable'], verbs: ['share'] },
    ]),
    role('reads-one', [
      { apiGroups: [''], resources: ['secrets', 'configmaps'], resourceNames: ['readable'], verbs: ['get'] },
      { apiGroups: ['neu.ro'], resources: ['usersecrets'], resourceNames: ['db'], verbs: ['use'] },
    ]),
    role('writes-status', [{ apiGroups: ['neu.ro'], resources: ['secretgrants/status'], verbs: everyVerb }]),
    role('writes-secrets', [{ apiGroups: ['neu.ro'], resources: ['usersecrets'], verbs: everyVerb }]),
    bind('Role', 'writes-secrets', 'dan'),
    ...['writes', 'shares-one', 'reads-one', 'writes-status'].map((name) => bind('Role', name, 'bob')),
    ...['writes', 'shares-one'].map((name) => bind('Role', name, `system:serviceaccount:${namespace}:robot`)),
    bind('Role', 'writes-status', 'system:serviceaccount:neuro-system:neuro-operator'),
    bind('ClusterRole', 'edit', 'alice'),
  );
  return namespace;
}

/** Policies, bindings and roles are in force some moments after they are written. */
export async function inForce(kube: TestCluster, user: string, object: unknown, isRefused: boolean): Promise<void> {
  await eventually(
    () => dryRun(kube, user, object),
    ({ code }) => (code !== 0) === isRefused,
    `${isRefused ? 'refused' : 'allowed'} for ${user}`,
  );
}
