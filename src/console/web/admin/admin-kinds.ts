/** Kinds that only the administration reads, as far as it reads them. */
import { withoutBookkeeping, type ClusterObject, type Resource } from '../cluster/object.ts';

interface Lease extends ClusterObject {
  readonly spec?: {
    readonly holderIdentity?: string;
    readonly renewTime?: string;
    readonly leaseDurationSeconds?: number;
  };
}

interface Deployment extends ClusterObject {
  readonly spec?: {
    readonly replicas?: number;
    readonly template?: { readonly spec?: { readonly containers?: readonly { readonly image?: string }[] } };
  };
  readonly status?: { readonly readyReplicas?: number };
}

export interface Quota extends ClusterObject {
  readonly status?: {
    readonly hard?: Readonly<Record<string, string>>;
    readonly used?: Readonly<Record<string, string>>;
  };
}

export const leases: Resource<Lease> = {
  ...{ group: 'coordination.k8s.io', version: 'v1', namespaced: true, plural: 'leases', kind: 'Lease' },
  keep: withoutBookkeeping,
};
export const deployments: Resource<Deployment> = {
  ...{ group: 'apps', version: 'v1', namespaced: true, plural: 'deployments', kind: 'Deployment' },
  keep: withoutBookkeeping,
};
export const resourceQuotas: Resource<Quota> = {
  ...{ group: '', version: 'v1', namespaced: true, plural: 'resourcequotas', kind: 'ResourceQuota' },
  keep: withoutBookkeeping,
};
