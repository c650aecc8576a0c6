/**
 * What a template may be, before it is saved: the secrets that its text uses, and why one cannot be a part. The rules are those of the CRD
 * and of the operator. Pure.
 */
import type { UserSecret, UserSecretSpec } from '../api/index.ts';
import type { Wording } from './wording.ts';

type Template = NonNullable<UserSecretSpec['template']>;

const MAX_TEMPLATE_TEXT = 8192;
export const MAX_TEMPLATE_PARTS = 16;

/** Without a full stop; a page in another language brings its own words. */
export const templateWords = {
  empty: 'the text of a template is empty; a secret holds at least one byte',
  tooLong: (limit: string, length: string) =>
    `the text of a template has at most ${limit} characters; this one has ${length}`,
  open: 'a $( has no ) behind it; write $$( for the characters $( themselves',
  badName: (name: string) =>
    `$(${name}) names no part: its name has 1 to 63 letters, digits and '_', and does not begin with a digit; write $$( for the characters $( themselves`,
  noPart: 'the text names no secret; write $(NAME) where the value of one belongs',
  tooMany: (limit: string, count: string) => `a template has at most ${limit} parts; this one has ${count}`,
  unknown: (name: string) => `no secret is chosen for $(${name})`,
  itself: (key: string) => `'${key}' cannot be a part of itself`,
  copy: 'a copy cannot be a part: its access can end, and the composed value would remain',
  deep: 'it is a template that has a template as a part, and a template has templates as parts one level deep',
} as const;
type TemplateWords = Wording<typeof templateWords>;

const use = /\$\(([^)]*)(\)?)/g;
const partName = /^[A-Za-z_][A-Za-z0-9_]{0,62}$/;

/** The names in the text, each once, in their order; also those that can be no part. */
export function templateUses(text: string): readonly string[] {
  return [...new Set(Array.from(text.replaceAll('$$', '').matchAll(use), ([, name = '']) => name))];
}

/** Why the text is no template. */
export function templateTextProblem(text: string, words: TemplateWords = templateWords): string | undefined {
  if (text === '') return words.empty;
  if (text.length > MAX_TEMPLATE_TEXT) return words.tooLong(String(MAX_TEMPLATE_TEXT), String(text.length));
  for (const [, name = '', end] of text.replaceAll('$$', '').matchAll(use)) {
    if (end === '') return words.open;
    if (!partName.test(name)) return words.badName(name);
  }
  const { length } = templateUses(text);
  if (length === 0) return words.noPart;
  return length > MAX_TEMPLATE_PARTS ? words.tooMany(String(MAX_TEMPLATE_PARTS), String(length)) : undefined;
}

/** Why text and parts are no template. */
export function templateProblem({ text, parts }: Template, words: TemplateWords = templateWords): string | undefined {
  const problem = templateTextProblem(text, words);
  if (problem !== undefined) return problem;
  const unknown = templateUses(text).find((name) => !parts.some((part) => part.name === name && part.secret !== ''));
  return unknown === undefined ? undefined : words.unknown(unknown);
}

/**
 * Why that secret cannot be a part. `self`: `metadata.name` of the secret that is composed; undefined while it does not exist. `find`: the
 * secrets of the namespace by their `metadata.name`.
 */
export function partRefusal(
  { metadata, spec }: Pick<UserSecret, 'metadata' | 'spec'>,
  self: string | undefined,
  find: (name: string) => Pick<UserSecret, 'spec'> | undefined,
  words: TemplateWords = templateWords,
): string | undefined {
  if (metadata.name === self) return words.itself(spec.key ?? metadata.name);
  if (spec.sharedFrom !== undefined) return words.copy;
  const isDeep = spec.template?.parts.some(
    ({ secret }) => secret === self || find(secret)?.spec.template !== undefined,
  );
  return isDeep === true ? words.deep : undefined;
}
