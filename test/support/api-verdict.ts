/**
 * What the API server says to an object: accepted, or refused with a sentence. Asked without kubectl, whose start takes longer
 * than the answer; fields that are unknown are refused, as by kubectl.
 */
import { isKernelError } from '../../src/kernel/index.ts';
import { collectionOf, pathOf, type ObjectOfKind } from './api-paths.ts';
import type { TestCluster } from './cluster.ts';

export interface Verdict {
  readonly accepted: boolean;
  /** Empty where it is accepted. */
  readonly message: string;
}

export const accepted: Verdict = { accepted: true, message: '' };

/** Validation alone changes nothing, so no operator of a later test file has work with it. */
type Extent = 'validation alone' | 'for good';

/** Makes this object. */
export function onCreate(
  kube: Pick<TestCluster, 'request'>,
  object: ObjectOfKind,
  extent: Extent = 'validation alone',
): Promise<Verdict> {
  return verdictOf(
    kube.request({
      method: 'POST',
      path: collectionOf(object),
      query: { ...queryOf(extent), fieldValidation: 'Strict' },
      body: object,
    }),
  );
}

/** The same as that user of the cluster. */
export async function onCreateAs(
  kube: TestCluster,
  user: string,
  object: ObjectOfKind,
  extent?: Extent,
): Promise<Verdict> {
  return onCreate({ request: (request) => kube.requestAs(user, request) }, object, extent);
}

/** As that user, merges this into what is at that path. */
export async function onMergeAs(
  kube: TestCluster,
  user: string,
  path: string,
  patch: object,
  extent: Extent = 'validation alone',
): Promise<Verdict> {
  const contentType = 'application/merge-patch+json';
  return verdictOf(kube.requestAs(user, { method: 'PATCH', path, query: queryOf(extent), contentType, body: patch }));
}

/** As that user, removes what is at that path. */
export async function onDeleteAs(
  kube: TestCluster,
  user: string,
  path: string,
  extent: Extent = 'validation alone',
): Promise<Verdict> {
  return verdictOf(kube.requestAs(user, { method: 'DELETE', path, query: queryOf(extent) }));
}

function queryOf(extent: Extent): { readonly dryRun?: string } {
  return extent === 'for good' ? {} : { dryRun: 'All' };
}

/** Merges this into the one of its name, as a client does that writes spec and status together. */
export function onMerge(kube: Pick<TestCluster, 'request'>, object: ObjectOfKind): Promise<Verdict> {
  return verdictOf(
    kube.request({
      method: 'PATCH',
      path: pathOf(object),
      contentType: 'application/merge-patch+json',
      body: object,
    }),
  );
}

/** Makes it, or changes the one of its name into this: what is not in it any more goes. */
export function onApply(kube: Pick<TestCluster, 'request'>, object: ObjectOfKind): Promise<Verdict> {
  return verdictOf(
    kube.request({
      method: 'PATCH',
      path: pathOf(object),
      query: { fieldManager: 'test', fieldValidation: 'Strict' },
      contentType: 'application/apply-patch+yaml',
      body: object,
    }),
  );
}

/** As in a review of access; without a group, of the core API. */
export interface ResourceAttributes {
  readonly verb: string;
  readonly group?: string;
  readonly resource: string;
  readonly subresource?: string;
  readonly name?: string;
  readonly namespace: string;
}

/** What `kubectl auth can-i` asks as that user. */
export async function mayDo(
  kube: Pick<TestCluster, 'requestAs'>,
  user: string,
  what: ResourceAttributes,
): Promise<boolean> {
  const review = await kube.requestAs<{ readonly status: { readonly allowed: boolean } }>(user, {
    method: 'POST',
    path: '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews',
    body: {
      apiVersion: 'authorization.k8s.io/v1',
      kind: 'SelfSubjectAccessReview',
      spec: { resourceAttributes: what },
    },
  });
  return review.status.allowed;
}

/** A rule of ours that ends in an error refuses too, with words of CEL or of Go instead of our sentence. */
const unexplained =
  /evaluating rule|resulted in error|cost exceeds|cost limit exceeded|failed expression|Checked value must be/;

async function verdictOf(answer: Promise<unknown>): Promise<Verdict> {
  try {
    await answer;
    return accepted;
  } catch (error) {
    if (!isKernelError(error, 'Invalid', 'BadRequest', 'Forbidden') || unexplained.test(error.message)) throw error;
    return { accepted: false, message: `${error.code}: ${error.message}` };
  }
}
