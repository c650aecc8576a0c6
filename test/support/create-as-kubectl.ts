/**
 * What `kubectl apply` does with an object that is new, without kubectl.
 *
 * Promise: what the API server gets is what kubectl sends: the annotation with the last applied configuration, the field manager, strict fields.
 * Not promised: anything else. An object that exists, is refused or is of another kind is left to kubectl, which also says what is wrong.
 */
import { collectionOf } from './api-paths.ts';
import { transportOf } from './requests-of-users.ts';

const namespaced = new Set([
  ...['v1 ConfigMap', 'v1 Secret', 'v1 ServiceAccount'],
  ...['rbac.authorization.k8s.io/v1 Role', 'rbac.authorization.k8s.io/v1 RoleBinding'],
  ...['UserSecret', 'SecretGrant', 'NeuroJob', 'NeuroSchedule'].map((kind) => `neu.ro/v1 ${kind}`),
]);
const lastApplied = 'kubectl.kubernetes.io/last-applied-configuration';

interface Candidate {
  readonly apiVersion?: unknown;
  readonly kind?: unknown;
  readonly metadata?: {
    readonly name?: unknown;
    readonly namespace?: unknown;
    readonly annotations?: Readonly<Record<string, string>>;
  };
}

/** Of the user whose kubeconfig that is. False: nothing was made. */
export async function createAsKubectl(kubeconfig: string, object: unknown): Promise<boolean> {
  const { apiVersion, kind, metadata } = object as Candidate;
  if (typeof apiVersion !== 'string' || typeof kind !== 'string' || !namespaced.has(`${apiVersion} ${kind}`))
    return false;
  if (typeof metadata?.name !== 'string' || typeof metadata.namespace !== 'string') return false;
  if (metadata.annotations?.[lastApplied] !== undefined) return false;
  const { annotations = {} } = metadata;
  const applied = `${JSON.stringify(sorted({ ...(object as object), metadata: { ...metadata, annotations } }))}\n`;
  const transport = await transportOf(kubeconfig);
  try {
    await transport.request({
      method: 'POST',
      path: collectionOf({ apiVersion, kind, metadata: { name: metadata.name, namespace: metadata.namespace } }),
      query: { fieldManager: 'kubectl-client-side-apply', fieldValidation: 'Strict' },
      body: {
        ...(object as object),
        metadata: { ...metadata, annotations: { ...annotations, [lastApplied]: applied } },
      },
    });
    return true;
  } catch {
    return false;
  }
}

/** As Go writes maps. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1));
  return Object.fromEntries(entries.map(([key, each]) => [key, sorted(each)]));
}
