/** Homes, jobs and namespaces, as the people have them who attack one another. */
import type { OperatorWorld } from '../support/operator-world.ts';

const rbac = { apiGroup: 'rbac.authorization.k8s.io' };

/** A namespace of that user, who has the role edit there. */
export async function homeOf(world: OperatorWorld, user: string, name?: string): Promise<string> {
  const namespace = name ?? (await world.test.makeNamespace(user, { 'neu.ro/user': user }));
  await world.create('rolebindings', namespace, {
    metadata: { name: 'owner' },
    roleRef: { ...rbac, kind: 'ClusterRole', name: 'edit' },
    subjects: [{ ...rbac, kind: 'User', name: user }],
  });
  return namespace;
}

export const jobsPath = (namespace: string): string => `/apis/neu.ro/v1/namespaces/${namespace}/neurojobs`;

export async function makeJob(world: OperatorWorld, namespace: string, name: string, spec: object): Promise<void> {
  const body = { apiVersion: 'neu.ro/v1', kind: 'NeuroJob', metadata: { name }, spec };
  await world.test.request({ method: 'POST', path: jobsPath(namespace), body });
}
interface JobStatus {
  readonly phase?: string;
  readonly reason?: string;
  readonly message?: string;
  readonly podName?: string;
}
export const jobStatus = async (world: OperatorWorld, namespace: string, name: string): Promise<JobStatus> =>
  (await world.test.request<{ status?: JobStatus }>({ method: 'GET', path: `${jobsPath(namespace)}/${name}` }))
    .status ?? {};
export const podsOf = async (world: OperatorWorld, namespace: string) =>
  (
    await world.test.request<{ items: { metadata: { name: string; creationTimestamp: string } }[] }>({
      method: 'GET',
      path: `/api/v1/namespaces/${namespace}/pods`,
    })
  ).items.map(({ metadata }) => metadata);

/** Deletes a namespace and makes it again. Does by hand what the controller of namespaces does, so as not to wait for it. */
export async function remake(
  world: OperatorWorld,
  name: string,
  annotations: Readonly<Record<string, string>>,
): Promise<void> {
  for (const plural of ['usersecrets', 'secretgrants', 'secrets', 'roles', 'rolebindings', 'configmaps'] as const)
    await world.test.kubectl('admin', ['delete', plural, '--all', '-n', name, '--wait=false']);
  await world.test.request({ method: 'DELETE', path: `/api/v1/namespaces/${name}` });
  const finalize = { apiVersion: 'v1', kind: 'Namespace', metadata: { name }, spec: { finalizers: [] } };
  await world.test
    .request({ method: 'PUT', path: `/api/v1/namespaces/${name}/finalize`, body: finalize })
    .catch(() => undefined);
  const body = { apiVersion: 'v1', kind: 'Namespace', metadata: { name, annotations } };
  await world.eventually(
    () =>
      world.test.request({ method: 'POST', path: '/api/v1/namespaces', body }).then(
        () => true,
        () => false,
      ),
    (isMade) => isMade,
    'made again',
  );
  // Admission knows of the new one a moment later than the store.
  const probe = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'probe' } };
  await world.eventually(
    () =>
      world.test.request({ method: 'POST', path: `${world.path('configmaps', name)}?dryRun=All`, body: probe }).then(
        () => true,
        () => false,
      ),
    (isTaken) => isTaken,
    'objects are taken in it',
  );
}
