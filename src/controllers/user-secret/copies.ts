/**
 * What a copy (`spec.sharedFrom`) needs before anything else is decided on it. Pure.
 *
 *   (waiting) ── access, and there is a value ──> follows ── access is over ──> its Secret is deleted ──> (waiting)
 *                                                    └── and the owner wrote onRevoke: Continue ──> stays, without updates
 *
 * Promise: what is absent, what is not granted, what has expired and a namespace that is not there give one reason and one sentence.
 */
import { ANNOTATION_COPIED_FROM, ANNOTATION_COPIED_VERSION, ANNOTATION_ON_REVOKE, ownValue } from '../../api/index.ts';
import { isOwnedBy } from '../ownership.ts';
import { isOfFormer } from './native.ts';
import { refKey, uriOf } from '../secret-refs.ts';
import type { SecretView } from '../secret-view.ts';
import type { UserSecretView } from '../user-secret-view.ts';
import type { Problem, FormerWrite } from './steps.ts';

/** Whether the namespace may keep a copy, as the API server and the grants say. */
export interface CopyAccess {
  readonly isAllowed: boolean;
  /** The first end of a grant that gives it, in epoch milliseconds. */
  readonly endsAtMs?: number;
  /** False where it comes from other RBAC of the cluster, which nobody watches. */
  readonly isByGrant: boolean;
}

/** The UserSecret that a copy follows, as the stores show it. */
export interface CopiedSecret {
  readonly isCopy: boolean;
  /** The version of the value in its native Secret; undefined where that is not there now. */
  readonly version: string | undefined;
  /** Bytes of that value. */
  readonly bytes: number;
  /** Its owner lets copies stay when their access ends. */
  readonly keepsCopies: boolean;
}

export interface CopyCounts {
  /** Copies with a value, of the same secret, in all namespaces. */
  readonly ofSource: number;
  /** Copies with a value in this namespace. */
  readonly inNamespace: number;
  /** Copies in this namespace, with a value or without. */
  readonly wantedInNamespace: number;
}

export interface CopyInput {
  readonly userSecret: UserSecretView;
  readonly native: SecretView | undefined;
  /** The UserSecret that the copy follows; undefined where it is missing, or is being deleted. */
  readonly copied?: CopiedSecret | undefined;
  readonly copyCounts?: CopyCounts | undefined;
  /** Learned. */
  readonly access?: CopyAccess | undefined;
  readonly isHeldBack?: boolean;
  /** Since when it has waited for its turn, by the steady clock. */
  readonly addedMs?: number | undefined;
  /** More UserSecrets wait for a worker than there are. */
  readonly isBusy?: boolean;
  /** Learned: what was written in this reconcile. */
  readonly written?: readonly FormerWrite[];
  readonly nowMs: number;
}

/** The most copies of one secret: enough for each namespace of a large cluster. A change of the value writes all of them. */
const mostCopiesOfSecret = 1_000;
/** The most copies in one namespace: secrets of others make the operator ask about each of them and write it. */
const mostCopiesInNamespace = 250;

type CopyDecision =
  | { readonly do: 'ask' }
  | { readonly do: 'remove'; readonly native: SecretView }
  | { readonly do: 'fail'; readonly problem: Problem };

/** Undefined: the copy may be made and kept, or the UserSecret is none, or is being deleted and holds none. */
export function decideCopy(input: CopyInput): CopyDecision | undefined {
  const { userSecret, native, access, copied } = input;
  const { sharedFrom } = userSecret;
  const copy = copyIn(userSecret, native);
  // It followed something that the UserSecret does not name any more, so nothing would end it.
  if (copy !== undefined && (isGoing(userSecret) || copy.from !== fromOf(userSecret)))
    return { do: 'remove', native: copy.native };
  if (sharedFrom === undefined || isGoing(userSecret)) return undefined;
  // Admission refuses it as well. A copy from before that is there goes on, and ends, as any other.
  if (copy === undefined && sharedFrom.namespace === userSecret.metadata.namespace)
    return { do: 'fail', problem: ofOwnNamespace(sharedFrom.namespace) };
  if (access === undefined) return { do: 'ask' };
  if (access.isAllowed && copied !== undefined && !copied.isCopy)
    return copy === undefined ? withinBounds(input) : undefined;
  if (copy === undefined) return { do: 'fail', problem: missing(input) };
  return copy.isKept ? { do: 'fail', problem: ended(sharedFrom) } : { do: 'remove', native: copy.native };
}

/** The value that the native Secret has is not that of the source. */
export function isCopyOutdated({ native, copied }: Pick<CopyInput, 'native' | 'copied'>): boolean {
  const version = native?.metadata.annotations?.[ANNOTATION_COPIED_VERSION];
  return copied?.version !== undefined && copied.version !== version;
}

/** Whether the native Secret says what it is a copy of, and what happens at the end. */
export function isCopyMarked({ userSecret, native, copied }: CopyInput): boolean {
  if (userSecret.sharedFrom === undefined) return true;
  const isKept = native?.metadata.annotations?.[ANNOTATION_ON_REVOKE] === 'Continue';
  return copied === undefined || isKept === copied.keepsCopies;
}

