/**
 * Who changed the value of a UserSecret: the annotation `neu.ro/changed-by`, which the author writes with the value and admission
 * compares with the name of the user (the policy usersecrets.neu.ro). Pure.
 *
 *     <uid>/<generation> <user>     the change that made this generation of this object
 *     <time> <user>                 its creation, within a minute of `metadata.creationTimestamp`
 *
 * Promise: a mark that was left behind by a later change, or that came with a copy of the object, names nobody. Nothing is refused
 * for carrying such a mark, so that files and backups with one can be applied.
 */
import type { ObjectMeta } from './object-meta.ts';
import { rfc3339 } from './time.ts';

export const ANNOTATION_CHANGED_BY = 'neu.ro/changed-by';

/** Between the clock of the author and that of the API server; the policy has the same. */
const longestSkewMs = 60_000;
/** Characters; the status takes no more. */
const longestUser = 512;

type Versioned = Pick<ObjectMeta, 'uid' | 'generation'>;

/** For a change of the spec of that object. It must be one, or it is refused. */
export function changedBy({ uid = '', generation = 0 }: Versioned, user: string): Readonly<Record<string, string>> {
  return { [ANNOTATION_CHANGED_BY]: `${uid}/${String(generation + 1)} ${user}` };
}

export function createdBy(now: Date, user: string): Readonly<Record<string, string>> {
  return { [ANNOTATION_CHANGED_BY]: `${rfc3339(now.getTime())} ${user}` };
}

/** Who made this generation of the object, where admission has checked it. */
export function authorOf(
  metadata: Versioned & Pick<ObjectMeta, 'annotations' | 'creationTimestamp'>,
): string | undefined {
  const text = metadata.annotations?.[ANNOTATION_CHANGED_BY] ?? '';
  const space = text.indexOf(' ');
  const [mark, user] = [text.slice(0, space), text.slice(space + 1)];
  if (space < 1 || user === '' || user.length > longestUser) return undefined;
  const { uid = '', generation = 0, creationTimestamp = '' } = metadata;
  const isChange = generation > 1 && mark === `${uid}/${String(generation)}`;
  return isChange || (generation === 1 && isNear(mark, creationTimestamp)) ? user : undefined;
}

function isNear(mark: string, creationTimestamp: string): boolean {
  const ms = Date.parse(mark);
  // `Date` reads 31 November as 1 December. Admission takes that for no mark of this creation, and lets anybody's name pass.
  if (Number.isNaN(ms) || rfc3339(ms) !== mark) return false;
  return Math.abs(ms - Date.parse(creationTimestamp)) <= longestSkewMs;
}
