/**
 * What the API server says to an object: accepted, or refused with a sentence. Asked without kubectl, whose start takes longer
 * than the answer; fields that are unknown are refused, as by kubectl.
 */
import { isKernelError } from '../../src/kernel/index.ts';
import { collectionOf, pathOf, type ObjectOfKind } from './api-paths.ts';
import type { TestCluster } from './cluster.ts';

interface Verdict {
  readonly accepted: boolean;
  /** Empty where it is accepted. */
  readonly message: string;
}

export const accepted: Verdict = { accepted: true, message: '' };

/** Validation alone: nothing is made, so that no operator of a later test file has work with it. */
export function onCreate(kube: Pick<TestCluster, 'request'>, object: ObjectOfKind): Promise<Verdict> {
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
export async function onCreateAs(kube: TestCluster, user: string, object: ObjectOfKind): Promise<Verdict> {
  return onCreate({ request: (request) => kube.requestAs(user, request) }, object);
}

/** As that user, merges this into what is at that path. Validation alone: nothing is changed. */
export async function onMergeAs(kube: TestCluster, user: string, path: string, patch: object): Promise<Verdict> {
  const contentType = 'application/merge-patch+json';
  return verdictOf(kube.requestAs(user, { method: 'PATCH', path, query: { dryRun: 'All' }, contentType, body: patch }));
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

async function verdictOf(answer: Promise<unknown>): Promise<Verdict> {
  try {
    await answer;
    return accepted;
  } catch (error) {
    if (!isKernelError(error, 'Invalid', 'BadRequest', 'Forbidden')) throw error;
    return { accepted: false, message: `${error.code}: ${error.message}` };
  }
}