/**
 * A secret with a thousand copies has changed: all of them get the value before their statuses say so, because that is what others wait
 * for. A status that says more than that, or an event, never waits.
 */
export function isStatusLater({ userSecret, isBusy, written = [] }: CopyInput): boolean {
  if (userSecret.sharedFrom === undefined || isBusy !== true || written.length === 0) return false;
  return written.every(({ cause }) => cause === 'SourceChanged');
}

/** Access that comes from RBAC that nobody watches, and what is not granted yet, is asked again after this. */
const lookAgainMs = 60_000;
/** Where a namespace has more, each is asked about less often. */
const copiesAskedOften = 50;
/** After this, the operator tries again whether there is room in memory for the value. */
export const heldBackMs = 200;
/** The write of the copy itself wakes it sooner, behind the others of its namespace. */
export const statusLaterMs = 1_000;

/** When to look again, at rest. */
export function nextCopyLookMs({ userSecret, access, copyCounts, isHeldBack, nowMs }: CopyInput): number | undefined {
  if (userSecret.sharedFrom === undefined || access === undefined) return undefined;
  if (isHeldBack === true) return nowMs + heldBackMs;
  if (access.isAllowed && access.isByGrant) return access.endsAtMs;
  const crowd = Math.ceil((copyCounts?.wantedInNamespace ?? 0) / copiesAskedOften);
  return nowMs + lookAgainMs * Math.max(1, crowd);
}

interface HeldCopy {
  readonly native: SecretView;
  readonly from: string;
  readonly isKept: boolean;
}

/** The copy that is in the native Secret; undefined where there is none, or it is going. */
export function copyIn(userSecret: UserSecretView, native: SecretView | undefined): HeldCopy | undefined {
  if (native === undefined || native.metadata.deletionTimestamp !== undefined) return undefined;
  const { annotations = {} } = native.metadata;
  const from = annotations[ANNOTATION_COPIED_FROM];
  // A copy that came back from a backup ends as well, though its owner was another object of this name.
  const isOurs = isOwnedBy(native.metadata, userSecret.metadata.uid) || isOfFormer(userSecret, native);
  if (from === undefined || !isOurs) return undefined;
  return { native, from, isKept: annotations[ANNOTATION_ON_REVOKE] === 'Continue' };
}

export function fromOf({ sharedFrom }: Pick<UserSecretView, 'sharedFrom'>): string | undefined {
  return sharedFrom === undefined ? undefined : refKey(sharedFrom);
}

function isGoing({ metadata }: UserSecretView): boolean {
  return metadata.deletionTimestamp !== undefined;
}

function withinBounds({ copyCounts }: CopyInput): CopyDecision | undefined {
  const { ofSource = 0, inNamespace = 0 } = copyCounts ?? {};
  if (ofSource < mostCopiesOfSecret && inNamespace < mostCopiesInNamespace) return undefined;
  const message =
    inNamespace >= mostCopiesInNamespace
      ? `this namespace has as many copies as it can have, ${String(mostCopiesInNamespace)}: delete one that is not needed`
      : `the secret has as many copies as it can have, ${String(mostCopiesOfSecret)}; this one is made when another goes`;
  return { do: 'fail', problem: { reason: 'TooManyCopies', message, isStalled: false } };
}

/** The admission policy refuses the same with the same words. */
function ofOwnNamespace(namespace: string): Problem {
  const message = `spec.sharedFrom names the namespace of this UserSecret itself, '${namespace}': a copy follows a secret of another namespace; use that secret as it is`;
  return { reason: 'CopyUnavailable', message };
}

/** One sentence for all causes, so that it does not tell which secrets of others exist. */
export function unavailable(source: NonNullable<UserSecretView['sharedFrom']>): Problem {
  const message = `there is no ${uriOf(source)} of which this namespace may keep a copy; the copy is made as soon as there is`;
  return { reason: 'CopyUnavailable', message, isStalled: false };
}

function missing({ userSecret, access, copied }: CopyInput): Problem {
  const { sharedFrom = { namespace: '', name: '' } } = userSecret;
  if (access?.isAllowed !== true || copied?.isCopy !== true) return unavailable(sharedFrom);
  // Only users who may copy it get this message. They would learn the same from a copy that works.
  const message = `${uriOf(sharedFrom)} is itself a copy, and a copy cannot be copied: name the secret that it follows`;
  return { reason: 'CopyOfCopy', message };
}

function ended(source: NonNullable<UserSecretView['sharedFrom']>): Problem {
  const message = `the access to ${uriOf(source)} has ended; the Secret stays as it was, without updates, because the owner of the secret set onRevoke: Continue`;
  return { reason: 'CopyEnded', message, isStalled: false };
}

/** What is known of the source from the stores. */
export function copiedFrom(
  source: UserSecretView | undefined,
  native: SecretView | undefined,
): CopiedSecret | undefined {
  if (source === undefined || isGoing(source)) return undefined;
  const isOurs = native?.ownerUid === source.metadata.uid;
  return {
    isCopy: source.sharedFrom !== undefined,
    version: isOurs ? ownValue(native.versions, source.key) : undefined,
    bytes: native?.dataBytes ?? 0,
    keepsCopies: source.keepsCopies === true,
  };
}
