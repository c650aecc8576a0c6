/** What of many secrets needs a look. Pure. */
import { isRotationNear } from '../../../api/index.ts';
import { hasTag } from '../../../client/index.ts';
import { compareText } from '../language/local.ts';
import type { SecretRow } from './secret-rows.ts';

export const secretFilters = ['rotate', 'unused', 'shared', 'plain', 'problem'] as const;
export type SecretFilter = (typeof secretFilters)[number];

const matches: Readonly<Record<SecretFilter, (row: SecretRow, nowMs: number) => boolean>> = {
  rotate: ({ rotateBy }, nowMs) => rotateBy !== undefined && isRotationNear(rotateBy, nowMs),
  unused: ({ jobs, jobsElsewhere, sharedWith }) => jobs.length + jobsElsewhere === 0 && sharedWith.count === 0,
  shared: ({ sharedWith }) => sharedWith.count > 0,
  plain: ({ isPlaintext }) => isPlaintext,
  problem: ({ problem }) => problem !== undefined,
};

/** Those that have all of the tags. */
export function withTags(rows: readonly SecretRow[], tags: readonly string[]): readonly SecretRow[] {
  return tags.length === 0 ? rows : rows.filter(({ secret }) => tags.every((tag) => hasTag(secret.metadata, tag)));
}

/** What can be chosen: each tag, and a name alone where it has several values. */
export function tagChoices(rows: readonly SecretRow[]): readonly string[] {
  const tags = new Set(rows.flatMap(({ tags }) => tags));
  const names = [...tags].filter((tag) => tag.includes('=')).map((tag) => tag.slice(0, tag.indexOf('=')));
  const several = names.filter((name, index) => names.indexOf(name) !== index);
  return [...new Set([...tags, ...several])].sort(compareText);
}

export function filterSecrets(
  rows: readonly SecretRow[],
  filter: SecretFilter | undefined,
  nowMs: number,
): readonly SecretRow[] {
  return filter === undefined ? rows : rows.filter((row) => matches[filter](row, nowMs));
}
