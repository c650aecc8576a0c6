import { describe, expect, it, test } from 'vitest';
import type { SecretGrantSpec } from '../../../src/api/index.ts';
import { personRoleName, useRoleName } from '../../../src/controllers/grant-names.ts';
import { phaseOf, type GrantPhase } from '../../../src/controllers/secret-grant/phase.ts';
import {
  planGrantStatus,
  weightOf,
  type GrantProblem,
  type StatusInput,
} from '../../../src/controllers/secret-grant/status.ts';
import { grantView, nowMs, userSecretView } from '../../support/builders.ts';
import { deepFreeze } from '../../support/deep-freeze.ts';

const secret = userSecretView();
const at = (ms: number): string => new Date(ms).toISOString();

function input(spec: Partial<SecretGrantSpec> = {}, rest: Partial<StatusInput> = {}): StatusInput {
  return deepFreeze({
    grant: grantView(spec),
    secret,
    homes: [],
    supporters: [],
    copySupporters: [],
    hasPolicies: true,
    isOmitted: false,
    nowMs,
    ...rest,
  });
}
const plan = (spec: Partial<SecretGrantSpec> = {}, rest: Partial<StatusInput> = {}): GrantPhase =>
  phaseOf(input(spec, rest));

/** `verbs on resources(names)` of a binding's rules. */
function rulesOf({ bindings }: GrantPhase): Readonly<Record<string, readonly string[]>> {
  return Object.fromEntries(
    bindings.map(({ name, rules }) => [
      name,
      rules.map(
        ({ verbs, apiGroups = [], resources = [], resourceNames }) =>
          `${verbs.join(',')} on ${apiGroups.join()}/${resources.join()}(${resourceNames?.join() ?? 'all'})`,
      ),
    ]),
  );
}
function subjectsOf({ bindings }: GrantPhase): Readonly<Record<string, readonly string[]>> {
  return Object.fromEntries(
    bindings.map(({ name, subjects }) => [
      name,
      subjects.map((subject) => [subject.kind, subject.namespace, subject.name].filter(Boolean).join(' ')),
    ]),
  );
}

const use = useRoleName('uid-1');
const person = personRoleName('uid-1');

describe('the phase', () => {
  test.each<[string, GrantPhase, string]>([
    ['is Active for a secret that is there', plan(), 'Active Active'],
    [
      'is Active for all secrets, also when there are none',
      plan({}, { secret: undefined, grant: { ...grantView(), spec: { subject: { kind: 'User', name: 'bob' } } } }),
      'Active Active',
    ],
    ['is Active until the moment of the expiry', plan({ expiresAt: at(nowMs + 1) }), 'Active Active'],
    ['is Expired at the moment of the expiry', plan({ expiresAt: at(nowMs) }), 'Expired Expired'],
    ['is Expired after the expiry', plan({ expiresAt: at(nowMs - 1) }), 'Expired Expired'],
    ['is Expired for a time that cannot be read', plan({ expiresAt: 'tomorrow' }), 'Expired Expired'],
    [
      'is Pending while it is being deleted',
      plan({}, { grant: grantView({}, { metadata: { deletionTimestamp: at(nowMs) } }) }),
      'Pending Deleting',
    ],
    ['is Pending while nobody checks who makes grants', plan({}, { hasPolicies: false }), 'Pending PoliciesMissing'],
    [
      'stays Active when the policies go',
      plan({}, { hasPolicies: false, grant: grantView({}, { status: { phase: 'Active' } }) }),
      'Active Active',
    ],
    ['is Pending without the secret', plan({}, { secret: undefined }), 'Pending SecretNotFound'],
    ['is Expired rather than Pending', plan({ expiresAt: at(nowMs) }, { secret: undefined }), 'Expired Expired'],
  ])('%s', (_case, { phase, reason, bindings }, expected) => {
    expect(`${phase} ${reason}`).toBe(expected);
    expect(bindings.length > 0).toBe(phase === 'Active');
  });

  it('reads a time zone in an expiry', () => {
    expect(plan({ expiresAt: '2026-11-25T14:00:01+02:00' }).phase).toBe('Active');
    expect(plan({ expiresAt: '2026-11-25T14:00:00+02:00' }).phase).toBe('Expired');
  });
});

