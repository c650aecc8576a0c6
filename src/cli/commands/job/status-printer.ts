/**
 * Tells each status of a job once, in order, also one that was over before it was seen. Why a command failed stands in its
 * output, which is shown besides.
 */
import type { NeuroJob, NeuroJobReason } from '../../../api/index.ts';

/** What the command itself said stands in its output. */
const ofTheCommand: ReadonlySet<string> = new Set<NeuroJobReason>(['Error', 'Completed']);

/** `seen`: a state of the job that is known already. */
export function createStatusPrinter(tell: (line: string) => void, seen?: NeuroJob): (job: NeuroJob) => void {
  let told = seen?.status?.transitions?.length ?? 0;
  let last = '';
  return ({ status }) => {
    const transitions = status?.transitions ?? [];
    // The list holds only the last twenty; always print the newest.
    for (const { phase, reason, message } of transitions.slice(Math.min(told, Math.max(0, transitions.length - 1)))) {
      const why = reason === undefined || reason === phase || reason === 'Completed' ? '' : ` ${reason}`;
      const more = phase === 'Running' || ofTheCommand.has(reason ?? '') ? '' : (message ?? '');
      const line = `Status: ${phase.toLowerCase()}${why}${more === '' ? '' : ` (${more})`}`;
      if (line !== last) tell(line);
      last = line;
    }
    told = transitions.length;
  };
}
