/** The exit code of a command that followed a job to its end. */
import type { NeuroJob } from '../../../api/index.ts';
import { exitCodes } from '../../exit-codes.ts';

/** The job's own exit code; 125 where it has none. What was cancelled did not do its work, so it is never 0. */
export function exitCodeOf({ status }: NeuroJob): number {
  switch (status?.phase) {
    case 'Succeeded':
      return exitCodes.ok;
    case 'Cancelled':
      if (status.reason === 'LifeSpanEnded') return exitCodes.timeout;
      return status.reason === 'AccessRevoked' ? exitCodes.notPermitted : exitCodes.interrupted;
    default:
      return status?.exitCode ?? exitCodes.couldNotStart;
  }
}
