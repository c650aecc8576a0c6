/** Reviews: questions that the API server answers in the response and does not store. Ask them with `KubeClient.review`. */
import type { ResourceType } from './resource-type.ts';

/** Describes one kind of review: what is asked (`Spec`; undefined where there is nothing to say) and what comes back (`Status`). */
export interface ReviewType<Spec, Status> extends ResourceType {
  readonly namespaced: false;
  /** Never set; carries the types. */
  readonly review?: { readonly spec: Spec; readonly status: Status };
}

/** One request to the API server, as an access review names it. */
export interface ResourceAttributes {
  readonly verb: string;
  readonly group: string;
  readonly resource: string;
  readonly subresource?: string;
  /** Absent: cluster-scoped, or all namespaces. */
  readonly namespace?: string;
  /** Absent: all names. */
  readonly name?: string;
}

export interface AccessStatus {
  readonly allowed: boolean;
  readonly denied?: boolean;
  readonly reason?: string;
}

export interface UserInfo {
  readonly username?: string;
  readonly groups?: readonly string[];
}

/** Who am I? */
export const selfSubjectReviews: ReviewType<undefined, { readonly userInfo?: UserInfo }> = {
  group: 'authentication.k8s.io',
  version: 'v1',
  namespaced: false,
  plural: 'selfsubjectreviews',
  kind: 'SelfSubjectReview',
};

const authorization = { group: 'authorization.k8s.io', version: 'v1', namespaced: false } as const;

/** May I? */
export const selfSubjectAccessReviews: ReviewType<{ readonly resourceAttributes: ResourceAttributes }, AccessStatus> = {
  ...authorization,
  plural: 'selfsubjectaccessreviews',
  kind: 'SelfSubjectAccessReview',
};

/** May they? */
export const subjectAccessReviews: ReviewType<
  { readonly user: string; readonly groups?: readonly string[]; readonly resourceAttributes: ResourceAttributes },
  AccessStatus
> = {
  ...authorization,
  plural: 'subjectaccessreviews',
  kind: 'SubjectAccessReview',
};
