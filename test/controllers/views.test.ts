import { describe, expect, it, test } from 'vitest';
import * as constants from '../../src/api/constants.ts';
import { ANNOTATION_LAST_APPLIED, type UserSecret, type UserSecretSpec } from '../../src/api/index.ts';
import { createFingerprint } from '../../src/controllers/fingerprint.ts';
import { ownerReferenceTo, type Owner } from '../../src/controllers/ownership.ts';
import { viewMeta } from '../../src/controllers/meta-view.ts';
import { viewPod } from '../../src/controllers/pod-view.ts';
import { hasUsualName, subjectsHash, viewRole, viewRoleBinding } from '../../src/controllers/rbac-views.ts';
import { viewNeuroJob } from '../../src/controllers/neuro-job-view.ts';
import { viewSecret } from '../../src/controllers/secret-view.ts';
import { snapshotRecord } from '../../src/controllers/snapshot-record.ts';
import { viewUserSecret } from '../../src/controllers/user-secret-view.ts';
import { viewConfigMap, viewNamespace, viewSecretGrant } from '../../src/controllers/views.ts';
import type { ObjectMeta, OwnerReference } from '../../src/kernel/index.ts';
import { deepFreeze } from '../support/deep-freeze.ts';

const canary = 'CANARY-5f2e';
const fingerprint = createFingerprint(new Uint8Array(32).fill(7));

function metadata(overrides: Partial<ObjectMeta> = {}): ObjectMeta {
  return {
    namespace: 'alice',
    name: 'a',
    uid: 'uid-a',
    resourceVersion: '5',
    generation: 2,
    creationTimestamp: '2026-01-01T00:00:00Z',
    annotations: { 'kubectl.kubernetes.io/last-applied-configuration': canary, 'neu.ro/rotate': 'now' },
    ...overrides,
  };
}

function userSecret(spec: UserSecretSpec, observedGeneration?: number): UserSecret & { metadata: ObjectMeta } {
  const status = observedGeneration === undefined ? {} : { status: { observedGeneration } };
  return deepFreeze({ apiVersion: 'neu.ro/v1', kind: 'UserSecret', metadata: metadata(), spec, ...status });
}

describe('a view of a UserSecret', () => {
  const sources: readonly [string, UserSecretSpec][] = [
    ['value', { value: canary }],
    ['valueBase64', { valueBase64: Buffer.from(canary).toString('base64') }],
    ['sealed', { sealed: { value: canary } }],
  ];
  test('keeps no long source, which is read again when it is needed', () => {
    const spec = { sealed: { value: 'x'.repeat(5_000) } };
    expect(viewUserSecret(userSecret(spec), fingerprint)).not.toHaveProperty('source');
  });

  test.each(sources)('keeps the source %s only until it is settled', (kind, spec) => {
    expect(viewUserSecret(userSecret(spec), fingerprint).source).toEqual(spec);
    expect(viewUserSecret(userSecret(spec, 1), fingerprint).source).toEqual(spec);
    const settled = viewUserSecret(userSecret(spec, 2), fingerprint);
    expect(settled).not.toHaveProperty('source');
    expect(settled.sourceKind).toBe(kind);
    const text = JSON.stringify(settled);
    expect([text.includes(canary), text.includes(Buffer.from(canary).toString('base64'))]).toEqual([false, false]);
  });

  it('keeps of the copy of kubectl only whether it holds a value', () => {
    const copied = (copy: unknown): unknown => {
      const annotations = { [ANNOTATION_LAST_APPLIED]: JSON.stringify(copy) };
      const object = { ...userSecret({ sealed: { value: 'v1' } }, 2), metadata: metadata({ annotations }) };
      const view = viewUserSecret(object, fingerprint);
      expect(JSON.stringify(view)).not.toContain(canary);
      return view.hasAppliedValue;
    };
    expect(copied({ spec: { value: canary } })).toBe(true);
    expect(copied({ spec: { sealed: { value: canary } } })).toBeUndefined();
  });

  it('keeps annotations of ours alone', () => {
    expect(viewUserSecret(userSecret({ value: 'x' }), fingerprint).metadata.annotations).toEqual({
      'neu.ro/rotate': 'now',
    });
  });

  test.each<[string, UserSecretSpec, UserSecretSpec, boolean]>([
    ['another value', { value: 'x' }, { value: 'y' }, true],
    ['the same text from another field', { value: 'eA==' }, { valueBase64: 'eA==' }, true],
    ['another length', { generate: { type: 'Hex', length: 8 } }, { generate: { type: 'Hex', length: 9 } }, true],
    ['another rotateEvery', { generate: { type: 'Hex' } }, { generate: { type: 'Hex', rotateEvery: '1d' } }, false],
    ['another description', { value: 'x' }, { value: 'x', description: 'd' }, false],
    ['another policy', { value: 'x' }, { value: 'x', deletionPolicy: 'Orphan', onRevoke: 'Terminate' }, false],
  ])('has another hash of its source for %s: %#', (_case, before, after, isAnother) => {
    const hash = (spec: UserSecretSpec): string => viewUserSecret(userSecret(spec), fingerprint).sourceHash;
    expect(hash(before) !== hash(after)).toBe(isAnother);
  });

  it('fills in what the defaults are', () => {
    const { key, secretName, type, onRevoke, deletionPolicy } = viewUserSecret(userSecret({ value: 'x' }), fingerprint);
    expect({ key, secretName, type, onRevoke, deletionPolicy }).toEqual({
      key: 'a',
      secretName: 'a',
      type: 'Opaque',
      onRevoke: 'Continue',
      deletionPolicy: 'Delete',
    });
  });
});

