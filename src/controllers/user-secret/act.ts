/** Takes one step for a UserSecret. */
import { ANNOTATION_GENERATED_FOR, FIELD_MANAGERS } from '../../api/index.ts';
import { keyOf } from '../../kernel/index.ts';
import type { SecretView } from '../secret-view.ts';
import { markKey, type ActDependencies, type Learned } from './act-dependencies.ts';
import { askCopyAccess } from './copy-access.ts';
import { dropNext, makeNext, startRun } from './hook-run.ts';
import type { UserSecretInput } from './input.ts';
import { keep, tidy } from './keep.ts';
import { obtain } from './obtain.ts';
import type { UserSecretStep } from './steps.ts';
import { dropReplacement } from './replacement.ts';
import { look, write } from './write-native.ts';

export function act(
  deps: ActDependencies,
  step: UserSecretStep,
  input: UserSecretInput,
  signal: AbortSignal,
): Promise<Learned> {
  switch (step.do) {
    case 'look':
      return look(deps, input, signal);
    case 'obtain':
      return obtain(deps, input, signal);
    case 'claim':
      return Promise.resolve(claim(deps, step.bytes, input));
    case 'ask-copy':
      return askCopy(deps, input, signal);
    case 'remove-copy':
      return removeCopy(deps, step.native, signal);
    case 'mark':
      return mark(deps, step.text, input, signal);
    case 'make-next':
      return makeNext(deps, input, signal);
    case 'start-run':
      return startRun(deps, step, input.userSecret, signal);
    case 'drop-next':
      return dropNext(deps, step.next, input, signal);
    case 'drop-replacement':
      return dropReplacement(deps, step, input, signal);
    case 'keep':
      return keep(deps, step.version, input, signal);
    case 'tidy':
      return tidy(deps, step.changes, input, signal);
    case 'create':
    case 'patch':
    case 'replace':
      return write(deps, step, input, signal);
    default:
      return step satisfies never;
  }
}

export function describe(step: UserSecretStep): string {
  switch (step.do) {
    case 'look':
      return 'reading the native Secret';
    case 'obtain':
      return 'reading the value';
    case 'claim':
      return 'waiting until the namespace may have more written';
    case 'ask-copy':
      return 'asking whether this namespace may keep a copy';
    case 'remove-copy':
      return 'deleting the native Secret of a copy whose access has ended';
    case 'mark':
      return 'recording on the UserSecret that its value was generated';
    case 'make-next':
      return 'making the next value';
    case 'start-run':
      return 'running the hook of the rotation';
    case 'drop-next':
      return 'removing the Secret with the next value';
    case 'drop-replacement':
      return 'removing what was kept for the native Secret while it was replaced';
    case 'keep':
      return 'keeping the former value';
    case 'tidy':
      return 'putting former values right';
    case 'create':
      return 'creating the native Secret';
    case 'patch':
      return 'changing the native Secret';
    case 'replace':
      return 'replacing the native Secret';
    default:
      return step satisfies never;
  }
}

function claim({ rates }: ActDependencies, bytes: number, { userSecret }: UserSecretInput): Learned {
  const waitMs = rates.change.take(userSecret.metadata.namespace, bytes);
  return waitMs === 0 ? { isClaimed: true } : { heldBackForMs: waitMs };
}

async function askCopy(
  { watched, reviews, clock, latestNow: nowMs = () => clock.now() }: ActDependencies,
  { userSecret, addedMs: sinceMs }: UserSecretInput,
  signal: AbortSignal,
): Promise<Learned> {
  const { sharedFrom, metadata } = userSecret;
  if (sharedFrom === undefined) return {};
  const access = await askCopyAccess({ reviews, watched, nowMs, sinceMs }, metadata.namespace, sharedFrom, signal);
  const { endsAtMs } = access;
  if (endsAtMs === undefined) return { access };
  // A timer is set by this machine's clock, which may be behind.
  return { access: { ...access, endsAtMs: endsAtMs - (nowMs() - clock.now()) } };
}

async function removeCopy(
  { watched }: ActDependencies,
  { metadata }: SecretView,
  signal: AbortSignal,
): Promise<Learned> {
  await watched.secrets.delete(metadata, { uid: metadata.uid, signal });
  return {};
}

async function mark(
  { watched, repairs }: ActDependencies,
  text: string,
  { userSecret }: UserSecretInput,
  signal: AbortSignal,
): Promise<Learned> {
  const { resourceVersion } = userSecret.metadata;
  const patch = { metadata: { resourceVersion, annotations: { [ANNOTATION_GENERATED_FOR]: text } } };
  await watched.userSecrets.patch(userSecret.metadata, patch, { fieldManager: FIELD_MANAGERS.userSecret, signal });
  repairs.wrote(markKey(keyOf(userSecret.metadata)), text);
  return { isMarked: true };
}
