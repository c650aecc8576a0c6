/** What else may be where the native Secret belongs, and what is beside its value. */
import { describe, expect, it, test } from 'vitest';
import {
  ANNOTATION_ADOPT,
  ANNOTATION_GENERATED_AT,
  ANNOTATION_OWNER_UID,
  ANNOTATION_ROTATE,
  ANNOTATION_ROTATED_FOR,
  ANNOTATION_SOURCE_HASH,
  API_VERSION,
  LABEL_MANAGED_BY,
  type Condition,
} from '../../../src/api/index.ts';
import type { UserSecretInput } from '../../../src/controllers/user-secret/input.ts';
import { companionKeys, nextRotationMs } from '../../../src/controllers/user-secret/native.ts';
import type { SecretView } from '../../../src/controllers/secret-view.ts';
import type { UserSecretView } from '../../../src/controllers/user-secret-view.ts';
import { foreignSecretView, generatedView, nativeOf, nowMs, userSecretView } from '../../support/builders.ts';
import { plain, say, plan } from './plan-cases.ts';

const hourMs = 3_600_000;

const at = (ms: number): string => new Date(ms).toISOString();

const generated = generatedView();

const ready: Condition = {
  type: 'Ready',
  status: 'True',
  reason: 'Synced',
  message: '',
  lastTransitionTime: at(nowMs),
};

const settled = { observedGeneration: 1, conditions: [ready] };

const elder = (overrides: Parameters<typeof userSecretView>[0] = {}): UserSecretView =>
  userSecretView({
    ...overrides,
    metadata: { name: 'elder', creationTimestamp: '2026-10-01T00:00:00Z', ...overrides.metadata },
  });
const ownedByFormer = [
  { apiVersion: API_VERSION, kind: 'UserSecret', name: 'db-password', uid: 'uid-of-former', controller: true },
];

const noMark = { [ANNOTATION_OWNER_UID]: 'uid-of-former' };

describe('a Secret that has the name already', () => {
  test.each<[string, UserSecretView, SecretView, string]>([
    ['is not taken', plain, foreignSecretView(), 'Conflict'],
    [
      'is not taken for our labels',
      plain,
      foreignSecretView({ metadata: { labels: { [LABEL_MANAGED_BY]: 'neuro-operator' } } }),
      'Conflict',
    ],
    [
      'is not taken for our name in an owner reference of another kind',
      plain,
      foreignSecretView({
        metadata: {
          ownerReferences: [{ apiVersion: 'v1', kind: 'UserSecret', name: 'db-password', uid: 'x', controller: true }],
        },
      }),
      'Conflict',
    ],
    [
      'is taken over when it says so',
      plain,
      foreignSecretView({ metadata: { annotations: { [ANNOTATION_ADOPT]: 'db-password' } } }),
      'patch Adopted obtained',
    ],
    [
      'is taken over with its value where the value is generated',
      generated,
      foreignSecretView({ metadata: { annotations: { [ANNOTATION_ADOPT]: 'db-password' } } }),
      'patch Adopted standing',
    ],
    [
      'is taken over by making it anew where its type is another',
      plain,
      foreignSecretView({ type: 'example.com/x', metadata: { annotations: { [ANNOTATION_ADOPT]: 'db-password' } } }),
      'replace Adopted obtained',
    ],
    [
      'is not taken over by a UserSecret that it does not name',
      plain,
      foreignSecretView({ metadata: { annotations: { [ANNOTATION_ADOPT]: 'true' } } }),
      'Conflict',
    ],
    [
      'is not taken from a controller that owns it',
      plain,
      foreignSecretView({
        metadata: {
          annotations: { [ANNOTATION_ADOPT]: 'db-password' },
          ownerReferences: [{ apiVersion: 'x/v1', kind: 'ExternalSecret', name: 'e', uid: 'e', controller: true }],
        },
      }),
      'Conflict',
    ],
    [
      'is waited for when its owner was deleted and made again',
      plain,
      nativeOf(plain, { metadata: { annotations: noMark, ownerReferences: ownedByFormer } }),
      'Replacing',
    ],
    [
      'is waited for when it is being deleted',
      plain,
      nativeOf(plain, { metadata: { deletionTimestamp: at(nowMs) } }),
      'Replacing',
    ],
    [
      'is not taken back from an Orphan of a former object of the name',
      plain,
      nativeOf(plain, { metadata: { annotations: noMark, ownerReferences: [] } }),
      'Conflict',
    ],
  ])('%s', (_case, userSecret, native, expected) => {
    const looked = { found: native, keys: ['db-password'] };
    expect(say(plan(userSecret, native, { looked }))).toBe(expected);
  });

  test.each<[string, object, RegExp]>([
    [
      'its own Secret',
      { deletionTimestamp: at(nowMs) },
      /^the Secret 'db-password' is being deleted, .* a finalizer keeps it: kubectl get secret db-password -n /,
    ],
    [
      'that of a former one',
      { annotations: noMark, ownerReferences: ownedByFormer },
      /^the Secret 'db-password' of a former UserSecret is being deleted/,
    ],
  ])('while %s is deleted, the message says whose it is and what can keep it', (_case, metadata, expected) => {
    const native = nativeOf(plain, { metadata });
    const { status } = plan(plain, native, { looked: { found: native, keys: ['db-password'] } });
    expect(status?.conditions?.find(({ type }) => type === 'Ready')?.message).toMatch(expected);
  });

  const offered = foreignSecretView({ metadata: { annotations: { [ANNOTATION_ADOPT]: 'db-password' } } });
  test.each<[string, Partial<UserSecretInput>, string]>([
    ['is looked at before it is taken over', {}, 'look'],
    ['is not taken over with other keys', { looked: { found: offered, keys: ['db-password', 'user'] } }, 'Conflict'],
    ['is looked at where another watch shows it', { stored: undefined, isNameTaken: true }, 'look'],
  ])('%s', (_case, rest, expected) => {
    expect(say(plan(plain, offered, rest))).toBe(expected);
  });
});