describe('a view of a native Secret', () => {
  const data = { a: Buffer.from(canary).toString('base64') };
  const by = (owner: Owner, rest: Partial<ObjectMeta> = {}) =>
    viewSecret({ metadata: metadata({ ownerReferences: [ownerReferenceTo(owner)], ...rest }), data }, fingerprint);
  const version = fingerprint.version('uid-a', data.a);

  it('has versions in place of values', () => {
    const view = by({ kind: 'UserSecret', name: 'a', uid: 'uid-a' });
    expect(view.versions).toEqual({ a: version });
    expect(JSON.stringify(view)).not.toContain(data.a);
    expect(JSON.stringify(view)).not.toContain(canary);
  });

  it('has the same versions without a label, and without an owner reference', () => {
    expect(by({ kind: 'UserSecret', name: 'a', uid: 'uid-a' }, { labels: {} }).versions).toEqual({ a: version });
    const annotations = { 'neu.ro/owner-uid': 'uid-a' };
    expect(viewSecret({ metadata: metadata({ annotations }), data }, fingerprint).versions).toEqual({ a: version });
  });

  test.each(['__proto__', 'constructor'])(
    'has a version under the key %s, and nothing under one that does not exist',
    (key) => {
      const owned = metadata({ annotations: { 'neu.ro/owner-uid': 'uid-a' } });
      expect(viewSecret({ metadata: owned, data }, fingerprint).versions[key]).toBeUndefined();
      const under = Object.fromEntries([[key, data.a]]);
      expect(viewSecret({ metadata: owned, data: under }, fingerprint).versions[key]).toBe(version);
    },
  );

  it('has no versions for the snapshot of a job, nor where nothing of ours owns it', () => {
    expect(by({ kind: 'NeuroJob', name: 'a', uid: 'uid-a' }).versions).toEqual({});
    expect(viewSecret({ metadata: metadata({ annotations: {} }), data }, fingerprint).versions).toEqual({});
  });
});

describe('a view of a Namespace', () => {
  test.each<[string, Record<string, string>, string | undefined, readonly string[]]>([
    ["is nobody's home without annotations", {}, undefined, []],
    ['is the home of a user', { 'neu.ro/user': 'bob' }, 'bob', []],
    ['has no spaces around names', { 'neu.ro/user': ' bob ', 'neu.ro/groups': ' ml , web ' }, 'bob', ['ml', 'web']],
    [
      'takes a list of names with commas',
      { 'neu.ro/groups': '["CN=ml,OU=Teams,DC=corp", "web"]' },
      undefined,
      ['CN=ml,OU=Teams,DC=corp', 'web'],
    ],
    ['has no empty names', { 'neu.ro/user': ' ', 'neu.ro/groups': 'ml,,' }, undefined, ['ml']],
  ])('%s', (_case, annotations, user, groups) => {
    expect(viewNamespace({ metadata: metadata({ annotations }) })).toMatchObject({ user, groups });
  });
});

test.each<[string, object]>([
  [
    'a Pod',
    viewPod({ metadata: metadata(), spec: { containers: [{ name: 'c', env: [{ name: 'X', value: canary }] }] } }),
  ],
  ['a Role', viewRole({ metadata: metadata(), rules: [] })],
  ['a RoleBinding', viewRoleBinding({ metadata: metadata(), roleRef: { apiGroup: '', kind: 'Role', name: 'r' } })],
  ['a ConfigMap', viewConfigMap({ metadata: metadata(), data: { x: canary } }, fingerprint)],
  ['anything else', viewMeta({ metadata: metadata() })],
  ['a Namespace', viewNamespace({ metadata: metadata() })],
])('a view of %s keeps nothing that was applied', (_case, view) => {
  expect(JSON.stringify(view)).not.toContain(canary);
});

