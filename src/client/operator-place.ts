/**
 * Where the operator runs. Public sealing keys are believed only from there: anyone who can create a namespace can publish others in a namespace of
 * their own, whatever its name.
 *
 * The ClusterRoleBinding that gives the operator its rights names the namespace of its service account. Only administrators of the cluster write it,
 * and the chart lets every authenticated user read it, by name.
 */
import type { RbacSubject } from '../api/index.ts';

/** The ClusterRoleBinding, and the service account that it names. */
export const OPERATOR_BINDING = 'neuro-operator';

export interface OperatorBinding {
  readonly subjects?: readonly RbacSubject[];
}

/** Undefined where the binding names no service account. */
export function operatorNamespaceOf({ subjects = [] }: OperatorBinding): string | undefined {
  return subjects.find(({ kind, namespace }) => kind === 'ServiceAccount' && namespace !== undefined)?.namespace;
}