describe('the rules of a grant to a person', () => {
  const name = 'neu.ro/usersecrets(db-password)';
  test.each<[NonNullable<SecretGrantSpec['access']>, Record<string, readonly string[]>]>([
    ['read', { [use]: [`use on ${name}`] }],
    ['write', { [use]: [`use on ${name}`], [person]: [`get,update,patch,delete on ${name}`] }],
    [
      'manage',
      {
        [use]: [`use on ${name}`],
        [person]: [
          `get,update,patch,delete,share on ${name}`,
          'create,get,update,patch,delete on neu.ro/secretgrants(all)',
        ],
      },
    ],
  ])('of %s', (access, expected) => {
    expect(rulesOf(plan({ access }))).toEqual(expected);
  });

  it('over every secret name no secret', () => {
    const spec: SecretGrantSpec = { subject: { kind: 'User', name: 'bob' }, access: 'write' };
    const every = phaseOf({ ...input(), secret: undefined, grant: { ...grantView(), spec } });
    expect(rulesOf(every)).toEqual({
      [use]: ['use on neu.ro/usersecrets(all)'],
      [person]: ['get,update,patch,delete on neu.ro/usersecrets(all)'],
    });
  });

  it('never show a native Secret, and never reach everything', () => {
    for (const access of ['read', 'write', 'manage'] as const) {
      for (const { rules } of plan({ access }).bindings) {
        for (const rule of rules) {
          expect(rule.apiGroups).toEqual(['neu.ro']);
          expect([...rule.verbs, ...(rule.resources ?? [])]).not.toContain('*');
        }
      }
    }
  });
});

describe('the subjects', () => {
  const manage = { access: 'manage' as const };
  test.each<[string, Partial<SecretGrantSpec>, readonly string[], Record<string, readonly string[]>]>([
    ['a user without a home', { subject: { kind: 'User', name: 'bob' } }, [], { [use]: ['User bob'] }],
    [
      'a user with two homes: himself and the jobs there',
      { subject: { kind: 'User', name: 'bob' } },
      ['bob', 'bob-lab'],
      { [use]: ['User bob', 'Group system:serviceaccounts:bob', 'Group system:serviceaccounts:bob-lab'] },
    ],
    [
      'a user who manages: the jobs only use',
      { subject: { kind: 'User', name: 'bob' }, ...manage },
      ['bob'],
      { [use]: ['User bob', 'Group system:serviceaccounts:bob'], [person]: ['User bob'] },
    ],
    [
      'a group that manages: the jobs of its homes only use',
      { subject: { kind: 'Group', name: 'ml' }, ...manage },
      ['ml-1'],
      { [use]: ['Group ml', 'Group system:serviceaccounts:ml-1'], [person]: ['Group ml'] },
    ],
    [
      'a service account',
      { subject: { kind: 'ServiceAccount', name: 'build', namespace: 'ci' }, access: 'write' },
      [],
      { [use]: ['ServiceAccount ci build'], [person]: ['ServiceAccount ci build'] },
    ],
    [
      'a namespace only ever uses',
      { subject: { kind: 'Namespace', name: 'ci' }, ...manage },
      [],
      { [use]: ['Group system:serviceaccounts:ci'] },
    ],
  ])('%s', (_case, spec, homes, expected) => {
    expect(subjectsOf(plan(spec, { homes }))).toEqual(expected);
  });

  it('name their group as the API server writes it, so that nothing ever differs', () => {
    const [binding] = plan({}, { homes: ['bob'] }).bindings;
    expect(binding?.subjects.map(({ apiGroup }) => apiGroup)).toEqual(Array(2).fill('rbac.authorization.k8s.io'));
    const [account] = plan({ subject: { kind: 'ServiceAccount', name: 'x', namespace: 'y' } }).bindings;
    expect(account?.subjects).toEqual([{ kind: 'ServiceAccount', name: 'x', namespace: 'y' }]);
  });
});

describe('the names', () => {
  it('are of the UID alone, so that no two grants meet', () => {
    const names = ['uid-1', 'uid-2'].flatMap((uid) =>
      phaseOf({ ...input(), grant: grantView({ access: 'write' }, { metadata: { uid } }) }).bindings.map(
        ({ name }) => name,
      ),
    );
    expect(new Set(names).size).toBe(4);
  });
});

