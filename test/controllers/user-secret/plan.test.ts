/** The order of the rules, and what each does about the native Secret. */
import { describe, expect, test } from 'vitest';
import { ANNOTATION_ORPHAN, ANNOTATION_VERSION } from '../../../src/api/index.ts';
import type { UserSecretInput } from '../../../src/controllers/user-secret/input.ts';
import { desiredText } from '../../../src/controllers/user-secret/desired-text.ts';
import { rules } from '../../../src/controllers/user-secret/plan.ts';
import type { SecretView } from '../../../src/controllers/secret-view.ts';
import type { UserSecretView } from '../../../src/controllers/user-secret-view.ts';
import { generatedView, nativeOf, nowMs, userSecretView } from '../../support/builders.ts';
import { plain, say, plan } from './plan-cases.ts';

const follows = userSecretView({ sourceKind: 'secretKeyRef', secretKeyRef: { name: 'pg', key: 'password' } });

test('the rules apply in this order', () => {
  expect(rules.map(({ name }) => name)).toEqual([
    'failing',
    'refused',
    'copied',
    'deleting',
    'heldBack',
    'outOfBytes',
    'keyConflict',
    'secretNameConflict',
    'nameTaken',
    'lost',
    'missing',
    'replaced',
    'restored',
    'replacing',
    'adoption',
    'generatedStands',
    'sourceChanged',
    'tooManyKeys',
    'valueDrift',
    'pairDrift',
    'formDrift',
    'rotation',
    'metadataDrift',
    'copyOutdated',
    'partsChanged',
    'reference',
    'unmarked',
    'history',
    'valuesFirst',
    'settled',
  ]);
});

describe('a second write in one reconcile', () => {
  const written = (desired: string): Partial<UserSecretInput> => ({
    written: [{ cause: 'SourceChanged', value: 'obtained', desired }],
  });
  const changed = userSecretView({ sourceHash: 'source-2', metadata: { generation: 2 } });

  test('for what the owner asks for still, is against something that undoes the first', () => {
    expect(say(plan(changed, nativeOf(plain), written(desiredText(changed))))).toBe('Contested');
  });

  test('for what the owner asks for since then, comes in the next reconcile, and nobody is said to undo the first', () => {
    expect(plan(changed, nativeOf(plain), written(desiredText(plain)))).toEqual({
      rule: 'sourceChanged',
      events: [],
      requeueAtMs: nowMs,
      requeueLane: 'change',
    });
  });
});

test('the bytes of a replacement are those of the native Secret and of the one beside it', () => {
  const generated = generatedView({ status: { observedGeneration: 1 } });
  const native = nativeOf(generated, { immutable: true, dataBytes: 100 });
  const { steps } = plan(generated, native, { isClaimed: false });
  expect(steps).toEqual([{ do: 'claim', bytes: 2 * 100 + 2 * generated.bytes }]);
});

describe('the native Secret', () => {
  test.each<[string, UserSecretView, SecretView | undefined, string, Partial<UserSecretInput>?]>([
    ['is made where there is none', plain, undefined, 'create Missing obtained'],
    ['is left alone when all is well', plain, nativeOf(plain), 'Synced'],
    [
      'is written when the source is another',
      userSecretView({ sourceHash: 'source-2' }),
      nativeOf(plain),
      'patch SourceChanged obtained',
    ],
    [
      'is put back when its value was changed',
      plain,
      nativeOf(plain, { versions: { 'db-password': 'version-x' } }),
      'patch Drift obtained',
    ],
    ['is put back when its value was removed', plain, nativeOf(plain, { versions: {} }), 'patch Drift obtained'],
    [
      'is put back when the note of its version was changed',
      plain,
      nativeOf(plain, { metadata: { annotations: { [ANNOTATION_VERSION]: 'version-x' } } }),
      'patch Drift obtained',
    ],
    [
      'is made anew with its value when it was made immutable',
      plain,
      nativeOf(plain, { immutable: true }),
      'replace Drift standing',
    ],
    [
      'is made anew with its value when its type is another',
      plain,
      nativeOf(plain, { type: 'kubernetes.io/tls' }),
      'replace Drift standing',
    ],
    [
      'is made anew with the right value when it is immutable and wrong',
      plain,
      nativeOf(plain, { immutable: true, versions: { 'db-password': 'version-x' } }),
      'replace Drift obtained',
    ],
    [
      'loses a key that does not belong in it',
      plain,
      nativeOf(plain, { versions: { 'db-password': 'version-1', extra: 'version-2' } }),
      'patch Metadata none',
    ],
    ['gets its labels back', plain, nativeOf(plain, { metadata: { labels: {} } }), 'patch Metadata none'],
    [
      'gets its owner reference back',
      plain,
      nativeOf(plain, { metadata: { ownerReferences: [] } }),
      'patch Metadata none',
    ],
    [
      'gets rid of a second reference with the UID of its owner',
      plain,
      nativeOf(plain, {
        metadata: {
          ownerReferences: [
            ...(nativeOf(plain).metadata.ownerReferences ?? []),
            { apiVersion: 'v1', kind: 'ConfigMap', name: 'x', uid: plain.metadata.uid },
          ],
        },
      }),
      'patch Metadata none',
    ],
    [
      'keeps labels and annotations of others',
      plain,
      nativeOf(plain, {
        metadata: {
          labels: { ...nativeOf(plain).metadata.labels, team: 'red' },
          annotations: { 'neu.ro/other': 'x' },
        },
      }),
      'Synced',
    ],
    [
      'is looked at by value where it follows another',
      follows,
      nativeOf(plain),
      'obtain',
      { obtained: { sourceHash: 'another', version: 'version-1' } },
    ],
    ['is left alone where the value that it follows is the same', follows, nativeOf(plain), 'Synced'],
    [
      'is written where the value that it follows is another',
      follows,
      nativeOf(plain),
      'patch SourceChanged obtained',
      { obtained: { sourceHash: 'source-1', version: 'version-2' }, keep: 0 },
    ],
    [
      'of the policy Orphan has no owner reference',
      userSecretView({ deletionPolicy: 'Orphan' }),
      nativeOf(plain),
      'patch Metadata none',
    ],
    [
      'of the policy Orphan without owner reference is left alone',
      userSecretView({ deletionPolicy: 'Orphan' }),
      nativeOf(plain, { metadata: { ownerReferences: [], annotations: { [ANNOTATION_ORPHAN]: 'true' } } }),
      'Synced',
    ],
  ])('%s', (_case, userSecret, native, expected, rest = {}) => {
    expect(say(plan(userSecret, native, rest))).toBe(expected);
  });
});
