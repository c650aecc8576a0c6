/** How large an object is in etcd: what each write of its status writes again, whatever the status says. */

/** Quotation marks, colon and comma of a field, and of an entry. */
const fieldOverhead = 4;
const entryOverhead = 1;
/** A number, a boolean or null, about. */
const plainBytes = 5;

/** Bytes as JSON, about; texts are not copied. Characters beyond ASCII count as one. */
export function objectBytes(part: unknown): number {
  if (typeof part === 'string') return part.length + 2;
  if (typeof part !== 'object' || part === null) return plainBytes;
  if (Array.isArray(part)) return part.reduce<number>((sum, each) => sum + objectBytes(each) + entryOverhead, 2);
  let sum = 2;
  for (const [name, each] of Object.entries(part))
    if (each !== undefined) sum += name.length + fieldOverhead + objectBytes(each);
  return sum;
}
