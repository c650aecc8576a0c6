/** Makes and removes what a rotation with a hook needs: the Secret with the next value, and the job of each try. All is made by POST. */
import { copyOfTemplate, FIELD_MANAGERS, NEXT_VALUE_TYPE } from '../../api/index.ts';
import { isKernelError, keyOf } from '../../kernel/index.ts';
import { sentenceOf } from '../failure.ts';
import type { Fingerprint } from '../fingerprint.ts';
import { hookRunName, nextMetadata, nextName, type NextValue } from '../next-value.ts';
import { ownerReferenceTo } from '../ownership.ts';
import type { UserSecretView } from '../user-secret-view.ts';
import type { Watched } from '../watched.ts';
import { nextKey, type ActDependencies } from './act-dependencies.ts';
import { desiredText } from './desired-text.ts';
import { generateValue } from './generate.ts';
import { longestDataKey, ownerOf } from './native.ts';
import type { UserSecretInput } from './input.ts';

interface HookRunDependencies {
  readonly watched: Pick<Watched, 'secrets' | 'neuroJobs'>;
  readonly fingerprint: Fingerprint;
}

type Learned = Partial<UserSecretInput>;

/** A run that says nothing about it ends after this, so that a rotation does not wait without end. */
const runLifeSpan = '1h';
/** And is deleted so long after its end: time to read its log. */
const runTtl = '1d';
/** Jobs of one next value: the last try and the one before, whose log may say why it failed. */
const keptRuns = 2;

export async function makeNext(
  { watched, fingerprint, repairs }: HookRunDependencies & Pick<ActDependencies, 'repairs'>,
  { userSecret }: UserSecretInput,
  signal: AbortSignal,
): Promise<Learned> {
  const { generate, key, metadata, sourceHash } = userSecret;
  const { namespace, name: userSecretName, uid } = metadata;
  if (generate === undefined) throw new TypeError('only a generated value is rotated');
  const name = nextName(fingerprint, uid, userSecretName);
  repairs.wrote(nextKey(keyOf(metadata)), desiredText(userSecret));
  const { value, publicKey } = generateValue(generate, `${key}@${namespace}`);
  const base64 = value.revealBase64();
  const publicName = `${key}.pub`;
  const secret = {
    metadata: {
      namespace,
      name,
      ...nextMetadata(fingerprint, uid, name, { version: fingerprint.version(uid, base64), sourceHash }),
      ownerReferences: [ownerReferenceTo(ownerOf(userSecret))],
    },
    type: NEXT_VALUE_TYPE,
    immutable: true,
    data: {
      [key]: base64,
      ...(publicKey === undefined || publicName.length > longestDataKey
        ? {}
        : { [publicName]: Buffer.from(publicKey).toString('base64') }),
    },
  };
  return posted(`the Secret '${name}'`, async () => {
    try {
      await watched.secrets.create(secret, { fieldManager: FIELD_MANAGERS.userSecret, signal });
    } catch (error) {
      if (!isKernelError(error, 'AlreadyExists')) throw error;
      // Ours from before a crash, or something else under its name; the store tells which.
      await watched.secrets.refresh({ namespace, name }, signal);
      return `the Secret '${name}' exists`;
    }
    return undefined;
  });
}

export async function startRun(
  { watched, fingerprint }: HookRunDependencies,
  { attempt, next }: { readonly attempt: number; readonly next: NextValue },
  userSecret: UserSecretView,
  signal: AbortSignal,
): Promise<Learned> {
  const { namespace, name: userSecretName, uid } = userSecret.metadata;
  const hookName = userSecret.generate?.rotateHook ?? '';
  const template = await watched.neuroJobs.read({ namespace, name: hookName }, signal);
  const copy = template === undefined ? undefined : copyOfTemplate(template);
  if (copy === undefined) return { hookProblem: `the NeuroJob '${hookName}' is not there, or not suspended` };
  const { labels, spec } = copy;
  const nameOf = (number: number): string =>
    hookRunName(fingerprint, uid, userSecretName, { version: next.version, attempt: number });
  const name = nameOf(attempt);
  const job = {
    metadata: {
      namespace,
      name,
      ...(Object.keys(labels).length === 0 ? {} : { labels }),
      ownerReferences: [ownerReferenceTo(ownerOf(userSecret))],
    },
    spec: { ...spec, lifeSpan: spec.lifeSpan ?? runLifeSpan, ttlAfterFinished: spec.ttlAfterFinished ?? runTtl },
  };
  const learned = await posted(`the NeuroJob '${name}'`, async () => {
    try {
      await watched.neuroJobs.create(job, { fieldManager: FIELD_MANAGERS.userSecret, signal });
    } catch (error) {
      if (!isKernelError(error, 'AlreadyExists')) throw error;
      const found = await watched.neuroJobs.refresh({ namespace, name }, signal);
      const isOurs = found?.metadata.ownerReferences?.some((owner) => owner.uid === uid && owner.controller === true);
      return isOurs === true ? undefined : `the NeuroJob '${name}' exists and does not belong to this UserSecret`;
    }
    return undefined;
  });
  if (learned.hookProblem === undefined)
    await removeRun(watched, { namespace, name: nameOf(attempt - keptRuns) }, uid, signal);
  return learned;
}

/** The next value is in force, or is not wanted any more. A run that has not ended works for nothing. */
export async function dropNext(
  { watched }: HookRunDependencies,
  { native }: NextValue,
  { run, userSecret }: Pick<UserSecretInput, 'run' | 'userSecret'>,
  signal: AbortSignal,
): Promise<Learned> {
  const { uid, namespace, name } = native.metadata;
  if (run?.job.status.finishTime === undefined && run !== undefined)
    await removeRun(watched, run.job.metadata, userSecret.metadata.uid, signal);
  await watched.secrets.delete({ namespace, name }, { uid, signal });
  return {};
}

async function removeRun(
  { neuroJobs }: Pick<Watched, 'neuroJobs'>,
  ref: { readonly namespace: string; readonly name: string },
  ownerUid: string,
  signal: AbortSignal,
): Promise<void> {
  const job = neuroJobs.store.get(`${ref.namespace}/${ref.name}`);
  if (job?.rotates?.uid !== ownerUid) return;
  await neuroJobs.delete({ namespace: ref.namespace, name: ref.name }, { uid: job.metadata.uid, signal });
}

/** The API server or a policy of the cluster says no, and a retry at once would not help. */
async function posted(what: string, post: () => Promise<string | undefined>): Promise<Learned> {
  try {
    const hookProblem = await post();
    return hookProblem === undefined ? {} : { hookProblem };
  } catch (error) {
    if (!isKernelError(error, 'Forbidden', 'Invalid')) throw error;
    return { hookProblem: `${what}: ${sentenceOf(error.message)}` };
  }
}
