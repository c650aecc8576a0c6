/**
 * Carries out what the plan says of the native Secret. Created by POST, so that nothing foreign is ever overwritten; changed by merge
 * patch with the resourceVersion that was decided on, so that a change in between is a conflict and never lost.
 */
import {
  ANNOTATION_ADOPT,
  ANNOTATION_GENERATED_AT,
  ANNOTATION_OWNER_UID,
  ANNOTATION_ROTATE,
  ANNOTATION_ROTATED_FOR,
  ANNOTATION_SEALED_WITH,
  ANNOTATION_SOURCE_HASH,
  ANNOTATION_VERSION,
  CONDITION_READY,
  FIELD_MANAGERS,
  findCondition,
  ownValue,
} from '../../api/index.ts';
import { KernelError, SecretValue, isKernelError, keyOf, refOf, type ObjectKey } from '../../kernel/index.ts';
import type { SealingKeyring } from '../../sealing/index.ts';
import { ownerReferenceTo } from '../ownership.ts';
import type { RepairLimiter } from '../repair-limiter.ts';
import type { Secret } from '../resources.ts';
import { sourceOf, type SecretView, type UserSecretView } from '../views.ts';
import type { Watched } from '../watched.ts';
import type { UserSecretDependencies } from './controller.ts';
import { tellOfWrite } from './events.ts';
import { readForeign } from './foreign-secret.ts';
import {
  companionKeys,
  labelsFor,
  longestDataKey,
  nextRotationMs,
  ownerOf,
  planNative,
  type NativePlan,
} from './plan.ts';
import { rfc3339, type NativeOutcome } from './status.ts';
import { obtainValue, ValueError, type ObtainedValue } from './value.ts';

type Write = Extract<NativePlan, { readonly do: 'write' }>;
type SettleDependencies = UserSecretDependencies & { readonly repairs: RepairLimiter };

export async function settleNative(
  deps: SettleDependencies,
  userSecret: UserSecretView,
  signal: AbortSignal,
): Promise<NativeOutcome> {
  const { watched } = deps;
  const { namespace } = userSecret.metadata;
  const nativeKey = `${namespace}/${userSecret.secretName}`;
  const inStore = watched.secrets.store.get(nativeKey);
  // Where a foreign Secret has the name, look before trying: a try would send the value for nothing.
  const wasTaken = findCondition(userSecret.status.conditions, CONDITION_READY)?.reason === 'Conflict';
  const native = inStore ?? (wasTaken ? await readNative(deps, nativeKey, signal) : undefined);
  try {
    return await carryOut(deps, userSecret, native, signal);
  } catch (error) {
    if (!isKernelError(error, 'AlreadyExists')) throw error;
    // Somebody's Secret has the name and no label of ours: decide again, with what is really there.
    return carryOut(deps, userSecret, await readNative(deps, nativeKey, signal), signal);
  }
}

async function readNative(
  deps: UserSecretDependencies,
  key: ObjectKey,
  signal: AbortSignal,
): Promise<SecretView | undefined> {
  const secret = await readForeign(deps.watched.foreignSecrets, refOf(key), signal);
  return secret === undefined ? undefined : deps.watched.secrets.project(secret);
}

async function carryOut(
  deps: SettleDependencies,
  userSecret: UserSecretView,
  native: SecretView | undefined,
  signal: AbortSignal,
): Promise<NativeOutcome> {
  const plan = planNative({ userSecret, native, rivals: rivalsOf(deps.watched, userSecret), nowMs: deps.clock.now() });
  switch (plan.do) {
    case 'nothing':
      return readyOutcome(deps, userSecret, native, undefined);
    case 'refuse':
      return { kind: 'failed', reason: plan.reason, message: plan.message, isStalled: plan.reason !== 'Replacing' };
    case 'compare':
    case 'write':
      try {
        return await bringAndCount(deps, userSecret, native, plan, signal);
      } catch (error) {
        const failure = failureOf(error);
        if (failure === undefined) throw error;
        return failure;
      }
    default:
      plan satisfies never;
      throw new TypeError('unknown plan');
  }
}

