/**
 * What `neuro run --check` asks about the Pod of a job. The API server is given a trial Pod that it does not keep (a dry run), so its answer
 * is that of the quotas, limits, PriorityClasses, service accounts and policies that are there.
 *
 * Promise: a line with a problem names what the API server will refuse the job's own Pod for. Nothing is created. Not certain: what a policy or a
 * webhook says, because the operator creates the job's own Pod, and with more in it. Not asked, because nobody with the rights of a user can know
 * it: whether a node has room for the Pod, whether the registry has the image, and whom the Pod Security of the cluster exempts.
 */
import {
  demandsRestricted,
  JOB_CONTAINER,
  jobSecurity,
  LABEL_POD_SECURITY,
  type NeuroJobSpec,
} from '../../../api/index.ts';
import type { CheckProblem, Look, PublishedPreset } from '../../../client/index.ts';
import { defined } from '../../../defined.ts';
import { isKernelError, type KubeObject } from '../../../kernel/index.ts';
import { allowed } from '../../connect/allowed.ts';
import type { Connection } from '../../connect/connection.ts';
import { namespaces, priorityClasses, serviceAccounts, trialPods, type TrialPod } from '../../connect/kinds.ts';
import { lookAt } from '../../connect/look.ts';
import { explain } from '../../errors.ts';
import type { FollowTarget } from './follow.ts';

interface PodLine {
  readonly kind: 'pod';
  readonly what: string;
  readonly sentence: string;
  readonly problem?: CheckProblem;
}

type Trial = 'accepted' | { readonly refused: string } | { readonly unknown: string };

/** Sentences of the API server's admission. What any other plug-in or webhook refuses may hold for the trial Pod alone. */
const noPriorityClass = /no PriorityClass with name/i;
const noServiceAccount = /looking up service account|serviceaccount "[^"]*" not found/i;
const noFit = /violates PodSecurity/;
const noRoom = /exceeded quota|failed quota|(?:minimum|maximum) \S+ usage per|max limit to request ratio per/i;

/** `preset`: that of the job, where it names one and the list can be read. */
export async function checkPod(
  connection: Connection,
  target: FollowTarget,
  spec: NeuroJobSpec,
  preset: PublishedPreset | undefined,
): Promise<readonly PodLine[]> {
  const { priorityClassName, serviceAccountName } = spec;
  const { namespace } = target;
  const place = await lookAt(connection, namespaces, { name: namespace });
  const trial = await tried(connection, target, spec, { preset, isRestricted: isRestricted(place) });
  return [
    ...(priorityClassName === undefined
      ? []
      : [
          await objectLine(`PriorityClass ${priorityClassName}`, trial, {
            missing: noPriorityClass,
            absent: 'not in this cluster; `kubectl get priorityclasses` lists those that are',
            look: () => lookAt(connection, priorityClasses, { name: priorityClassName }),
          }),
        ]),
    ...(serviceAccountName === undefined
      ? []
      : [
          await objectLine(`service account ${serviceAccountName}`, trial, {
            missing: noServiceAccount,
            absent: `not in '${namespace}'`,
            look: () => lookAt(connection, serviceAccounts, { namespace, name: serviceAccountName }),
          }),
        ]),
    admissionLine(trial, target, place, serviceAccountName),
  ];
}

/**
 * Whether the operator sees the namespace as `restricted`. Where the user cannot read it, the answer is yes: then the trial Pod fits every Pod
 * Security Standard.
 */
function isRestricted(place: Look<KubeObject>): boolean {
  if (place === 'absent') return false;
  return 'unknown' in place || demandsRestricted(place.found.metadata.labels);
}

interface Given {
  readonly preset: PublishedPreset | undefined;
  readonly isRestricted: boolean;
}