describe('the status', () => {
  const status = (made: StatusInput, problem?: GrantProblem) => planGrantStatus(made, phaseOf(made), problem);
  const conditionsOf = ({ conditions }: ReturnType<typeof status>) =>
    (conditions ?? []).map(({ type, status: is, reason }) => `${type}=${is} ${reason}`);
  it.each<[string, StatusInput, StatusInput, string | undefined]>([
    ['never waits, the first', input(), input(), undefined],
    ['never waits where the access ended', input(), input({ expiresAt: at(nowMs) }), undefined],
    ['waits for bytes where a secret came or went', input({}, { secret: undefined }), input(), 'change'],
    ['waits as a detail where a list is full', input(), input({}, { isOmitted: true }), 'detail'],
  ])('%s', (name, before, after, expected) => {
    const former = name.endsWith('the first') ? {} : status(before);
    expect(weightOf(grantView({}, { status: former }), status(after))).toBe(expected);
  });
  const conflict: GrantProblem = { reason: 'Conflict', message: 'taken', isPartlyInForce: false, isRetried: false };

  test.each<[string, StatusInput, GrantProblem | undefined, string | undefined, readonly string[]]>([
    ['of a grant in force', input(), undefined, 'Active', ['Ready=True Active']],
    [
      'of a grant whose secret is missing',
      input({}, { secret: undefined }),
      undefined,
      'Pending',
      ['Ready=False SecretNotFound', 'Reconciling=True SecretNotFound'],
    ],
    ['of a grant that is over', input({ expiresAt: at(nowMs) }), undefined, 'Expired', ['Expired=True Expired']],
    [
      'of a grant whose access cannot be taken back',
      input({ expiresAt: at(nowMs) }),
      { reason: 'ApiError', message: 'm', isPartlyInForce: true, isRetried: true },
      'Active',
      ['Ready=False ApiError', 'Reconciling=True ApiError'],
    ],
    [
      'of a grant that a list leaves out',
      input({}, { isOmitted: true }),
      undefined,
      'Active',
      ['Listed=False ListFull', 'Ready=True Active'],
    ],
    ['of a grant whose name is taken', input(), conflict, 'Pending', ['Ready=False Conflict', 'Stalled=True Conflict']],
    [
      'of a grant that is in force in part',
      input(),
      { ...conflict, isPartlyInForce: true },
      'Active',
      ['Ready=False Conflict', 'Stalled=True Conflict'],
    ],
    [
      'of a grant that the API server refuses',
      input(),
      { ...conflict, reason: 'Refused' },
      'Pending',
      ['Ready=False Refused', 'Stalled=True Refused'],
    ],
  ])('%s', (_case, made, problem, phase, conditions) => {
    const found = status(made, problem);
    expect(found.phase).toBe(phase);
    expect(conditionsOf(found)).toEqual(conditions);
    expect(found.observedGeneration).toBe(1);
  });

  it('names what was created, for whom and for which secret', () => {
    expect(status(input({ access: 'write' }, { homes: ['bob'] }))).toMatchObject({
      roleName: use,
      roleBindingName: use,
      personRoleName: person,
      personRoleBindingName: person,
      secretUid: secret.metadata.uid,
      namespaces: ['bob'],
    });
  });

  it('names nothing that is not in force', () => {
    const over = status(input({ expiresAt: at(nowMs) }, { homes: ['bob'] }));
    expect(Object.keys(over).sort()).toEqual(['conditions', 'observedGeneration', 'phase']);
  });

  it('lists at most twenty namespaces', () => {
    const homes = Array.from({ length: 30 }, (_, index) => `home-${index}`);
    expect(status(input({}, { homes })).namespaces).toHaveLength(20);
  });

  it('is identical for the same facts later', () => {
    const former = status(input());
    const later = { ...input(), grant: grantView({}, { status: former }), nowMs: nowMs + 60_000 };
    expect(status(later)).toEqual(former);
  });

  test.each<[string, GrantPhase, RegExp]>([
    ['that jobs cannot use it without a home', plan(), /no namespace is annotated/],
    ['until when', plan({ expiresAt: at(nowMs + 1) }), /until 2026-11-25/],
    [
      'that a namespace only gets read',
      plan({ subject: { kind: 'Namespace', name: 'ci' }, access: 'manage' }),
      /get read access only/,
    ],
  ])('says %s', (_case, { message }, expected) => {
    expect(message).toMatch(expected);
  });
});
