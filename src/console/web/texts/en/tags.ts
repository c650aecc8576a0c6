/** Texts about the tags of secrets. */
import { numberText } from '../../language/local.ts';
import type { TagFault } from '../../../../client/index.ts';
import { plural } from './counts.ts';

export const tags = {
  edit: 'Edit tags',
  title: (key: string) => `Tags of ${key}`,
  titleOf: (count: number) => `Tags of ${numberText(count)} ${plural(count, { one: 'secret', other: 'secrets' })}`,
  help: 'A name, or name=value, such as team=reports. Press Enter or comma after each. The cluster keeps them as labels.',
  add: 'Add',
  remove: 'Remove',
  removeHelp: 'Tags that the selected secrets have now.',
  now: (tags: readonly string[]) => (tags.length === 0 ? 'No tags.' : `Now: ${tags.join(', ')}`),
  picked: (tags: readonly string[]) => `Chosen: ${tags.join(', ')}`,
  filter: 'Show one tag',
  all: 'All tags',
  another: 'And …',
  noSuch: 'No such tag',
  chosen: 'Shown tags',
  choose: (tag: string) => `Show secrets with the tag ${tag}`,
  dropFilter: (tag: string) => `Show without the tag filter ${tag}`,
  faults: {
    prefix: (tag: string) => `${tag} has a prefix, so it is a label of a tool; write a name such as team.`,
    name: (tag: string) => `${tag} is not a tag: use letters, digits, and - _ . between them, at most 63 characters.`,
    value: (tag: string) =>
      `The value in ${tag} is not allowed: use letters, digits, and - _ . between them, at most 63 characters.`,
  } satisfies Record<TagFault, unknown>,
} as const;
