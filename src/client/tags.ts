/** Labels that people gave an object, as short tags; those of tools and of Kubernetes are none. Pure. */
import type { ObjectMeta } from '../api/index.ts';

/** Most characters of the name of a label without a prefix, and of its value. */
const longestTag = 63;
const tagName = /^[A-Za-z0-9]([A-Za-z0-9_.-]*[A-Za-z0-9])?$/;

/** Prefixes (`domain/`) belong to tools; people write `team: reports`. */
export function tagsOf({ labels = {} }: Pick<ObjectMeta, 'labels'>): readonly string[] {
  return Object.entries(labels)
    .filter(([name]) => !name.includes('/'))
    .map(([name, value]) => (value === '' || value === 'true' ? name : `${name}=${value}`))
    .sort();
}

/** Labels as a merge patch wants them: null takes one away. */
type TagChanges = { readonly labels: Readonly<Record<string, string | null>> } | { readonly problem: string };

/** Why a text is no tag: it has the prefix of a tool, its name has other characters or too many of them, or its value has. */
export type TagFault = 'prefix' | 'name' | 'value';

/** `urgent` has the value ''. */
export function readTag(tag: string): { readonly name: string; readonly value: string } | { readonly fault: TagFault } {
  const equals = tag.indexOf('=');
  const [name, value] = equals === -1 ? [tag, ''] : [tag.slice(0, equals), tag.slice(equals + 1)];
  if (name.includes('/')) return { fault: 'prefix' };
  if (!isTagText(name)) return { fault: 'name' };
  return value !== '' && !isTagText(value) ? { fault: 'value' } : { name, value };
}

/** The labels that lead from these tags to those; those that stay are not named. A tag that is none is left out. */
export function tagDifference(
  former: readonly string[],
  next: readonly string[],
): Readonly<Record<string, string | null>> {
  const read = (tags: readonly string[]) => tags.map(readTag).filter((tag) => 'name' in tag);
  const labels: Record<string, string | null> = Object.create(null) as Record<string, string | null>;
  const kept = new Set(next);
  for (const { name } of read(former.filter((tag) => !kept.has(tag)))) labels[name] = null;
  for (const { name, value } of read(next.filter((tag) => !former.includes(tag)))) labels[name] = value;
  return labels;
}

function isTagText(text: string): boolean {
  return text.length <= longestTag && tagName.test(text);
}

/** Reads `team=reports`, `urgent` and `old-`. The rules are those of labels; a name with a prefix belongs to a tool. */
export function parseTagChanges(words: readonly string[]): TagChanges {
  const labels: Record<string, string | null> = Object.create(null) as Record<string, string | null>;
  for (const word of words) {
    const [, name = '', rest = ''] = /^([^=]*?)(-|=.*)?$/s.exec(word) ?? [];
    const read = readTag(rest === '-' ? name : word);
    const fault = 'fault' in read ? read.fault : undefined;
    if (fault === 'prefix')
      return { problem: `'${name}' is a label of a tool, since it has a prefix; tags are names such as team.` };
    if (fault === 'name') return { problem: `'${word}' is not a tag: write name, name=value, or name- to remove it.` };
    if (fault === 'value')
      return { problem: `The value of '${name}' has other characters than A-Z a-z 0-9 _ . -, or more than 63.` };
    if (name in labels) return { problem: `'${name}' is given twice.` };
    labels[name] = rest === '-' ? null : rest.slice(1);
  }
  return { labels };
}

/** Whether an object has the tag: `team` with any value, or `team=reports`. */
export function hasTag({ labels = {} }: Pick<ObjectMeta, 'labels'>, tag: string): boolean {
  const equals = tag.indexOf('=');
  const name = equals === -1 ? tag : tag.slice(0, equals);
  return Object.hasOwn(labels, name) && (equals === -1 || labels[name] === tag.slice(equals + 1));
}
