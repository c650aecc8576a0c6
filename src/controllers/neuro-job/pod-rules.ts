/** Rules about a job with a Pod that has run, goes or is gone. Pure. */
import type { NeuroJobReason } from '../../api/index.ts';
import { defined } from '../../defined.ts';
import type { NeuroJobView } from '../neuro-job-view.ts';
import { keptByFinalizer } from '../ownership.ts';
import { leavingLimitMs, type PodView } from '../pod-view.ts';
import { nextRecheckMs } from './access-rules.ts';
import { earliest, lifeSpanEndMs, scheduleTimeoutMs, sinceReasonMs } from './deadlines.ts';
import type { JobFacts, JobPlan } from './facts.ts';
import { disruptionOf } from './pod-loss.ts';
import {
  finish,
  isLeaving,
  lastStateOf,
  podReport,
  restartPolicyOf,
  running,
  reportingPlan,
  reportOf,
  stateOf,
} from './report.ts';
import { serviceRetryAtMs, withServiceRefused } from './service-rules.ts';

const restartingReasons: ReadonlySet<string> = new Set<NeuroJobReason>(['Restarting']);
/** Deleted with --force, or while no operator looked. */
const vanishedMessage = 'the Pod of the job was deleted, and how its container ended is not known';

/** Nothing is decided before the Pod has ended or is gone, or a dead node keeps it too long. */
export function podLeaving(facts: JobFacts): JobPlan | undefined {
  const { job, pod, nowMs } = facts;
  if (pod?.metadata.deletionTimestamp === undefined) return undefined;
  const rule = podLeaving.name;
  const limitMs = Date.parse(pod.metadata.deletionTimestamp) + leavingLimitMs;
  const isOverdue = limitMs <= nowMs;
  if (!mayRestart(job)) {
    if (!isOverdue) return { rule, requeueAtMs: earliest(limitMs, lifeSpanEndMs(facts, stateOf(facts))) };
    const why = lossOf(facts)?.message ?? 'the Pod was deleted';
    return finish(rule, facts, 'Failed', 'PodLost', `${why}, and its node does not answer`);
  }
  const why = lossOf(facts)?.message ?? 'the Pod is being deleted';
  const message = `${why}; another one is created as soon as it is gone${isOverdue ? `; ${keptBy(pod)}` : ''}`;
  const phase = job.status.phase === 'Running' ? 'Running' : 'Pending';
  const report = { ...reportOf(phase, 'Restarting', message), pod };
  return reportingPlan(
    rule,
    facts,
    report,
    earliest(isOverdue ? undefined : limitMs, lifeSpanEndMs(facts, stateOf(facts))),
  );
}

/** The Pod's object has to go before another Pod can have the name. */
export function podLost(facts: JobFacts): JobPlan | undefined {
  const state = lastStateOf(facts);
  if (state?.kind !== 'lost') return undefined;
  const rule = podLost.name;
  if (!mayRestart(facts.job)) {
    const pod = podReport(facts.pod ?? facts.gonePod);
    return finish(rule, facts, 'Failed', state.reason, state.message, {
      ...pod,
      ...defined({ exitCode: state.exitCode }),
    });
  }
  if (facts.pod === undefined || isLeaving(facts.pod)) return undefined;
  return facts.isPodDeleted === true ? { rule } : { rule, steps: [{ do: 'delete-pod' }] };
}

/** A container that cannot be started again, such as one whose snapshot somebody deleted, would wait forever. */
export function restartBlocked(facts: JobFacts): JobPlan | undefined {
  const state = stateOf(facts);
  if (state?.kind !== 'restarting' || state.blockedBy === undefined) return undefined;
  const rule = restartBlocked.name;
  const limitMs = sinceReasonMs(facts, restartingReasons) + scheduleTimeoutMs(facts);
  if (limitMs > facts.nowMs) {
    return reportingPlan(rule, facts, running(facts, state), earliest(limitMs, lifeSpanEndMs(facts, state)));
  }
  const why = state.message === undefined ? '' : `: ${state.message}`;
  const exitCode = defined({ exitCode: state.exitCode });
  const reason = state.blockedBy as NeuroJobReason;
  return finish(rule, facts, 'Failed', reason, `the container could not be started again${why}`, exitCode);
}

export function podRuns(facts: JobFacts): JobPlan | undefined {
  const state = stateOf(facts);
  if (state?.kind !== 'running' && state?.kind !== 'restarting') return undefined;
  const dueMs = earliest(lifeSpanEndMs(facts, state), nextRecheckMs(facts), serviceRetryAtMs(facts));
  return withServiceRefused(facts, reportingPlan(podRuns.name, facts, running(facts, state), dueMs));
}

/** Deleted by somebody, or taken away. Our view of Pods may lag behind, so the API server is asked first. */
export function podVanished(facts: JobFacts): JobPlan | undefined {
  const { job, gonePod, nowMs } = facts;
  if (facts.pod !== undefined) return undefined;
  // Before it was recorded, a Pod can go as well. What may run again starts from the beginning then.
  if (job.status.podUid === undefined && (gonePod === undefined || mayRestart(job))) return undefined;
  const rule = podVanished.name;
  if (facts.isPodGone !== true) return { rule, steps: [{ do: 'look-for-pod' }] };
  const loss = lossOf(facts);
  if (!mayRestart(job)) {
    const { reason, message } = loss ?? { reason: 'NotFound', message: vanishedMessage };
    return finish(rule, facts, 'Failed', reason, message);
  }
  const restarts = (job.status.restarts ?? 0) + 1;
  const report = {
    ...reportOf('Pending', 'Restarting', `${loss?.message ?? 'the Pod is gone'}; another one is created`),
    pod: 'none',
    restarts,
  } as const;
  return reportingPlan(rule, facts, report, nowMs);
}

function keptBy(pod: PodView): string {
  const { name, namespace } = pod.metadata;
  return hasEnded(pod)
    ? keptByFinalizer(`pod ${name}`, namespace)
    : `its node does not answer (if the node is dead: kubectl delete pod ${name} -n ${namespace} --force)`;
}

/** Its node has reported the end, so only a finalizer can keep the object. */
function hasEnded({ phase }: PodView): boolean {
  return phase === 'Succeeded' || phase === 'Failed';
}

/** Why the last Pod goes, or went; undefined where nobody recorded it. */
function lossOf(facts: JobFacts): ReturnType<typeof disruptionOf> {
  const state = lastStateOf(facts);
  if (state?.kind === 'lost') return state;
  const pod = facts.pod ?? facts.gonePod;
  return pod === undefined ? undefined : disruptionOf(pod);
}

function mayRestart(job: NeuroJobView): boolean {
  return restartPolicyOf(job) !== 'Never';
}
