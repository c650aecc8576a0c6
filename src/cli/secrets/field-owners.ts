/**
 * Who besides this command writes the source of a UserSecret, by what the API server keeps of each field (`managedFields`). What
 * stands in git is applied again, and then meets what the command wrote. Pure.
 */
import { FIELD_MANAGERS, madeBy, USER_SECRET_SOURCES, type SourceKind, type UserSecret } from '../../api/index.ts';
import { copySource } from '../../client/index.ts';
import { secretWord, type NamedSecret } from './find-secret.ts';

interface ManagedFields {
  readonly manager?: string;
  readonly subresource?: string;
  readonly fieldsV1?: { readonly 'f:spec'?: Readonly<Record<string, unknown>> };
}

interface SourceOwner {
  readonly manager: string;
  readonly sources: readonly SourceKind[];
}

/** The command and the console write when a person says so, and never again by themselves. */
const ours: ReadonlySet<string> = new Set([FIELD_MANAGERS.cli, FIELD_MANAGERS.console]);

/** Tools by which a person writes once; a file that they took it from may still be applied. */
const byHand = /^kubectl-(?:create|edit|patch|replace|annotate|label|set)$|^(?:k9s|Lens|Mozilla|headlamp)/i;

function otherSourceOwners(secret: UserSecret): readonly SourceOwner[] {
  const { managedFields = [] } = secret.metadata as { readonly managedFields?: readonly ManagedFields[] };
  const found = new Map<string, Set<SourceKind>>();
  for (const { manager = 'somebody', subresource = '', fieldsV1 } of managedFields) {
    if (ours.has(manager) || subresource !== '') continue;
    const owned = USER_SECRET_SOURCES.filter((source) => Object.hasOwn(fieldsV1?.['f:spec'] ?? {}, `f:${source}`));
    if (owned.length > 0) found.set(manager, new Set([...(found.get(manager) ?? []), ...owned]));
  }
  return [...found].map(([manager, owned]) => ({ manager, sources: [...owned] }));
}

/** Sentences about what a user should know before a new source or value replaces the current one. */
export function sentencesBeforeReplacing(
  secret: UserSecret,
  named: NamedSecret,
  next: SourceKind = 'sealed',
): readonly string[] {
  const { key } = named;
  const { sharedFrom, generate } = secret.spec;
  const by = next === 'sealed' ? 'with a value of your own' : 'with its new source';
  const how = sharedFrom === undefined && generate === undefined ? madeBy(secret.spec) : undefined;
  const sentences = [
    ...(generate === undefined ? [] : [`Secret '${key}' was generated; ${by} it is not rotated any more.`]),
    ...(how === undefined ? [] : [`Secret '${key}' ${how}; ${by} it does not any more.`]),
    ...(sharedFrom === undefined
      ? []
      : [`Secret '${key}' was a copy of ${copySource(sharedFrom)}; ${by} it does not follow it any more.`]),
  ];
  // The same source with other words is what it was.
  const isSame = secret.spec[next] !== undefined;
  return [...(isSame ? [] : sentences), ...otherSourceOwners(secret).map((owner) => sentenceAbout(owner, named, next))];
}

/** What somebody should know before they remove what others apply; a sentence each. */
export function sentencesBeforeRemoving(secret: UserSecret, key: string): readonly string[] {
  return otherSourceOwners(secret)
    .filter(({ manager }) => !byHand.test(manager))
    .map(
      ({ manager }) =>
        `'${manager}' keeps the secret '${key}', as from git: it is made again when that is applied again. Remove it there too.`,
    );
}

function sentenceAbout({ manager, sources: owned }: SourceOwner, named: NamedSecret, next: SourceKind): string {
  const { key } = named;
  const fields = owned.map((source) => `spec.${source}`).join(' and ');
  const then = owned.every((source) => source === next)
    ? 'it reports a conflict or puts its own value back'
    : 'it is refused, since a secret has exactly one source';
  const word = secretWord(named);
  const print = next === 'sealed' ? `\`neuro secret seal ${word}\`` : `\`neuro secret manifest ${word}\``;
  const change = `${print} prints what belongs there (docs/gitops.md).`;
  return byHand.test(manager)
    ? `'${manager}' set ${fields} of the secret '${key}'. If that is in a file, change the file too, or when it is applied ${then}: ${change}`
    : `'${manager}' keeps ${fields} of the secret '${key}', as from git: when that is applied again, ${then}. Change it there: ${change}`;
}
