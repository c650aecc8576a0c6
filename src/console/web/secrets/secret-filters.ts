/** What of many secrets needs a look. Pure. */
import { isRotationNear } from '../../../api/index.ts';
import type { SecretRow } from './secret-rows.ts';

export const secretFilters = ['rotate', 'unused', 'shared', 'plain', 'problem'] as const;
export type SecretFilter = (typeof secretFilters)[number];

const matches: Readonly<Record<SecretFilter, (row: SecretRow, nowMs: number) => boolean>> = {
  rotate: ({ rotateBy }, nowMs) => rotateBy !== undefined && isRotationNear(rotateBy, nowMs),
  unused: ({ jobs, jobsElsewhere, grants }) => jobs.length + jobsElsewhere === 0 && grants.length === 0,
  shared: ({ grants }) => grants.length > 0,
  plain: ({ isPlaintext }) => isPlaintext,
  problem: ({ problem }) => problem !== undefined,
};

export function filterSecrets(
  rows: readonly SecretRow[],
  filter: SecretFilter | undefined,
  nowMs: number,
): readonly SecretRow[] {
  return filter === undefined ? rows : rows.filter((row) => matches[filter](row, nowMs));
}
