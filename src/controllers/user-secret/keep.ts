/**
 * Writes former values: immutable Secrets, each made by a POST under a name that only one value can have. So a value is kept once,
 * also after a crash between keeping it and writing the next one, and by two processes. Where the API server refuses a Secret (quota,
 * policy) or something else has its name, the value in force changes all the same, and an event says what was lost.
 */
import { FIELD_MANAGERS, FORMER_VALUE_TYPE, ownValue, parseTimeMs } from '../../api/index.ts';
import { isKernelError, keyOf, type Clock } from '../../kernel/index.ts';
import { isAhead } from '../clock-ahead.ts';
import { sentenceOf } from '../failure.ts';
import type { Fingerprint } from '../fingerprint.ts';
import { formerMetadata, formerName, formerRecordOf, type FormerRecord } from '../former-record.ts';
import { ownerReferenceTo } from '../ownership.ts';
import type { RepairLimiter } from '../repair-limiter.ts';
import type { UserSecretView } from '../user-secret-view.ts';
import type { Watched } from '../watched.ts';
import { readDecided } from './content.ts';
import { desiredText } from './desired-text.ts';
import { isOfBefore, type FormerValue } from './history.ts';
import { ownerOf } from './native.ts';
import { nativeOf, type UserSecretInput } from './input.ts';
import type { FormerChange } from './steps.ts';

interface KeepDependencies {
  readonly watched: Pick<Watched, 'secrets'>;
  readonly fingerprint: Fingerprint;
  readonly clock: Clock;
  /** The later of the clocks of this machine and of the API server, in epoch milliseconds; by default the clock. */
  readonly latestNow?: (() => number) | undefined;
  readonly repairs: RepairLimiter;
}

type Learned = Partial<UserSecretInput>;
type Data = Readonly<Record<string, string>>;
interface Ref {
  readonly namespace: string;
  readonly name: string;
}

export async function keep(
  deps: KeepDependencies,
  version: string,
  input: UserSecretInput,
  signal: AbortSignal,
): Promise<Learned> {
  const { userSecret } = input;
  const { status } = userSecret;
  const native = nativeOf(input);
  const data = native === undefined ? undefined : (await readDecided(deps, native, signal)).data;
  // What the status says of a value is of that value alone: a crash may have come between a write and its status.
  const { updatedAt: since, changedBy } = status.version === version ? status : {};
  // By a clock that is behind, the value would be older than those that were kept before it.
  const until = new Date(latestMsOf(deps)).toISOString();
  const record = { version, since, until, manager: changedBy?.manager, user: changedBy?.user };
  const refusal = await create(deps, userSecret, record, data, signal);
  return { kept: refusal === undefined ? { version } : { version, refusal } };
}

export async function tidy(
  deps: KeepDependencies,
  changes: readonly FormerChange[],
  { userSecret, handled = [] }: UserSecretInput,
  signal: AbortSignal,
): Promise<Learned> {
  for (const change of changes) {
    try {
      await ways[change.do](deps, change.former, userSecret, signal);
    } catch (error) {
      // It is gone, or a policy of the cluster forbids it: the secret itself is as usable as before.
      if (!isKernelError(error, 'Forbidden', 'Invalid', 'NotFound')) throw error;
    }
  }
  return { handled: [...handled, ...changes.map(({ former }) => former.name)] };
}

type Way = (
  deps: KeepDependencies,
  former: FormerValue,
  userSecret: UserSecretView,
  signal: AbortSignal,
) => Promise<unknown>;
const ways: Readonly<Record<FormerChange['do'], Way>> = { inherit, own, prune };

/** Versions are of one UID, so the value gets another one, and with it another name. */
async function inherit(...[deps, former, userSecret, signal]: Parameters<Way>): Promise<void> {
  const secret = await deps.watched.secrets.read(refOf(userSecret, former), signal);
  const base64 = ownValue(secret?.data, userSecret.key);
  if (secret?.metadata.uid !== former.uid || base64 === undefined) return;
  const version = deps.fingerprint.version(userSecret.metadata.uid, base64);
  const refusal = await create(deps, userSecret, { ...former.record, version }, secret.data, signal);
  if (refusal === undefined) await prune(deps, former, userSecret, signal);
}