/** The same value is not put back without end. */
async function bringAndCount(
  deps: SettleDependencies,
  userSecret: UserSecretView,
  native: SecretView | undefined,
  plan: Write | { readonly do: 'compare' },
  signal: AbortSignal,
): Promise<NativeOutcome> {
  const key = keyOf(userSecret.metadata);
  const { uid, generation, annotations } = userSecret.metadata;
  const wish = `${uid} ${String(generation)} ${annotations?.[ANNOTATION_ROTATE] ?? ''}`;
  if (plan.do === 'write' && deps.repairs.waitMs(key, wish) > 0) return contested(userSecret);
  const outcome = await bringValue(deps, userSecret, native, plan, signal);
  if (plan.do === 'write') deps.repairs.wrote(key, wish);
  // What stands there now, as the API server answered, is the truth: a policy may have changed what was written.
  const stands = deps.watched.secrets.store.get(`${userSecret.metadata.namespace}/${userSecret.secretName}`);
  const isOther = outcome.kind === 'ready' && stands?.versions[userSecret.key] !== outcome.version;
  return isOther ? contested(userSecret) : outcome;
}

function contested({ secretName }: UserSecretView): NativeOutcome {
  const message = `something else changes the Secret '${secretName}' whenever it is put back, such as an admission policy or another controller: it is put back again after a minute; 'kubectl get secret ${secretName} -o yaml --show-managed-fields' tells who writes`;
  return { kind: 'failed', reason: 'Contested', message, isStalled: false };
}

/** Failures that the owner has to know of; all others are retried by the queue. */
function failureOf(error: unknown): NativeOutcome | undefined {
  if (error instanceof ValueError) {
    return { kind: 'failed', reason: error.reason, message: error.message, isStalled: error.isStalled };
  }
  if (isKernelError(error, 'Invalid')) {
    return {
      kind: 'failed',
      reason: 'Refused',
      message: `the API server refuses the Secret: the value is too large (1 MiB at most) or not what spec.type demands (${error.message})`,
      isStalled: true,
    };
  }
  if (isKernelError(error, 'Forbidden')) {
    const message = `the API server does not let the operator write the Secret: a quota is used up, an admission policy refuses it, or the operator has no rights in this namespace; it is tried again`;
    return { kind: 'failed', reason: 'Refused', message, isStalled: false };
  }
  return undefined;
}

async function bringValue(
  deps: UserSecretDependencies,
  userSecret: UserSecretView,
  native: SecretView | undefined,
  plan: Write | { readonly do: 'compare' },
  signal: AbortSignal,
): Promise<NativeOutcome> {
  if (plan.do === 'write' && plan.value === 'none') {
    const written = await writeNative(deps, userSecret, native, plan, { data: {}, annotations: {} }, signal);
    return readyOutcome(deps, userSecret, written ?? native, undefined);
  }
  const standing =
    plan.do === 'write' && plan.value === 'standing'
      ? await standingContent(deps, userSecret, native, signal)
      : undefined;
  if (plan.do === 'write' && standing !== undefined) {
    const written = await writeNative(deps, userSecret, native, plan, standing, signal);
    tellOfWrite(deps.recorder, userSecret, plan);
    return readyOutcome(deps, userSecret, written, undefined);
  }
  const source = userSecret.source ?? (await readSource(deps, userSecret, signal));
  const obtained = await obtainValue(
    userSecret,
    source,
    { keyring: deps.keyring(), foreignSecrets: deps.watched.foreignSecrets },
    signal,
  );
  if (plan.do === 'compare') {
    const version = deps.fingerprint.version(userSecret.metadata.uid, obtained.value.revealBase64());
    if (version === native?.versions[userSecret.key]) return readyOutcome(deps, userSecret, native, obtained);
  }
  const asWrite: Write =
    plan.do === 'write'
      ? plan
      : { do: 'write', cause: 'SourceChanged', how: 'patch', value: 'source', keepsPrevious: false };
  const content = contentOf(deps, userSecret, obtained);
  const written = await writeNative(deps, userSecret, native, asWrite, content, signal);
  tellOfWrite(deps.recorder, userSecret, asWrite);
  return readyOutcome(deps, userSecret, written, obtained);
}

