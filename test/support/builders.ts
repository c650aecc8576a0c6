/** Objects as the stores hold them, frozen: whoever changes one fails loudly. Say only what the case is about. */
import {
  ANNOTATION_OWNER_UID,
  ANNOTATION_SOURCE_HASH,
  ANNOTATION_VERSION,
  API_VERSION,
  LABEL_MANAGED_BY,
  LABEL_USER_SECRET,
  MANAGED_BY,
  type SecretGrantSpec,
  type SecretGrantStatus,
} from '../../src/api/index.ts';
import type { ViewMeta } from '../../src/controllers/meta-view.ts';
import type { SecretView } from '../../src/controllers/secret-view.ts';
import type { UserSecretView } from '../../src/controllers/user-secret-view.ts';
import type { SecretGrantView } from '../../src/controllers/views.ts';
import { deepFreeze } from './deep-freeze.ts';

/** The moment at which the cases play. */
export const nowMs = Date.UTC(2026, 10, 25, 12);

export function viewMeta(metadata: Partial<ViewMeta> = {}): ViewMeta {
  const name = metadata.name ?? 'db-password';
  return {
    namespace: 'alice',
    name,
    uid: `uid-of-${name}`,
    resourceVersion: '10',
    generation: 1,
    creationTimestamp: '2026-11-01T00:00:00Z',
    ...metadata,
  };
}

type With<View> = Partial<Omit<View, 'metadata'>> & { readonly metadata?: Partial<ViewMeta> };

/** A UserSecret with a plain value, as it is before anything was done. */
export function userSecretView({ metadata, ...rest }: With<UserSecretView> = {}): UserSecretView {
  const meta = viewMeta(metadata);
  return deepFreeze({
    key: meta.name,
    secretName: meta.name,
    type: 'Opaque',
    sourceKind: 'value',
    onRevoke: 'Continue',
    deletionPolicy: 'Delete',
    sourceHash: 'source-1',
    status: {},
    bytes: 1_000,
    ...rest,
    metadata: meta,
  });
}

/** One whose value is made here. */
export function generatedView(
  overrides: With<UserSecretView> = {},
  generate: Partial<NonNullable<UserSecretView['generate']>> = {},
): UserSecretView {
  return userSecretView({ sourceKind: 'generate', generate: { type: 'Password', ...generate }, ...overrides });
}

type NativeOverrides = Partial<Omit<SecretView, 'metadata'>> & { readonly metadata?: Partial<SecretView['metadata']> };

/** The native Secret of that UserSecret when all is well. */
export function nativeOf(userSecret: UserSecretView, { metadata = {}, ...rest }: NativeOverrides = {}): SecretView {
  const { name, namespace, uid } = userSecret.metadata;
  return deepFreeze({
    type: userSecret.type,
    immutable: false,
    hasMoreKeys: false,
    dataBytes: 1,
    ownerUid: uid,
    versions: { [userSecret.key]: 'version-1' },
    ...rest,
    metadata: {
      ...viewMeta({ namespace, name: userSecret.secretName, uid: `uid-of-native-${name}` }),
      labels: { [LABEL_MANAGED_BY]: MANAGED_BY, [LABEL_USER_SECRET]: name },
      ownerReferences: [{ apiVersion: API_VERSION, kind: 'UserSecret', name, uid, controller: true }],
      ...metadata,
      annotations: {
        [ANNOTATION_OWNER_UID]: uid,
        [ANNOTATION_SOURCE_HASH]: userSecret.sourceHash,
        [ANNOTATION_VERSION]: 'version-1',
        ...metadata.annotations,
      },
    },
  });
}

/** A Secret that has the name and is somebody else's. */
export function foreignSecretView({ metadata = {}, ...rest }: NativeOverrides = {}): SecretView {
  return deepFreeze({
    type: 'Opaque',
    immutable: false,
    hasMoreKeys: false,
    dataBytes: 1,
    ownerUid: undefined,
    versions: {},
    ...rest,
    metadata: { ...viewMeta({ uid: 'uid-of-foreign' }), ...metadata },
  });
}

export function grantView(
  spec: Partial<SecretGrantSpec> = {},
  { metadata, status = {} }: { readonly metadata?: Partial<ViewMeta>; readonly status?: SecretGrantStatus } = {},
): SecretGrantView {
  const defaults: SecretGrantSpec = { secret: 'db-password', subject: { kind: 'User', name: 'bob' }, access: 'read' };
  return deepFreeze({
    metadata: viewMeta({ name: 'for-bob', uid: 'uid-1', ...metadata }),
    spec: { ...defaults, ...spec },
    status,
    bytes: 500,
  });
}
