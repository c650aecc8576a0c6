/**
 * What the API server says to an object of ours: accepted, or refused with a sentence. Asked without kubectl, whose start takes longer
 * than the answer; fields that are unknown are refused, as by kubectl.
 */
import { isKernelError } from '../../src/kernel/index.ts';
import type { TestCluster } from './cluster.ts';

export interface Verdict {
  readonly accepted: boolean;
  /** Empty where it is accepted. */
  readonly message: string;
}

export const accepted: Verdict = { accepted: true, message: '' };

export interface OurObject {
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace: string };
}

/** Validation alone: nothing is made, so that no operator of a later test file has work with it. */
export function onCreate(kube: TestCluster, object: OurObject): Promise<Verdict> {
  return verdictOf(
    kube.request({
      method: 'POST',
      path: collectionOf(object),
      query: { dryRun: 'All', fieldValidation: 'Strict' },
      body: object,
    }),
  );
}

/** Makes it, or changes the one of its name into this: what is not in it any more goes. */
export function onApply(kube: TestCluster, object: OurObject): Promise<Verdict> {
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

function collectionOf({ kind, metadata: { namespace } }: OurObject): string {
  return `/apis/neu.ro/v1/namespaces/${namespace}/${kind.toLowerCase()}s`;
}

async function verdictOf(answer: Promise<unknown>): Promise<Verdict> {
  try {
    await answer;
    return accepted;
  } catch (error) {
    if (!isKernelError(error, 'Invalid', 'BadRequest', 'Forbidden')) throw error;
    return { accepted: false, message: error.message };
  }
}