async function readSource(
  deps: UserSecretDependencies,
  userSecret: UserSecretView,
  signal: AbortSignal,
): Promise<ReturnType<typeof sourceOf>> {
  const current = await deps.watched.userSecrets.read(userSecret.metadata, signal);
  if (
    current?.metadata.uid !== userSecret.metadata.uid ||
    current.metadata.generation !== userSecret.metadata.generation
  ) {
    throw new KernelError(
      'Conflict',
      `UserSecret ${userSecret.metadata.namespace}/${userSecret.metadata.name} has just changed`,
    );
  }
  return sourceOf(current.spec);
}

/** What of the native Secret depends on the value. */
interface Content {
  readonly data: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
}

async function writeNative(
  deps: UserSecretDependencies,
  userSecret: UserSecretView,
  native: SecretView | undefined,
  plan: Write,
  content: Content,
  signal: AbortSignal,
): Promise<SecretView | undefined> {
  const { secrets } = deps.watched;
  const { namespace, uid } = userSecret.metadata;
  const ref = { namespace, name: userSecret.secretName };
  const options = { fieldManager: FIELD_MANAGERS.userSecret, signal };
  const metadata = {
    labels: labelsFor(userSecret),
    annotations: { [ANNOTATION_OWNER_UID]: uid, ...content.annotations },
    ownerReferences: userSecret.deletionPolicy === 'Orphan' ? [] : [ownerReferenceTo(ownerOf(userSecret))],
  };
  const previous =
    native !== undefined && plan.keepsPrevious ? await previousData(deps, userSecret, native, signal) : {};
  const data = { ...previous, ...content.data };
  if (native === undefined || plan.how !== 'patch') {
    if (native !== undefined) {
      const { uid: formerUid, resourceVersion } = native.metadata;
      await secrets.delete(ref, { uid: formerUid, resourceVersion, signal });
    }
    return secrets.create({ metadata: { ...ref, ...metadata }, type: userSecret.type, data }, options);
  }
  const allowed = new Set([userSecret.key, ...companionKeys(userSecret)]);
  const unwanted = Object.fromEntries(
    Object.keys(native.versions)
      .filter((key) => !allowed.has(key))
      .map((key) => [key, null]),
  );
  return secrets.patch(
    ref,
    {
      metadata: {
        ...metadata,
        annotations: { ...metadata.annotations, [ANNOTATION_ADOPT]: null },
        resourceVersion: native.metadata.resourceVersion,
      },
      data: { ...unwanted, ...data },
    },
    options,
  );
}

function contentOf(deps: UserSecretDependencies, userSecret: UserSecretView, obtained: ObtainedValue): Content {
  const { value, publicKey, sealedWith } = obtained;
  const base64 = value.revealBase64();
  const publicKeyName = `${userSecret.key}.pub`;
  const hasRoom = publicKeyName.length <= longestDataKey;
  const rotatedFor = userSecret.metadata.annotations?.[ANNOTATION_ROTATE];
  return {
    data: {
      [userSecret.key]: base64,
      ...(publicKey === undefined || !hasRoom ? {} : { [publicKeyName]: Buffer.from(publicKey).toString('base64') }),
    },
    annotations: {
      [ANNOTATION_SOURCE_HASH]: userSecret.sourceHash,
      [ANNOTATION_VERSION]: deps.fingerprint.version(userSecret.metadata.uid, base64),
      ...(sealedWith === undefined ? {} : { [ANNOTATION_SEALED_WITH]: sealedWith.keyId }),
      ...(userSecret.sourceKind === 'generate' ? { [ANNOTATION_GENERATED_AT]: rfc3339(deps.clock.now()) } : {}),
      ...(rotatedFor === undefined ? {} : { [ANNOTATION_ROTATED_FOR]: rotatedFor }),
    },
  };
}

