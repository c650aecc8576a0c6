/**
 * Tells each status of a job once, in order, also one that was over before it was seen, with the sentence of the operator. What the command
 * itself said is in its output, which is shown besides: of the status, only `status.message` can have it, and no transition.
 */
import type { NeuroJob } from '../../../api/index.ts';

/** `seen`: a state of the job that is known already. */
export function createStatusPrinter(tell: (line: string) => void, seen?: NeuroJob): (job: NeuroJob) => void {
  let told = seen?.status?.transitions?.length ?? 0;
  let last = '';
  return ({ status }) => {
    const transitions = status?.transitions ?? [];
    // The list holds only the last twenty; always print the newest.
    for (const { phase, reason, message = '' } of transitions.slice(
      Math.min(told, Math.max(0, transitions.length - 1)),
    )) {
      const why = reason === undefined || reason === phase || reason === 'Completed' ? '' : ` ${reason}`;
      const line = `Status: ${phase.toLowerCase()}${why}${message === '' ? '' : ` (${message})`}`;
      if (line !== last) tell(line);
      last = line;
    }
    told = transitions.length;
  };
}
