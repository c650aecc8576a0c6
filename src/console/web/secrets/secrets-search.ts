/** What the address of the list of secrets says. No address shows a value. Pure. */
import { defined } from '../../../defined.ts';
import { secretFilters, type SecretFilter } from './secret-filters.ts';

/** What can be open over a list, and has an address. */
export const secretDialogs = ['details', 'edit', 'share', 'tags'] as const;
export const sharedDialogs = ['replace', 'share', 'copy'] as const;
export type SharedDialog = (typeof sharedDialogs)[number];
const secretActions = [...secretDialogs, ...sharedDialogs, 'add', 'import', 'adopt'] as const;
const lists = ['shared', 'granted'] as const;

/** More narrow nothing further; an address that somebody else made is bounded. */
const mostTags = 16;

export interface SecretsSearch {
  readonly q?: string;
  /** Undefined: mine. */
  readonly show?: (typeof lists)[number];
  readonly filter?: SecretFilter;
  /** All of them: `team` with any value, `team=reports`. */
  readonly tag?: readonly string[];
  /** Key of a secret of this namespace; of one that is shared with it, its namespace and name. */
  readonly secret?: string;
  /** Name of the secret's object, where it is not the key. */
  readonly name?: string;
  /** Name of a grant, to change it. */
  readonly grant?: string;
  /** What of it; its details, when nothing is said. */
  readonly do?: (typeof secretActions)[number];
}

/** Leaves out what it does not know. */
export function secretsSearch(search: Readonly<Record<string, unknown>>): SecretsSearch {
  const text = (name: string): string | undefined => {
    const value = search[name];
    return typeof value === 'string' && value !== '' ? value : undefined;
  };
  return defined({
    q: text('q'),
    show: lists.find((known) => known === search['show']),
    secret: text('secret'),
    name: text('name'),
    grant: text('grant'),
    tag: tagsIn(search['tag']),
    filter: secretFilters.find((known) => known === search['filter']),
    do: secretActions.find((known) => known === search['do']),
  });
}

/** One or several; the router reads `tag=1` as a number. */
function tagsIn(value: unknown): readonly string[] | undefined {
  const tags = (Array.isArray(value) ? value : [value])
    .filter((tag) => ['string', 'number', 'boolean'].includes(typeof tag))
    .map(String)
    .filter((tag) => tag !== '');
  return tags.length === 0 ? undefined : [...new Set(tags)].slice(0, mostTags);
}