describe('two UserSecrets that want one thing', () => {
  const one = { key: 'db-password', secretName: 'other' };
  test.each<[string, UserSecretView | undefined, SecretView | undefined, string]>([
    ['the younger waits for the key', elder(one), undefined, 'KeyConflict'],
    ['the younger waits for the key, also when it was first', elder(one), nativeOf(plain), 'KeyConflict'],
    [
      'the key of an elder that is being deleted is free',
      elder({ ...one, metadata: { deletionTimestamp: at(nowMs) } }),
      undefined,
      'create Missing obtained',
    ],
    [
      'the elder has the key',
      userSecretView({ ...one, metadata: { name: 'b', creationTimestamp: '2026-11-02T00:00:00Z' } }),
      undefined,
      'create Missing obtained',
    ],
    [
      'of two of one second the lower UID has the key',
      userSecretView({ ...one, metadata: { name: 'b', uid: 'a' } }),
      undefined,
      'KeyConflict',
    ],
    [
      'of two of one second the higher UID waits',
      userSecretView({ ...one, metadata: { name: 'b', uid: 'z' } }),
      undefined,
      'create Missing obtained',
    ],
    [
      "the younger waits for the Secret's name",
      elder({ key: 'other', secretName: 'db-password' }),
      undefined,
      'Conflict',
    ],
    [
      'who has the Secret keeps it, so that two of one second do not both wait',
      elder({ key: 'other', secretName: 'db-password' }),
      nativeOf(plain),
      'Synced',
    ],
    ['others are no rivals', elder({ key: 'x', secretName: 'x' }), undefined, 'create Missing obtained'],
  ])('%s', (_case, rival, native, expected) => {
    expect(say(plan(plain, native, { rivals: rival === undefined ? [] : [rival] }))).toBe(expected);
  });
});