async function own(...[{ watched, repairs }, former, userSecret, signal]: Parameters<Way>): Promise<void> {
  const { resourceVersion } = former;
  const patch = { metadata: { resourceVersion, ownerReferences: [ownerReferenceTo(ownerOf(userSecret))] } };
  repairs.wrote(keyOf(userSecret.metadata), desiredText(userSecret));
  await watched.secrets.patch(refOf(userSecret, former), patch, { fieldManager: FIELD_MANAGERS.userSecret, signal });
}

/** Exactly that Secret, in the state that was decided on. */
async function prune(...[{ watched }, former, userSecret, signal]: Parameters<Way>): Promise<void> {
  const { uid, resourceVersion } = former;
  await watched.secrets.delete(refOf(userSecret, former), { uid, resourceVersion, signal });
}

/** Why the value could not be kept; undefined where it is kept now. */
async function create(
  deps: KeepDependencies,
  userSecret: UserSecretView,
  known: Omit<FormerRecord, 'userSecret' | 'key'>,
  data: Data | null | undefined,
  signal: AbortSignal,
): Promise<string | undefined> {
  const { watched, fingerprint } = deps;
  const { key, metadata } = userSecret;
  const record = { userSecret: metadata.name, key, ...known };
  const name = formerName(fingerprint, metadata.uid, metadata.name, record.version);
  const secret = {
    metadata: {
      namespace: metadata.namespace,
      name,
      ...formerMetadata(fingerprint, metadata.uid, name, record),
      // Former values are deleted with their UserSecret, also with the policy Orphan.
      ownerReferences: [ownerReferenceTo(ownerOf(userSecret))],
    },
    type: FORMER_VALUE_TYPE,
    immutable: true,
    data: partsOf(key, data),
  };
  try {
    await watched.secrets.create(secret, { fieldManager: FIELD_MANAGERS.userSecret, signal });
    return undefined;
  } catch (error) {
    if (isKernelError(error, 'AlreadyExists')) return takenName(deps, userSecret, secret.metadata, record, signal);
    if (!isKernelError(error, 'Forbidden', 'Invalid')) throw error;
    return `the API server refuses the Secret '${name}' (${sentenceOf(error.message)})`;
  }
}

/** A Secret with that name exists: it keeps the value already, and is brought up to date, or it is somebody else's. */
async function takenName(
  deps: KeepDependencies,
  userSecret: UserSecretView,
  { namespace, name, annotations }: Ref & { readonly annotations: Data },
  record: FormerRecord,
  signal: AbortSignal,
): Promise<string | undefined> {
  const { watched, fingerprint } = deps;
  const { uid: ownerUid } = userSecret.metadata;
  const found = await watched.secrets.read({ namespace, name }, signal);
  const versions = found === undefined ? {} : (watched.secrets.project(found)?.versions ?? {});
  const kept = found === undefined ? undefined : formerRecordOf(found, ownerUid, versions, fingerprint);
  if (found === undefined || kept === undefined)
    return `a Secret '${name}' exists and does not belong to this UserSecret`;
  const latestMs = latestMsOf(deps);
  const keptMs = parseTimeMs(kept.until) ?? 0;
  const isNewer = isAhead(keptMs, latestMs) || (parseTimeMs(record.until) ?? 0) > keptMs;
  if (!isNewer || !isOfBefore(kept, userSecret.status, latestMs)) return undefined;
  const { uid, resourceVersion } = found.metadata;
  const patch = { metadata: { uid, resourceVersion, annotations } };
  try {
    await watched.secrets.patch({ namespace, name }, patch, { fieldManager: FIELD_MANAGERS.userSecret, signal });
  } catch (error) {
    // A policy of the cluster: the value is kept, and only keeps its old place among the others.
    if (!isKernelError(error, 'Forbidden', 'Invalid')) throw error;
  }
  return undefined;
}

/** The value and the public half of a pair; not the value before it, which has a Secret of its own. */
function partsOf(key: string, data: Data | null | undefined): Data {
  return Object.fromEntries(
    [key, `${key}.pub`].flatMap((name) => {
      const base64 = ownValue(data, name);
      return base64 === undefined ? [] : [[name, base64] as const];
    }),
  );
}

function latestMsOf({ clock, latestNow = () => clock.now() }: KeepDependencies): number {
  return latestNow();
}

function refOf({ metadata }: UserSecretView, { name }: FormerValue): Ref {
  return { namespace: metadata.namespace, name };
}
