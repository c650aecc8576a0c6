import { isFields } from './fields.ts';

/**
 * The JSON merge patch (RFC 7386) that turns `before` into `after`; undefined when nothing differs, so that nothing is written.
 * Arrays are replaced as a whole, objects key by key, and a key that is gone becomes null.
 */
export function mergePatch(before: unknown, after: unknown): unknown {
  if (!isFields(before) || !isFields(after)) return isSame(before, after) ? undefined : (after ?? null);
  const patch: Record<string, unknown> = {};
  for (const key of new Set([...Object.keys(before), ...Object.keys(after)])) {
    if (after[key] === undefined) {
      if (before[key] !== undefined) patch[key] = null;
      continue;
    }
    const change = mergePatch(before[key], after[key]);
    if (change !== undefined) patch[key] = change;
  }
  return Object.keys(patch).length === 0 ? undefined : patch;
}

function isSame(a: unknown, b: unknown): boolean {
  if (Array.isArray(a) && Array.isArray(b))
    return a.length === b.length && a.every((item, index) => isSame(item, b[index]));
  if (isFields(a) && isFields(b)) {
    const keys = new Set([...Object.keys(a), ...Object.keys(b)]);
    return [...keys].every((key) => isSame(a[key], b[key]));
  }
  return a === b;
}
