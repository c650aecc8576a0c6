/** What a job's state means, in words for people. Pure. */
import type { NeuroJob, NeuroJobPhase, NeuroJobReason } from '../../../api/index.ts';
import { texts } from '../texts.ts';

type Tone = 'green' | 'blue' | 'red' | 'gray' | 'yellow';

interface JobWords {
  readonly phase: NeuroJobPhase;
  readonly tone: Tone;
  /** `Failed: out of memory`. */
  readonly short: string;
  /** The operator's sentence, or one for the reason. */
  readonly sentence: string;
}

const troubles: ReadonlySet<string> = new Set<NeuroJobReason>([
  'Unschedulable',
  'CreateContainerConfigError',
  'CreateContainerError',
  'RunContainerError',
  'ErrImagePull',
  'ImagePullBackOff',
  'ErrImageNeverPull',
  'ImageInspectError',
  'RegistryUnavailable',
  'InvalidImageName',
  'Contested',
  'MissingSecrets',
  'QuotaExhausted',
  'Rejected',
]);

/** The container ended by itself, so its message is what it said. */
const ownEnds: ReadonlySet<string> = new Set<NeuroJobReason>([
  'Error',
  'OOMKilled',
  'ContainerCannotRun',
  'DeadlineExceeded',
]);

export function jobWords({ status }: NeuroJob): JobWords {
  const phase = status?.phase ?? 'Pending';
  const { reason = '', message = '' } = status ?? {};
  const said = texts.reasons[reason] ?? '';
  const { exitCode } = status ?? {};
  // The code says more than that there was an error.
  if (phase === 'Failed' && reason === 'Error' && exitCode !== undefined)
    return { phase, tone: 'red', short: texts.jobs.failedWith(exitCode), sentence: message };
  const isPlain = reason === '' || reason === phase || reason === 'Completed';
  return {
    phase,
    tone: toneOf(phase, reason),
    short: isPlain ? texts.phases[phase] : `${texts.phases[phase]}: ${said === '' ? reason : said}`,
    sentence: message,
  };
}

/** Whether its message is the end of what the container printed. */
export function hasOutput({ status }: NeuroJob): boolean {
  return status?.phase === 'Failed' && status.exitCode !== undefined && ownEnds.has(status.reason ?? '');
}

function toneOf(phase: NeuroJobPhase, reason: string): Tone {
  switch (phase) {
    case 'Running':
      return reason === 'Restarting' ? 'yellow' : 'blue';
    case 'Succeeded':
      return 'green';
    case 'Failed':
      return 'red';
    case 'Cancelled':
      return 'gray';
    case 'Pending':
      return troubles.has(reason) ? 'yellow' : 'gray';
    default:
      phase satisfies never;
      throw new TypeError('unknown kind');
  }
}
