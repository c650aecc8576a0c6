/**
 * What the API server says to an object: accepted, or refused with a sentence. Asked without kubectl, whose start takes longer
 * than the answer; fields that are unknown are refused, as by kubectl.
 */
import { isKernelError, loadAccess, Transport, undiciHttp, type TransportRequest } from '../../src/kernel/index.ts';
import type { TestCluster } from './cluster.ts';

interface Verdict {
  readonly accepted: boolean;
  /** Empty where it is accepted. */
  readonly message: string;
}

export const accepted: Verdict = { accepted: true, message: '' };

/** Of ours, or of Kubernetes itself where its plural is its kind and an s. */
export interface Candidate {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string };
}

/** Validation alone: nothing is made, so that no operator of a later test file has work with it. */
export function onCreate(kube: Pick<TestCluster, 'request'>, object: Candidate): Promise<Verdict> {
  return verdictOf(
    kube.request({
      method: 'POST',
      path: collectionOf(object),
      query: { dryRun: 'All', fieldValidation: 'Strict' },
      body: object,
    }),
  );
}

/** The same as that user of the cluster. */
export async function onCreateAs(kube: TestCluster, user: string, object: Candidate): Promise<Verdict> {
  return onCreate(await requesterOf(kube, user), object);
}

/** As that user, merges this into what is at that path. Validation alone: nothing is changed. */
export async function onMergeAs(kube: TestCluster, user: string, path: string, patch: object): Promise<Verdict> {
  const contentType = 'application/merge-patch+json';
  const { request } = await requesterOf(kube, user);
  return verdictOf(request({ method: 'PATCH', path, query: { dryRun: 'All' }, contentType, body: patch }));
}

async function requesterOf(kube: TestCluster, user: string): Promise<Pick<TestCluster, 'request'>> {
  const transport = await (users.get(user) ?? connect(kube, user));
  return { request: <T>(request: TransportRequest) => transport.request(request) as Promise<T> };
}

const users = new Map<string, Promise<Transport>>();
function connect({ cluster }: TestCluster, user: string): Promise<Transport> {
  const connected = loadAccess({ kubeconfig: cluster.kubeconfigPath(user) }).then(
    (access) => new Transport({ access, http: undiciHttp, userAgent: 'neuro-tests' }),
  );
  users.set(user, connected);
  return connected;
}

/** Merges this into the one of its name, as a client does that writes spec and status together. */
export function onMerge(kube: Pick<TestCluster, 'request'>, object: Candidate): Promise<Verdict> {
  return verdictOf(
    kube.request({
      method: 'PATCH',
      path: `${collectionOf(object)}/${object.metadata.name}`,
      contentType: 'application/merge-patch+json',
      body: object,
    }),
  );
}

/** Makes it, or changes the one of its name into this: what is not in it any more goes. */
export function onApply(kube: Pick<TestCluster, 'request'>, object: Candidate): Promise<Verdict> {
  return verdictOf(
    kube.request({
      method: 'PATCH',
      path: `${collectionOf(object)}/${object.metadata.name}`,
      query: { fieldManager: 'test', fieldValidation: 'Strict' },
      contentType: 'application/apply-patch+yaml',
      body: object,
    }),
  );
}

function collectionOf({ apiVersion, kind, metadata: { namespace } }: Candidate): string {
  const group = apiVersion.includes('/') ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
  return `${group}${namespace === undefined ? '' : `/namespaces/${namespace}`}/${kind.toLowerCase()}s`;
}

async function verdictOf(answer: Promise<unknown>): Promise<Verdict> {
  try {
    await answer;
    return accepted;
  } catch (error) {
    if (!isKernelError(error, 'Invalid', 'BadRequest', 'Forbidden')) throw error;
    return { accepted: false, message: `${error.code}: ${error.message}` };
  }
}
