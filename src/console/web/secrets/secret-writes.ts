/** What the secrets page writes: always sealed, with the console's field manager, and never a value in an error. */
import {
  ANNOTATION_ROTATE,
  ANNOTATION_ROTATE_BY,
  changedBy,
  createdBy,
  effectiveKey,
  FIELD_MANAGERS,
  nativeSecretName,
  objectNameForKey,
  type SecretGrant,
  type UserSecret,
  type UserSecretSharedFrom,
  type UserSecretSpec,
  withoutAppliedValue,
} from '../../../api/index.ts';
import { isFormerOf, type SecretVersion } from '../../../client/index.ts';
import { defined } from '../../../defined.ts';
import type { PublishedKey } from '../../../sealing/browser.ts';
import { clusterNow } from '../cluster/cluster-clock.ts';
import { asClusterError, ClusterError } from '../cluster/errors.ts';
import { nativeSecrets, secretGrants, userSecrets } from '../cluster/object.ts';
import type { Cluster } from '../cluster/use-cluster.ts';
import { fromBase64 } from '../parts/bytes.ts';
import { listText } from '../language/local.ts';
import { texts } from '../texts.ts';
import { goesWith, subjectsOf } from './grants-after.ts';
import type { SecretInput } from './secret-input.ts';
import { changedSource, newSource, seal } from './secret-source.ts';

interface SecretDraft {
  readonly namespace: string;
  readonly key: string;
  readonly input: SecretInput;
  readonly description: string;
  /** `YYYY-MM-DD`; empty for none. */
  readonly rotateBy?: string;
  /** Former values; undefined for the default of the operator. */
  readonly keep?: number | undefined;
  readonly recipients?: readonly PublishedKey[];
}

const by = { fieldManager: FIELD_MANAGERS.console };

/** The object as it would be made: for the cluster, or for git. */
export async function draftObject(cluster: Cluster, draft: SecretDraft): Promise<UserSecret> {
  const { namespace, key, input, description, rotateBy = '', keep, recipients } = draft;
  const name = objectNameForKey(key);
  const spec: UserSecretSpec = {
    ...(description.trim() === '' ? {} : { description: description.trim() }),
    ...(keep === undefined ? {} : { history: { keep } }),
    ...(await newSource(cluster, { namespace, name, key }, input, recipients)),
  };
  const annotations = rotateBy === '' ? {} : { annotations: { [ANNOTATION_ROTATE_BY]: rotateBy } };
  return { metadata: { name, namespace, ...annotations }, spec };
}

export async function addSecret(cluster: Cluster, draft: SecretDraft): Promise<UserSecret> {
  const { connection, liveLists, session } = cluster;
  const { metadata, spec } = await draftObject(cluster, draft);
  const annotations = { ...metadata.annotations, ...createdBy(new Date(clusterNow()), session.user.name) };
  const object = await connection.create(userSecrets, { metadata: { ...metadata, annotations }, spec }, by);
  liveLists.apply(connection, userSecrets, draft.namespace, { type: 'ADDED', object });
  return object;
}

interface CopyDraft {
  readonly namespace: string;
  readonly key: string;
  readonly from: UserSecretSharedFrom;
  /** Of the native Secret. */
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
}

export async function addCopy({ connection, liveLists }: Cluster, draft: CopyDraft): Promise<void> {
  const { namespace, key, from, labels, annotations } = draft;
  const name = objectNameForKey(key);
  const secretMetadata = { ...ifAny('labels', labels), ...ifAny('annotations', annotations) };
  const spec = { ...(name === key ? {} : { key }), sharedFrom: from, ...ifAny('secretMetadata', secretMetadata) };
  const object = await connection.create(userSecrets, { metadata: { namespace, name }, spec }, by);
  liveLists.apply(connection, userSecrets, namespace, { type: 'ADDED', object });
}

function ifAny<T extends object>(name: string, value: T): Readonly<Record<string, T>> {
  return Object.keys(value).length === 0 ? {} : { [name]: value };
}

interface SecretChange {
  /** Undefined: the value stays. */
  readonly input?: SecretInput;
  readonly description?: string;
  readonly onRevoke?: UserSecretSpec['onRevoke'];
  /** `YYYY-MM-DD`; empty takes the date away. */
  readonly rotateBy?: string;
  /** Former values; null for the default of the operator. */
  readonly keep?: number | null;
  /** Keys of other clusters that a new value is sealed for as well. */
  readonly recipients?: readonly PublishedKey[];
}