async function tried(
  connection: Connection,
  { namespace, name }: FollowTarget,
  spec: NeuroJobSpec,
  given: Given,
): Promise<Trial> {
  if (!(await allowed(connection, { group: '', resource: 'pods', verb: 'create', namespace })))
    return { unknown: `you may not create Pods in '${namespace}', so no trial Pod can be sent` };
  if (spec.preset !== undefined && given.preset === undefined)
    return { unknown: `you cannot read what the preset '${spec.preset}' asks for` };
  try {
    await connection.client.create(trialPods, trialPod({ namespace, name }, spec, given), { dryRun: true });
    return 'accepted';
  } catch (error) {
    // Admission, the quota too, has come before.
    if (isKernelError(error, 'AlreadyExists')) return 'accepted';
    if (!isKernelError(error, 'Forbidden', 'Invalid', 'BadRequest', 'NotFound')) throw error;
    return { refused: explain(error).sentence };
  }
}

/** The parts of the job's Pod that quotas, limits, classes and Pod Security check. */
function trialPod(
  { namespace, name }: FollowTarget,
  spec: NeuroJobSpec,
  { preset, isRestricted: mustFit }: Given,
): Omit<TrialPod, 'apiVersion' | 'kind'> {
  const { image, priorityClassName, resources, restartPolicy = 'Never', serviceAccountName = 'default' } = spec;
  const security = jobSecurity(spec.securityContext, mustFit);
  const asked = resources ?? (preset === undefined ? undefined : { requests: preset.requests, limits: preset.limits });
  return {
    metadata: { namespace, name: `${name}-trial` },
    spec: {
      restartPolicy,
      serviceAccountName,
      automountServiceAccountToken: false,
      securityContext: security.pod,
      ...defined({ priorityClassName }),
      containers: [
        {
          name: JOB_CONTAINER,
          image,
          ...defined({ resources: asked }),
          securityContext: security.container,
        },
      ],
    },
  };
}

/** An accepted Pod has all that it names; a Pod that was not tried, or refused for something else, says nothing of it. */
async function objectLine(
  what: string,
  trial: Trial,
  {
    missing,
    absent,
    look,
  }: { readonly missing: RegExp; readonly absent: string; readonly look: () => Promise<Look<unknown>> },
): Promise<PodLine> {
  const line = { kind: 'pod', what } as const;
  if (trial === 'accepted') return { ...line, sentence: 'ok' };
  const isMissing = 'refused' in trial && missing.test(trial.refused);
  const found = isMissing ? 'absent' : await look();
  if (found === 'absent') return { ...line, sentence: absent, problem: 'notFound' };
  return { ...line, sentence: 'found' in found ? 'ok' : `not checked (${found.unknown})` };
}

function admissionLine(
  trial: Trial,
  { namespace }: FollowTarget,
  place: Look<KubeObject>,
  serviceAccount: string | undefined,
): PodLine {
  const line = { kind: 'pod', what: `quotas, limits and policies of '${namespace}'` } as const;
  if (trial === 'accepted') return { ...line, sentence: acceptedSentence(place) };
  if ('unknown' in trial) return { ...line, sentence: `not checked (${trial.unknown})` };
  const { refused } = trial;
  if (noRoom.test(refused)) return { ...line, sentence: refused, problem: 'refused' };
  if (noFit.test(refused)) return { ...line, sentence: `${refused}${fitSentence(place)}`, problem: 'refused' };
  if (noPriorityClass.test(refused)) return { ...line, sentence: 'not checked (the PriorityClass is refused before)' };
  if (noServiceAccount.test(refused))
    return serviceAccount === undefined
      ? { ...line, sentence: refused, problem: 'notFound' }
      : { ...line, sentence: 'not checked (the service account is refused before)' };
  return { ...line, sentence: `${notCertain} ${refused}` };
}

const notCertain =
  'not certain: a trial Pod of yours is refused, but the operator creates the Pod of the job, with more labels and variables. ' +
  'If that is refused too, `neuro status JOB` shows why.';

function acceptedSentence(place: Look<KubeObject>): string {
  if (place !== 'absent' && 'unknown' in place) return `ok, but Pod Security is not checked (${place.unknown})`;
  return 'ok; whether a node has room is known when the job starts';
}

/** A default of the cluster is a standard that the operator does not see. */
function fitSentence(place: Look<KubeObject>): string {
  return isRestricted(place)
    ? ''
    : ` The operator makes Pods fit where the namespace has the label ${LABEL_POD_SECURITY}=restricted: ask an administrator to set it.`;
}