test('a view of a Pod keeps no text that may quote a secret, only that there were last words', () => {
  const terminated = { exitCode: 1, message: canary };
  const view = (state: object, lastState = {}) =>
    viewPod({
      metadata: metadata(),
      status: {
        containerStatuses: [{ name: 'job', image: '', imageID: '', ready: false, restartCount: 0, state, lastState }],
      },
    });
  const views = [
    view({ terminated }, { terminated }),
    view({ waiting: { reason: 'RunContainerError', message: canary } }),
    view({ waiting: { reason: 'ImagePullBackOff', message: 'no such image' } }),
  ];
  expect(JSON.stringify(views)).not.toContain(canary);
  expect(views.map(({ hasOutput }) => hasOutput)).toEqual([true, false, false]);
  expect(views[2]?.container?.state?.waiting?.message).toBe('no such image');
});

describe('views of Roles and RoleBindings', () => {
  const roleRef = { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: 'r' };
  it('name the grant by the owner reference', () => {
    const owned = metadata({ ownerReferences: [ownerReferenceTo({ kind: 'SecretGrant', name: 'g', uid: 'uid-g' })] });
    expect(viewRoleBinding({ metadata: owned, roleRef })).toMatchObject({
      ownerUid: 'uid-g',
      isControlled: true,
      grantKey: 'alice/g',
    });
  });

  it('know their owner by the annotation when the reference was taken off', () => {
    const stripped = metadata({ annotations: { 'neu.ro/owner-uid': 'uid-g' } });
    expect(viewRole({ metadata: stripped, rules: [] })).toMatchObject({
      ownerUid: 'uid-g',
      isControlled: false,
      grantKey: undefined,
    });
  });

  const label = { 'neu.ro/secret-grant': 'g' };
  test.each<[string, Partial<ObjectMeta>, string | undefined]>([
    ['their label', { name: 'neuro-grant-uid-g', labels: label }, 'alice/g'],
    ['their label, for a person', { name: 'neuro-grant-uid-g-person', labels: label }, 'alice/g'],
    ['nothing else', { name: 'neuro-grant-uid-g' }, 'alice/neuro-grant-uid-g'],
    ['no label where the name is of another', { name: 'neuro-grant-x', labels: label }, undefined],
    [
      'no label where something else controls them',
      {
        name: 'neuro-grant-uid-g',
        labels: label,
        ownerReferences: [{ apiVersion: 'apps/v1', kind: 'Deployment', name: 'd', uid: 'd', controller: true }],
      },
      undefined,
    ],
  ])('without an owner reference, name the grant by %s', (_case, more, grantKey) => {
    const restored = metadata({ annotations: { 'neu.ro/owner-uid': 'uid-g' }, ...more });
    expect(viewRoleBinding({ metadata: restored, roleRef }).grantKey).toBe(grantKey);
  });

  it('have the first of subjects that are too many, and hashes in place of the others', () => {
    const subjects = Array.from({ length: 100 }, (_, index) => ({
      kind: 'Group',
      name: `system:serviceaccounts:home-${String(index)}`,
    }));
    const [first] = subjects;
    const view = viewRoleBinding({ metadata: metadata(), roleRef, subjects });
    expect(view).toMatchObject({ hasTooManySubjects: true, subjectsHash: subjectsHash(subjects) });
    expect(view.subjects).toEqual([first]);
    expect(view.subjectDigests).toHaveLength(100);
    const long = viewRoleBinding({
      metadata: metadata(),
      roleRef,
      subjects: [{ kind: 'User', name: 'x'.repeat(5_000) }],
    });
    expect(long.subjects).toEqual([]);
    expect(subjectsHash(subjects.toReversed())).not.toBe(subjectsHash(subjects));
  });
});

