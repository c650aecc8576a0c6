/**
 * Whether the API server enforces the admission policies that the operator relies on. Pure.
 *
 * A grant made by a manager, a `secretKeyRef`, a `template` and the annotations of a home are safe to act on only because admission checked their
 * author. Without the policies, anyone who can write a SecretGrant could share every secret of the namespace.
 *
 * The caller reads the policies and bindings of these names and passes what it found; what is not found is left out. A policy that
 * an administrator changed in some other way is not recognised: the check is against forgotten, old and switched-off policies.
 */
import { LABEL_POLICIES } from '../api/index.ts';

/** Goes up together with the label in `charts/neuro-operator/templates/_helpers.tpl` when the operator relies on a new rule. */
export const policiesVersion = 8;

/** Names of the policies and of their bindings, which are the same. */
export const requiredPolicies = [
  'secretgrants.neu.ro',
  'usersecrets.neu.ro',
  'neurojobs.neu.ro',
  'neuroschedules.neu.ro',
] as const;
/** The chart can leave this one out (`admission.homes`), so it is checked only where a part of it is found. */
export const optionalPolicies = ['homes.neu.ro'] as const;

interface Metadata {
  readonly name: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly deletionTimestamp?: string;
}

interface Selector {
  readonly matchLabels?: Readonly<Record<string, string>>;
  readonly matchExpressions?: readonly unknown[];
}

interface MatchResources {
  readonly namespaceSelector?: Selector;
  readonly objectSelector?: Selector;
  readonly resourceRules?: readonly unknown[];
  readonly excludeResourceRules?: readonly unknown[];
}

export interface SeenPolicy {
  readonly metadata: Metadata;
  readonly spec?: { readonly failurePolicy?: string; readonly matchConstraints?: MatchResources };
}

export interface SeenBinding {
  readonly metadata: Metadata;
  readonly spec?: {
    readonly policyName?: string;
    readonly validationActions?: readonly string[];
    readonly matchResources?: MatchResources;
  };
}

interface PolicyProblem {
  readonly policy: string;
  readonly reason: 'Missing' | 'Outdated' | 'FailsOpen' | 'Unbound' | 'NotDenying' | 'Narrowed';
  /** What was expected and what was found. */
  readonly message: string;
}

/** What keeps the policies from being in force, in the order of their names; empty when all of them are. */
export function policyProblems(
  policies: readonly SeenPolicy[],
  bindings: readonly SeenBinding[],
): readonly PolicyProblem[] {
  const policyOf = (name: string): SeenPolicy | undefined =>
    policies.find(({ metadata }) => metadata.name === name && metadata.deletionTimestamp === undefined);
  const bindingsOf = (name: string): readonly SeenBinding[] =>
    bindings.filter(({ metadata, spec }) => spec?.policyName === name && metadata.deletionTimestamp === undefined);
  const found = optionalPolicies.filter((name) => policyOf(name) !== undefined || bindingsOf(name).length > 0);
  return [...requiredPolicies, ...found]
    .sort()
    .flatMap((name) => problemOf(name, policyOf(name), bindingsOf(name)) ?? []);
}

/** One sentence for a condition or a log line, with what to do. */
export function policyMessage(problems: readonly PolicyProblem[]): string {
  if (problems.length === 0) return 'the admission policies are installed and in force';
  const found = problems.map(({ policy, message }) => `${policy}: ${message}`).join('; ');
  return `${found}. Apply manifests/admission.yaml, or set admission.install=true in the chart`;
}

/** The first that is wrong: the others often follow from it. */
function problemOf(
  policy: string,
  seen: SeenPolicy | undefined,
  bindings: readonly SeenBinding[],
): PolicyProblem | undefined {
  const problem = (reason: PolicyProblem['reason'], message: string): PolicyProblem => ({ policy, reason, message });
  if (seen === undefined) return problem('Missing', 'there is no ValidatingAdmissionPolicy of this name');
  const version = versionOf(seen.metadata);
  if (version < policiesVersion) return problem('Outdated', outdated('policy', version));
  // The API server's default is Fail.
  const { failurePolicy = 'Fail', matchConstraints } = seen.spec ?? {};
  if (failurePolicy !== 'Fail') return problem('FailsOpen', `failurePolicy is Fail, found ${failurePolicy}`);
  if (isNarrowed(matchConstraints)) {
    return problem('Narrowed', 'the policy holds for all namespaces and objects, found a selector or an exception');
  }
  if (bindings.length === 0) return problem('Unbound', 'there is no ValidatingAdmissionPolicyBinding for it');
  const denying = bindings.filter(({ spec }) => spec?.validationActions?.includes('Deny') === true);
  if (denying.length === 0) {
    const actions = bindings.flatMap(({ spec }) => spec?.validationActions ?? []).join(', ');
    return problem('NotDenying', `the binding denies (validationActions: [Deny]), found [${actions}]`);
  }
  const whole = denying.filter(({ spec }) => !isNarrowed(spec?.matchResources) && !hasRules(spec?.matchResources));
  if (whole.length === 0) {
    return problem(
      'Narrowed',
      'the binding holds for all namespaces and objects, found a selector, rules or an exception',
    );
  }
  const newest = Math.max(...whole.map(({ metadata }) => versionOf(metadata)));
  return newest < policiesVersion ? problem('Outdated', outdated('binding', newest)) : undefined;
}

function outdated(what: string, version: number): string {
  return `the ${what} has the label ${LABEL_POLICIES}: '${policiesVersion}' or higher, found ${version === 0 ? 'none' : `'${version}'`}`;
}

/** 0 for none, or for one that is no number. */
function versionOf({ labels }: Metadata): number {
  const text = labels?.[LABEL_POLICIES] ?? '';
  return /^\d{1,9}$/.test(text) ? Number(text) : 0;
}

function isNarrowed(match: MatchResources | undefined): boolean {
  return (
    selects(match?.namespaceSelector) ||
    selects(match?.objectSelector) ||
    (match?.excludeResourceRules ?? []).length > 0
  );
}

/** A binding's own rules only narrow those of its policy. */
function hasRules(match: MatchResources | undefined): boolean {
  return (match?.resourceRules ?? []).length > 0;
}

function selects(selector: Selector | undefined): boolean {
  return Object.keys(selector?.matchLabels ?? {}).length > 0 || (selector?.matchExpressions ?? []).length > 0;
}
