/** Whether the page of a job can be opened now. Pure. */
import type { NeuroJob } from '../../../api/index.ts';

export function canOpen({ spec, status }: NeuroJob): boolean {
  return spec.http !== undefined && status?.phase === 'Running';
}