describe('what someone writes into objects with our label', () => {
  const large = 'x'.repeat(1_000_000);
  const many = Object.fromEntries(Array.from({ length: 20_000 }, (_, index) => [`k${String(index)}`, 'eA==']));
  const kept = (view: unknown): number => JSON.stringify(view).length;

  test.each([
    ['neuro-grant-uid-g', true],
    ['reader', true],
    [large, false],
  ])('a Role or a RoleBinding is kept by its name, which can have any length: %#', (name, isKept) => {
    expect(hasUsualName({ metadata: metadata({ name }) })).toBe(isKept);
  });

  test('of a long request to rotate, the beginning is kept, on both sides', () => {
    const annotations = { 'neu.ro/rotate': large, 'neu.ro/rotated-for': large };
    const asked = viewUserSecret({ metadata: metadata({ annotations }), spec: { value: 'x' } }, fingerprint);
    const done = viewSecret({ metadata: metadata({ annotations }) }, fingerprint);
    expect(asked.metadata.annotations?.['neu.ro/rotate']).toBe('x'.repeat(512));
    expect(done.metadata.annotations?.['neu.ro/rotated-for']).toBe('x'.repeat(512));
  });

  test('what a snapshot holds is kept of the snapshot of a job alone, and only what the operator wrote', () => {
    const text = 'x'.repeat(30_000);
    const ownerReferences = [ownerReferenceTo({ kind: 'NeuroJob', name: 'j', uid: 'uid-j' })];
    const viewOf = (annotations: Record<string, string>, owned: object) =>
      viewSecret({ metadata: metadata({ annotations, ...owned }) }, fingerprint);
    const annotations = snapshotRecord('uid-j', text, fingerprint);
    expect(viewOf(annotations, { ownerReferences }).snapshot).toBe(text);
    const forged = { ...annotations, 'neu.ro/snapshot': `${text}y` };
    for (const other of [viewOf(annotations, {}), viewOf(forged, { ownerReferences })])
      expect(JSON.stringify(other)).not.toContain('xx');
  });

  // All annotations of an object have 256 KiB together.
  const ours = Object.fromEntries(
    Object.entries(constants).flatMap(([constant, name]) =>
      constant.startsWith('ANNOTATION_') && typeof name === 'string' ? [[name, 'x'.repeat(9 * 1024)]] : [],
    ),
  );
  const byStranger = (owner: Partial<OwnerReference>) =>
    metadata({
      ownerReferences: [
        { apiVersion: 'neu.ro/v1', kind: 'SecretGrant', name: 'g', uid: 'u', controller: true, ...owner },
      ],
    });
  const roleRef = { apiGroup: '', kind: 'Role', name: 'r' };
  test.each<[string, object]>([
    [
      'all annotations of ours on a UserSecret',
      viewUserSecret({ metadata: metadata({ annotations: ours }), spec: { value: 'x' } }, fingerprint),
    ],
    ['all annotations of ours on a Secret', viewSecret({ metadata: metadata({ annotations: ours }) }, fingerprint)],
    ['the type of a Secret', viewSecret({ metadata: metadata(), type: large }, fingerprint)],
    ['an owner UID in an annotation', viewRole({ metadata: metadata({ annotations: { 'neu.ro/owner-uid': large } }) })],
    ...(['apiVersion', 'kind', 'name', 'uid'] as const).flatMap((field): [string, object][] => {
      const owned = byStranger({ [field]: large });
      return [
        [`the ${field} of an owner of a Secret`, viewSecret({ metadata: owned, data: { x: 'eA==' } }, fingerprint)],
        [`the ${field} of an owner of a Role`, viewRole({ metadata: owned })],
        [`the ${field} of an owner of a RoleBinding`, viewRoleBinding({ metadata: owned, roleRef })],
        [`the ${field} of an owner of a Pod`, viewPod({ metadata: owned })],
        [`the ${field} of an owner of anything else`, viewMeta({ metadata: owned })],
        ...['UserSecret', 'NeuroSchedule'].map((kind): [string, object] => [
          `the ${field} of an owner of a job, as ${kind}`,
          viewNeuroJob({ metadata: byStranger({ kind, [field]: large }), spec: { image: 'i' } }),
        ]),
      ];
    }),
    ['a Role to be bound', viewRoleBinding({ metadata: metadata(), roleRef: { ...roleRef, name: large } })],
    [
      'annotations',
      viewUserSecret({ metadata: metadata({ annotations: { 'neu.ro/x': large } }), spec: { value: 'x' } }, fingerprint),
    ],
    [
      'annotations of ours',
      viewUserSecret(
        { metadata: metadata({ annotations: { 'neu.ro/rotate': large } }), spec: { value: 'x' } },
        fingerprint,
      ),
    ],
    ['labels', viewMeta({ metadata: metadata({ labels: many }) })],
    ['labels of a job', viewNeuroJob({ metadata: metadata({ labels: many }), spec: { image: 'i' } })],
    ['labels of a Namespace', viewNamespace({ metadata: metadata({ labels: many }) })],
    ['rules', viewRole({ metadata: metadata(), rules: [{ apiGroups: [large], verbs: ['get'] }] })],
    [
      'subjects',
      viewRoleBinding({
        metadata: metadata(),
        roleRef: { apiGroup: '', kind: 'Role', name: 'r' },
        subjects: [{ kind: 'User', name: large }],
      }),
    ],
    [
      'the description of a grant',
      viewSecretGrant({ metadata: metadata(), spec: { subject: { kind: 'User', name: 'bob' }, description: large } }),
    ],
    [
      'keys of a Secret',
      viewSecret({ metadata: metadata({ annotations: { 'neu.ro/owner-uid': 'u' } }), data: many }, fingerprint),
    ],
    ['a ConfigMap', viewConfigMap({ metadata: metadata(), data: { x: large } }, fingerprint)],
  ])('%s: a view keeps less than 3,000 characters', (_case, view) => {
    expect(kept(view)).toBeLessThan(3_000);
  });
});
