import { readFile } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import { parseAllDocuments } from 'yaml';
import {
  optionalPolicies,
  policiesVersion,
  policyMessage,
  policyProblems,
  requiredPolicies,
  type SeenBinding,
  type SeenPolicy,
} from '../../src/operator/policies.ts';

const text = await readFile(new URL('../../manifests/admission.yaml', import.meta.url), 'utf8');
const installed = parseAllDocuments(text).map(
  (document) => document.toJS() as (SeenPolicy | SeenBinding) & { readonly kind: string },
);
const policies = installed.filter(({ kind }) => kind === 'ValidatingAdmissionPolicy') as readonly SeenPolicy[];
const bindings = installed.filter(({ kind }) => kind === 'ValidatingAdmissionPolicyBinding') as readonly SeenBinding[];

const grants = 'secretgrants.neu.ro';
const homes = 'homes.neu.ro';
const label = (version: string) => ({ 'neu.ro/policies': version });

function withPolicy(name: string, change: (policy: SeenPolicy) => SeenPolicy | undefined): readonly SeenPolicy[] {
  return policies.flatMap((policy) => (policy.metadata.name === name ? (change(policy) ?? []) : policy));
}

function withBinding(name: string, change: (binding: SeenBinding) => SeenBinding | undefined): readonly SeenBinding[] {
  return bindings.flatMap((binding) => (binding.metadata.name === name ? (change(binding) ?? []) : binding));
}

test('the manifest installs exactly the policies that are checked, at the version that is needed', () => {
  const names = [...requiredPolicies, ...optionalPolicies].sort();
  expect(policies.map(({ metadata }) => metadata.name).sort()).toEqual(names);
  expect(bindings.map(({ metadata }) => metadata.name).sort()).toEqual(names);
  for (const { metadata } of [...policies, ...bindings])
    expect(metadata.labels).toMatchObject(label(String(policiesVersion)));
});