/** `target` may be another's secret that one may write without seeing its value. */
export async function changeSecret(
  cluster: Cluster,
  target: { readonly namespace: string; readonly name: string },
  { input, description, onRevoke, rotateBy, keep, recipients }: SecretChange,
): Promise<void> {
  const { connection, liveLists, session } = cluster;
  const { namespace, name } = target;
  // A value is bound to the key in force, and its mark names a generation: both are asked for now.
  const former = input === undefined ? undefined : await connection.get(userSecrets, { namespace, name });
  const spec = {
    ...(input === undefined || former === undefined
      ? {}
      : await changedSource(cluster, { namespace, name, key: effectiveKey(former) }, input, recipients)),
    ...(description === undefined ? {} : { description: description.trim() === '' ? null : description.trim() }),
    ...defined({ onRevoke }),
    ...(keep === undefined ? {} : { history: keep === null ? null : { keep } }),
  };
  const annotations = {
    ...(rotateBy === undefined ? {} : { [ANNOTATION_ROTATE_BY]: rotateBy === '' ? null : rotateBy }),
    // Admission checks it, so that the history can say who changed a value.
    ...(former === undefined ? {} : changedBy(former.metadata, session.user.name)),
    ...(former === undefined ? {} : withoutAppliedValue(former.metadata)),
  };
  const metadata = Object.keys(annotations).length === 0 ? {} : { metadata: { annotations } };
  const object = await connection.patch(userSecrets, { namespace, name }, { ...metadata, spec }, by);
  liveLists.apply(connection, userSecrets, namespace, { type: 'MODIFIED', object });
}

/**
 * With the grants that are made for it: a secret that is made again later is not shared by surprise. Rejects where the secret stays; resolves with what
 * people have to know where it has gone, and a grant that was to go has not.
 */
export async function removeSecret(
  { connection, liveLists }: Cluster,
  secret: UserSecret,
  grants: readonly SecretGrant[],
): Promise<ClusterError | undefined> {
  const { namespace = '', name, uid } = secret.metadata;
  await connection.delete(userSecrets, { namespace, name }, uid);
  liveLists.apply(connection, userSecrets, namespace, { type: 'DELETED', object: secret });
  const stayed: SecretGrant[] = [];
  let why: ClusterError | undefined;
  for (const grant of grants.filter((one) => goesWith(secret, one)))
    try {
      const { metadata } = grant;
      await connection.delete(secretGrants, { namespace, name: metadata.name }, metadata.uid).catch(ignoreNotFound);
    } catch (error) {
      stayed.push(grant);
      why = asClusterError(error);
    }
  if (why === undefined) return undefined;
  const sentence = texts.secrets.grantsLeft(listText(subjectsOf(stayed)), why.message);
  return new ClusterError(why.kind, sentence, { ...defined({ lang: why.lang }), cause: why });
}

export async function rotateSecret({ connection }: Cluster, secret: UserSecret, now: Date): Promise<void> {
  const { namespace = '', name } = secret.metadata;
  const metadata = { annotations: { [ANNOTATION_ROTATE]: now.toISOString() } };
  await connection.patch(userSecrets, { namespace, name }, { metadata }, by);
}

/** The bytes of one's own secret, from the native Secret; asked for each time and kept nowhere. */
export async function readValue({ connection }: Cluster, secret: UserSecret): Promise<Uint8Array> {
  const { namespace = '', uid } = secret.metadata;
  const native = await connection.get(nativeSecrets, { namespace, name: nativeSecretName(secret) });
  const isItsOwn = native.metadata.ownerReferences?.some((owner) => owner.uid === uid) === true;
  const encoded = isItsOwn ? native.data?.[effectiveKey(secret)] : undefined;
  if (encoded === undefined) throw new ClusterError('notFound', texts.secrets.notYet);
  return fromBase64(encoded);
}

/** The bytes of a former value of it. */
async function readVersion({ connection }: Cluster, secret: UserSecret, version: SecretVersion): Promise<Uint8Array> {
  const { namespace = '' } = secret.metadata;
  const former = await connection.get(nativeSecrets, { namespace, name: version.secretName ?? '' });
  const encoded = isFormerOf(secret, former) ? former.data?.[effectiveKey(secret)] : undefined;
  if (encoded === undefined) throw new ClusterError('notFound', texts.history.notKept);
  return fromBase64(encoded);
}

/** Puts a former value in force, sealed as any other; it is not shown. */
export async function rollBack(cluster: Cluster, secret: UserSecret, version: SecretVersion): Promise<void> {
  const { namespace = '', name } = secret.metadata;
  const bytes = await readVersion(cluster, secret, version);
  const input = { kind: 'file', fileName: version.version, bytes } as const;
  await changeSecret(cluster, { namespace, name }, { input });
}

/** Fit for git: sealed as it stands, or the value sealed now; a generated or referred one has nothing to hide. */
export async function manifestObject(cluster: Cluster, secret: UserSecret): Promise<UserSecret> {
  const { namespace = '', name, annotations } = secret.metadata;
  const { spec } = await cluster.connection.get(userSecrets, { namespace, name });
  const { value, valueBase64, ...kept } = spec;
  const metadata = { name, namespace, ...defined({ annotations }) };
  if (value === undefined && valueBase64 === undefined) return { metadata, spec: kept };
  const key = effectiveKey(secret);
  const bytes = await readValue(cluster, secret);
  return { metadata, spec: { ...kept, sealed: await seal(cluster, { namespace, name, key }, bytes) } };
}

function ignoreNotFound(error: unknown): void {
  if (error instanceof ClusterError && error.kind === 'notFound') return;
  throw error;
}
