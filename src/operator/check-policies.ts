/** Reads the admission policies and their bindings, by name: the operator has no right to list them. */
import type { KubeClient, KubeObject, ResourceType } from '../kernel/index.ts';
import {
  optionalPolicies,
  policyMessage,
  policyProblems,
  requiredPolicies,
  type SeenBinding,
  type SeenPolicy,
} from './policies.ts';

const admission = { group: 'admissionregistration.k8s.io', version: 'v1', namespaced: false } as const;
const policyType: ResourceType<SeenPolicy & KubeObject> = {
  ...admission,
  plural: 'validatingadmissionpolicies',
  kind: 'ValidatingAdmissionPolicy',
};
const bindingType: ResourceType<SeenBinding & KubeObject> = {
  ...admission,
  plural: 'validatingadmissionpolicybindings',
  kind: 'ValidatingAdmissionPolicyBinding',
};

/** Resolves with one sentence for all that is wrong; with none where all policies are in force. */
export async function checkPolicies(client: KubeClient, signal: AbortSignal): Promise<readonly string[]> {
  const names = [...requiredPolicies, ...optionalPolicies];
  const [policies, bindings] = await Promise.all([
    Promise.all(names.map((name) => client.get(policyType, { name }, { signal }))),
    Promise.all(names.map((name) => client.get(bindingType, { name }, { signal }))),
  ]);
  const problems = policyProblems(
    policies.filter((policy) => policy !== undefined),
    bindings.filter((binding) => binding !== undefined),
  );
  return problems.length === 0 ? [] : [policyMessage(problems)];
}