test('a new UserSecret is checked where it has a field that a rule reads', () => {
  const expressions = (list: unknown): readonly { readonly name: string; readonly expression: string }[] =>
    list as readonly { readonly name: string; readonly expression: string }[];
  const { spec } = policies.find(({ metadata }) => metadata.name === 'usersecrets.neu.ro') ?? {};
  const { matchConditions, variables } = spec as { readonly matchConditions: unknown; readonly variables: unknown };
  const condition = expressions(matchConditions).find(({ name }) => name === 'sets-what-reaches-further')?.expression;
  const read = expressions(variables)
    .filter(({ expression }) => !expression.startsWith("request.operation == 'UPDATE'"))
    .flatMap(({ expression }) => [
      ...expression.matchAll(/\bobject\.(?:spec\.\w+|metadata\.\?annotations\[\?'[^']+')/g),
    ])
    .map(([field]) => field);
  const fields = new Set(read.map((field) => /'[^']+'$/.exec(field)?.[0] ?? `has(${field})`));
  expect(fields.size).toBeGreaterThan(5);
  for (const field of fields) expect(condition).toContain(field);
});

describe('nothing is wrong', () => {
  test.each<[string, readonly SeenPolicy[], readonly SeenBinding[]]>([
    ['with what the manifest installs', policies, bindings],
    ['without the policy of homes, which can be left out', without(policies, homes), without(bindings, homes)],
    [
      'with a newer version',
      withPolicy(grants, (each) => ({ ...each, metadata: { ...each.metadata, labels: label('17') } })),
      bindings,
    ],
    [
      'with the defaults that the API server writes',
      withPolicy(grants, (each) => ({
        ...each,
        spec: { ...each.spec, matchConstraints: { namespaceSelector: {}, objectSelector: {} } },
      })),
      bindings,
    ],
    [
      'with a second binding that only warns',
      policies,
      [...bindings, { metadata: { name: 'warn' }, spec: { policyName: grants, validationActions: ['Warn'] } }],
    ],
  ])('%s', (_case, seen, bound) => {
    expect(policyProblems(seen, bound)).toEqual([]);
  });
});

describe('one problem is reported', () => {
  type Case = readonly [string, readonly SeenPolicy[], readonly SeenBinding[], string, string];
  const specOf = (more: object) => (each: SeenBinding) => ({ ...each, spec: { ...each.spec, ...more } });
  const cases: readonly Case[] = [
    ['a policy that is missing', without(policies, grants), bindings, grants, 'Missing'],
    [
      'a policy that is being deleted',
      withPolicy(grants, (each) => ({
        ...each,
        metadata: { ...each.metadata, deletionTimestamp: '2026-01-01T00:00:00Z' },
      })),
      bindings,
      grants,
      'Missing',
    ],
    ['half of the policy of homes', without(policies, homes), bindings, homes, 'Missing'],
    ['the policy of homes without its binding', policies, without(bindings, homes), homes, 'Unbound'],
    [
      'a policy of the first version, which had no label',
      withPolicy(grants, ({ metadata: { name }, ...each }) => ({ ...each, metadata: { name } })),
      bindings,
      grants,
      'Outdated',
    ],
    [
      'a policy of an older version',
      withPolicy(grants, (each) => ({ ...each, metadata: { ...each.metadata, labels: label('1') } })),
      bindings,
      grants,
      'Outdated',
    ],
    [
      'a version that is no number',
      withPolicy(grants, (each) => ({ ...each, metadata: { ...each.metadata, labels: label('2x') } })),
      bindings,
      grants,
      'Outdated',
    ],
    [
      'a binding of an older version',
      policies,
      withBinding(grants, (each) => ({ ...each, metadata: { ...each.metadata, labels: label('1') } })),
      grants,
      'Outdated',
    ],
    [
      'a policy that lets pass what it cannot check',
      withPolicy(grants, (each) => ({ ...each, spec: { ...each.spec, failurePolicy: 'Ignore' } })),
      bindings,
      grants,
      'FailsOpen',
    ],
    [
      'a policy for some namespaces',
      withPolicy(grants, (each) => ({
        ...each,
        spec: { ...each.spec, matchConstraints: { namespaceSelector: { matchLabels: { a: 'b' } } } },
      })),
      bindings,
      grants,
      'Narrowed',
    ],
    [
      'a policy with an exception',
      withPolicy(grants, (each) => ({
        ...each,
        spec: { ...each.spec, matchConstraints: { excludeResourceRules: [{}] } },
      })),
      bindings,
      grants,
      'Narrowed',
    ],
    ['a policy without a binding', policies, without(bindings, grants), grants, 'Unbound'],
    ['a binding to something else', policies, withBinding(grants, specOf({ policyName: 'other' })), grants, 'Unbound'],
    [
      'a binding that only warns',
      policies,
      withBinding(grants, specOf({ validationActions: ['Warn', 'Audit'] })),
      grants,
      'NotDenying',
    ],
    [
      'a binding for some objects',
      policies,
      withBinding(grants, specOf({ matchResources: { objectSelector: { matchExpressions: [{ key: 'a' }] } } })),
      grants,
      'Narrowed',
    ],
    [
      'a binding for some operations',
      policies,
      withBinding(grants, specOf({ matchResources: { resourceRules: [{ operations: ['CREATE'] }] } })),
      grants,
      'Narrowed',
    ],
  ];

  test.each(cases)('%s', (_case, seen, bound, policy, reason) => {
    expect(policyProblems(seen, bound)).toEqual([{ policy, reason, message: expect.any(String) }]);
  });

  test('each once, in one sentence that says what to do', () => {
    const problems = policyProblems([], []);
    expect(problems.map(({ policy }) => policy)).toEqual([...requiredPolicies].sort());
    expect(policyMessage(problems)).toMatch(/^neurojobs\.neu\.ro: there is no .*\. Apply manifests\/admission\.yaml/);
    expect(policyMessage([])).toBe('the admission policies are installed and in force');
  });
});

function without<Seen extends SeenPolicy | SeenBinding>(seen: readonly Seen[], name: string): readonly Seen[] {
  return seen.filter(({ metadata }) => metadata.name !== name);
}
