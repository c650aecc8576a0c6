/**
 * The annotation `neu.ro/groups` of a home: names with commas between them, or a JSON list of strings for names that hold a comma
 * or begin with a bracket, as directories have them (`["CN=ml,OU=Teams,DC=corp"]`).
 *
 * Promise: `parseGroups(formatGroups(names))` is `names`, sorted and each once.
 */

/** A text that begins as a list and is none gives no groups: nobody is let in by a slip. */
export function parseGroups(text: string | undefined): readonly string[] {
  const trimmed = (text ?? '').trim();
  const names = trimmed.startsWith('[') ? listed(trimmed) : trimmed.split(',').map((name) => name.trim());
  return [...new Set(names)].filter((name) => name !== '');
}

/** The plain form where it says the same. */
export function formatGroups(names: readonly string[]): string {
  const sorted = [...new Set(names)].sort();
  const plain = sorted.join(',');
  const read = parseGroups(plain);
  const isSame = read.length === sorted.length && read.every((name, index) => name === sorted[index]);
  return isSame ? plain : JSON.stringify(sorted);
}

function listed(text: string): readonly string[] {
  try {
    const list: unknown = JSON.parse(text);
    return Array.isArray(list) && list.every((name) => typeof name === 'string') ? list : [];
  } catch {
    return [];
  }
}