describe('a generated value', () => {
  const known = (overrides: Parameters<typeof generatedView>[0] = {}): UserSecretView =>
    generatedView({ status: settled, ...overrides });
  const otherHash = { metadata: { annotations: { [ANNOTATION_SOURCE_HASH]: 'by another key' } } };
  const due = (generatedAt: string): SecretView =>
    nativeOf(generated, { metadata: { annotations: { [ANNOTATION_GENERATED_AT]: generatedAt } } });
  const everyHour = generatedView({ status: settled }, { rotateEvery: '1h' });
  const asked = known({ metadata: { annotations: { [ANNOTATION_ROTATE]: 'now' } } });

  test.each<[string, UserSecretView, SecretView | undefined, string]>([
    ['is made where there is none', generated, undefined, 'create Missing obtained'],
    ['is not made again when all is well', known(), nativeOf(generated), 'Synced'],
    ['is kept when the hashes are by another key', known(), nativeOf(generated, otherHash), 'patch Metadata standing'],
    [
      'is kept when the hashes are by another key and it is immutable',
      known(),
      nativeOf(generated, { ...otherHash, immutable: true }),
      'replace Metadata standing',
    ],
    [
      'is kept when a label was taken off',
      known(),
      nativeOf(generated, { metadata: { labels: {} } }),
      'patch Metadata none',
    ],
    ['is kept when it was made immutable', known(), nativeOf(generated, { immutable: true }), 'replace Drift standing'],
    [
      'is made again when its length is changed, and the former is kept',
      known({ metadata: { generation: 2 }, sourceHash: 'source-2' }),
      nativeOf(generated),
      'patch SourceChanged obtained keeping the former',
    ],
    [
      'is made again when the object was never settled with it',
      generatedView({ sourceHash: 'source-2' }),
      nativeOf(generated),
      'patch SourceChanged obtained keeping the former',
    ],
    [
      'is made again when somebody changed it',
      known(),
      nativeOf(generated, { versions: { 'db-password': 'version-x' } }),
      'patch Drift obtained',
    ],
    [
      'is made again when its time has come',
      everyHour,
      due(at(nowMs - hourMs)),
      'patch Rotated obtained keeping the former',
    ],
    ['is not made again before its time', everyHour, due(at(nowMs - hourMs + 1)), 'Synced'],
    [
      'is made again when a clock that was far ahead made it',
      everyHour,
      due(at(nowMs + hourMs + 1)),
      'patch Rotated obtained keeping the former',
    ],
    ['is not made again when that clock was a little ahead', everyHour, due(at(nowMs + hourMs)), 'Synced'],
    ['is not made again for a time that cannot be read', everyHour, due('yesterday'), 'Synced'],
    ['is made again when it is asked for', asked, nativeOf(generated), 'patch Rotated obtained keeping the former'],
    [
      'is made again once for one asking',
      asked,
      nativeOf(generated, { metadata: { annotations: { [ANNOTATION_ROTATED_FOR]: 'now' } } }),
      'Synced',
    ],
    [
      'is made again for another asking',
      asked,
      nativeOf(generated, { metadata: { annotations: { [ANNOTATION_ROTATED_FOR]: 'then' } } }),
      'patch Rotated obtained keeping the former',
    ],
    [
      'keeps what belongs to it',
      known(),
      nativeOf(generated, { versions: { 'db-password': 'version-1', 'db-password.previous': 'version-0' } }),
      'Synced',
    ],
  ])('%s', (_case, userSecret, native, expected) => {
    expect(say(plan(userSecret, native))).toBe(expected);
  });

  it('is not made again while this clock is set back and that of the API server is right', () => {
    const native = due(at(nowMs + 9 * hourMs));
    expect(say(plan(everyHour, native))).toBe('patch Rotated obtained keeping the former');
    expect(say(plan(everyHour, native, { latestMs: nowMs + 9 * hourMs }))).toBe('Synced');
  });

  it('of another kind of source is never asked to rotate', () => {
    const userSecret = userSecretView({ metadata: { annotations: { [ANNOTATION_ROTATE]: 'now' } } });
    expect(nextRotationMs(userSecret, nativeOf(userSecret), nowMs)).toBeUndefined();
  });
});

describe('keys beside the value', () => {
  test.each<[string, UserSecretView, readonly string[]]>([
    ['none for a plain value', plain, []],
    ['the former value of a generated one', generated, ['db-password.previous']],
    [
      'the public key of a pair too',
      generatedView({ key: 'id' }, { type: 'Ed25519' }),
      ['id.previous', 'id.pub', 'id.pub.previous'],
    ],
    [
      'only those that a Secret can hold',
      generatedView({ key: 'k'.repeat(245) }, { type: 'Ed25519' }),
      [`${'k'.repeat(245)}.pub`],
    ],
  ])('%s', (_case, userSecret, expected) => {
    expect(companionKeys(userSecret)).toEqual(expected);
  });
});
