/** How large an object is in etcd: what each write of its status writes again, whatever the status says. */

/** Quotation marks, colon and comma of a field, and of an entry. */
const fieldOverhead = 4;
const entryOverhead = 1;
/** A number, a boolean or null, about. */
const plainBytes = 5;
/** Parts that are counted, some milliseconds: ours have some hundred. An object with more counts as the largest that etcd takes. */
const mostParts = 10_000;
const largestObjectBytes = 1.5 * 1024 * 1024;

/** Bytes as JSON, about; texts are not copied. Characters beyond ASCII count as one. */
export function objectBytes(object: object): number {
  let parts = 0;
  const count = (part: unknown): number => {
    parts += 1;
    if (typeof part === 'string') return part.length + 2;
    if (typeof part !== 'object' || part === null) return plainBytes;
    let sum = 2;
    if (Array.isArray(part)) {
      for (const each of part) {
        if (parts > mostParts) break;
        sum += count(each) + entryOverhead;
      }
      return sum;
    }
    const fields = part as Readonly<Record<string, unknown>>;
    for (const name in fields) {
      if (parts > mostParts) break;
      if (Object.hasOwn(fields, name)) sum += name.length + fieldOverhead + count(fields[name]);
    }
    return sum;
  };
  const bytes = count(object);
  return parts > mostParts ? largestObjectBytes : bytes;
}
