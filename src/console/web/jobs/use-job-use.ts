/** Measures of a job, taken while its page is open and kept for the next visit. In memory only. */
import { useQuery } from '@tanstack/react-query';
import {
  measureEveryMs,
  sampleOf,
  usesOf,
  withSample,
  type MeasuredPod,
  type PodWithResources,
  type ResourceUse,
  type Sample,
} from '../../../client/index.ts';
import { ClusterError } from '../cluster/errors.ts';
import { withoutBookkeeping, type ClusterObject, type Resource } from '../cluster/object.ts';
import { useCluster } from '../cluster/use-cluster.ts';

const pods: Resource<ClusterObject & PodWithResources> = {
  ...{ group: '', version: 'v1', namespaced: true, plural: 'pods', kind: 'Pod' },
  keep: withoutBookkeeping,
};
const podMetrics: Resource<ClusterObject & MeasuredPod> = {
  ...{ group: 'metrics.k8s.io', version: 'v1beta1', namespaced: true, plural: 'pods', kind: 'PodMetrics' },
  keep: withoutBookkeeping,
};

export type JobUseState =
  | { readonly kind: 'measured'; readonly uses: readonly ResourceUse[]; readonly isEmpty: boolean }
  | { readonly kind: 'noServer' | 'notAllowed'; readonly uses: readonly ResourceUse[] }
  | { readonly kind: 'failed'; readonly uses: readonly ResourceUse[]; readonly error: Error };

/** Jobs whose measures are kept; the one that was looked at longest ago goes. */
const mostJobs = 20;
const kept = new Map<string, readonly Sample[]>();

export function useJobUse(namespace: string, pod: string): JobUseState {
  const { connection } = useCluster();
  const place = { namespace, name: pod };
  const key = [connection.context, namespace, pod];
  const { data: ofPod } = useQuery({
    queryKey: ['pod', ...key],
    queryFn: ({ signal }) => connection.get(pods, place, signal),
  });
  const { data: samples = [], error } = useQuery({
    queryKey: ['use', ...key],
    queryFn: async ({ signal }) => remember(key.join(' '), sampleOf(await measure(signal))),
    refetchInterval: ({ state }) => (isFinal(state.error) ? false : measureEveryMs),
  });
  const measure = async (signal: AbortSignal) =>
    connection.get(podMetrics, place, signal).catch((cause: unknown) => {
      // A Pod that was not measured yet is not found, with a reason; a missing API is a 404 without one.
      if (cause instanceof ClusterError && cause.kind === 'notFound' && cause.code === 'NotFound')
        return { containers: [] };
      throw cause;
    });
  const uses = usesOf(samples, ofPod);
  if (error === null) return { kind: 'measured', uses, isEmpty: samples.length === 0 };
  if (isKind(error, 'forbidden')) return { kind: 'notAllowed', uses };
  return isFinal(error) ? { kind: 'noServer', uses } : { kind: 'failed', uses, error };
}

function remember(key: string, sample: Sample | undefined): readonly Sample[] {
  const samples = withSample(kept.get(key) ?? [], sample);
  kept.delete(key);
  kept.set(key, samples);
  const [oldest] = kept.keys();
  if (kept.size > mostJobs && oldest !== undefined) kept.delete(oldest);
  return samples;
}

/** It makes no sense to ask again. */
function isFinal(error: Error | null): boolean {
  return isKind(error, 'notFound') || isKind(error, 'forbidden');
}

function isKind(error: unknown, kind: ClusterError['kind']): boolean {
  return error instanceof ClusterError && error.kind === kind;
}