/** The value as it stands in the native Secret, with what belongs to it; undefined where there is none. */
async function standingContent(
  deps: UserSecretDependencies,
  userSecret: UserSecretView,
  native: SecretView | undefined,
  signal: AbortSignal,
): Promise<Content | undefined> {
  const current = native === undefined ? undefined : await readDecided(deps, native, signal);
  const base64 = ownValue(current?.data, userSecret.key);
  if (native === undefined || base64 === undefined || base64 === '') return undefined;
  const companions = Object.entries(current?.data ?? {}).filter(([key]) => companionKeys(userSecret).includes(key));
  const obtained = { value: SecretValue.fromBase64(base64) };
  const { annotations } = contentOf(deps, userSecret, obtained);
  const former = native.metadata.annotations ?? {};
  const kept = [ANNOTATION_GENERATED_AT, ANNOTATION_ROTATED_FOR, ANNOTATION_SEALED_WITH].flatMap((name) =>
    former[name] === undefined ? [] : [[name, former[name]] as const],
  );
  return {
    data: { ...Object.fromEntries(companions), [userSecret.key]: base64 },
    annotations: { ...annotations, ...Object.fromEntries(kept) },
  };
}

/** The data of the former value under `.previous` names. Read on demand: values are not kept in memory. */
async function previousData(
  deps: UserSecretDependencies,
  userSecret: UserSecretView,
  native: SecretView,
  signal: AbortSignal,
): Promise<Record<string, string>> {
  const current = await readDecided(deps, native, signal);
  const companions = companionKeys(userSecret);
  const previous: Record<string, string> = {};
  for (const key of [userSecret.key, `${userSecret.key}.pub`]) {
    const base64 = ownValue(current.data, key);
    if (base64 !== undefined && companions.includes(`${key}.previous`)) previous[`${key}.previous`] = base64;
  }
  return previous;
}

/** The native Secret with its values, in the state that was decided on. */
async function readDecided(deps: UserSecretDependencies, native: SecretView, signal: AbortSignal): Promise<Secret> {
  const { namespace, name, resourceVersion } = native.metadata;
  const current = await deps.watched.secrets.read({ namespace, name }, signal);
  if (current?.metadata.resourceVersion === resourceVersion) return current;
  throw new KernelError('Conflict', `the Secret ${namespace}/${name} has just changed`);
}

function readyOutcome(
  deps: UserSecretDependencies,
  userSecret: UserSecretView,
  native: SecretView | undefined,
  obtained: ObtainedValue | undefined,
): NativeOutcome {
  const annotations = native?.metadata.annotations ?? {};
  const keyId = annotations[ANNOTATION_SEALED_WITH];
  const isSealed = userSecret.sourceKind === 'sealed' && keyId !== undefined;
  return {
    kind: 'ready',
    version: annotations[ANNOTATION_VERSION] ?? '',
    sealedWith: obtained?.sealedWith ?? (isSealed ? { keyId, isOld: !isActiveKey(deps.keyring(), keyId) } : undefined),
    nextRotationMs: nextRotationMs({ userSecret, native }),
  };
}

function isActiveKey(keyring: SealingKeyring, keyId: string): boolean {
  return keyring.activeRsaKeyId === keyId || keyring.publishedKeys.some((key) => key.active && key.keyId === keyId);
}

function rivalsOf(watched: Watched, userSecret: UserSecretView): readonly UserSecretView[] {
  const { namespace, uid } = userSecret.metadata;
  const { store } = watched.userSecrets;
  return [
    ...store.byIndex('key', `${namespace}/${userSecret.key}`),
    ...store.byIndex('secretName', `${namespace}/${userSecret.secretName}`),
  ].filter((rival) => rival.metadata.uid !== uid);
}
