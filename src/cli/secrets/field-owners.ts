/**
 * Who besides this command writes the source of a UserSecret, by what the API server keeps of each field (`managedFields`). What
 * stands in git is applied again, and then meets what the command wrote. Pure.
 */
import { FIELD_MANAGERS, madeBy, USER_SECRET_SOURCES, type SourceKind, type UserSecret } from '../../api/index.ts';
import { copySource } from '../../client/index.ts';

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

/** What somebody should know before a sealed value takes the place of what is there; a sentence each. */
export function sentencesBeforeReplacing(secret: UserSecret, key: string): readonly string[] {
  const { sharedFrom } = secret.spec;
  const how = sharedFrom === undefined ? madeBy(secret.spec) : undefined;
  return [
    ...(secret.spec.generate === undefined
      ? []
      : [`Secret '${key}' was generated; with a value of your own it is not rotated any more.`]),
    ...(how === undefined || secret.spec.generate !== undefined
      ? []
      : [`Secret '${key}' ${how}; with a value of your own it does not any more.`]),
    ...(sharedFrom === undefined
      ? []
      : [
          `Secret '${key}' was a copy of ${copySource(sharedFrom)}; with a value of your own it does not follow it any more.`,
        ]),
    ...otherSourceOwners(secret).map((owner) => sentenceAbout(owner, key)),
  ];
}

function sentenceAbout({ manager, sources: owned }: SourceOwner, key: string): string {
  const fields = owned.map((source) => `spec.${source}`).join(' and ');
  const then = owned.every((source) => source === 'sealed')
    ? 'when that is applied again, it reports a conflict or puts its own value back'
    : 'when that is applied again, it is refused, since a secret has exactly one source';
  return `'${manager}' keeps ${fields} of the secret '${key}', as from git: ${then}. Change it there: \`neuro secret seal ${key}\` prints what belongs there (docs/gitops.md).`;
}
