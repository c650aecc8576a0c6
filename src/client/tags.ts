/** Labels that people gave an object, as short tags; those of tools and of Kubernetes are none. Pure. */
import type { ObjectMeta } from '../api/index.ts';

/** Prefixes (`domain/`) belong to tools; people write `team: reports`. */
export function tagsOf({ labels = {} }: Pick<ObjectMeta, 'labels'>): readonly string[] {
  return Object.entries(labels)
    .filter(([name]) => !name.includes('/'))
    .map(([name, value]) => (value === '' || value === 'true' ? name : `${name}=${value}`))
    .sort();
}

/** Labels as a merge patch wants them: null takes one away. */
type TagChanges = { readonly labels: Readonly<Record<string, string | null>> } | { readonly problem: string };

/** Most characters of the name of a label without a prefix, and of its value. */
const longestTag = 63;
const tagName = /^[A-Za-z0-9]([A-Za-z0-9_.-]*[A-Za-z0-9])?$/;

/** From `team=reports`, `urgent` and `old-`. The rules are those of labels; a name with a prefix belongs to a tool. */
export function parseTagChanges(words: readonly string[]): TagChanges {
  const labels: Record<string, string | null> = Object.create(null) as Record<string, string | null>;
  for (const word of words) {
    const [, name = '', rest = ''] = /^([^=]*?)(-|=.*)?$/s.exec(word) ?? [];
    if (name.includes('/'))
      return { problem: `'${name}' is a label of a tool, since it has a prefix; tags are names such as team.` };
    if (name.length > longestTag || !tagName.test(name))
      return { problem: `'${word}' is no tag: write name, name=value, or name- to remove it.` };
    const value = rest === '-' ? null : rest.slice(1);
    if (value !== null && value !== '' && (value.length > longestTag || !tagName.test(value)))
      return { problem: `The value of '${name}' has other characters than A-Z a-z 0-9 _ . -, or more than 63.` };
    if (name in labels) return { problem: `'${name}' is given twice.` };
    labels[name] = value;
  }
  return { labels };
}

/** Whether an object has the tag: `team` with any value, or `team=reports`. */
export function hasTag({ labels = {} }: Pick<ObjectMeta, 'labels'>, tag: string): boolean {
  const equals = tag.indexOf('=');
  const name = equals === -1 ? tag : tag.slice(0, equals);
  return Object.hasOwn(labels, name) && (equals === -1 || labels[name] === tag.slice(equals + 1));
}
