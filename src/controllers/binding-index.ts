/** RoleBindings of grants by whom they name. Pure. */
import type { ObjectKey } from '../kernel/index.ts';
import { isPersonRoleName } from './grant-names.ts';
import { rbacName } from './rbac-name.ts';
import type { RoleBindingView } from './rbac-views.ts';
import { mayName, subjectDigest } from './subject-digests.ts';
import type { Identity } from './subjects.ts';

/** Stands in these indexes for a binding whose subjects are not all known. */
export const anybody = '*';

export const bindingIndexes = {
  /** Every binding, by each of its subjects. */
  subject: subjectIndexValues,
  /** Bindings that give more than the use of a secret, by each of their subjects. */
  person: personIndexValues,
};

interface Bindings {
  get(key: ObjectKey): RoleBindingView | undefined;
  keysByIndex(index: 'subject', value: string): Iterable<ObjectKey>;
}

/** The bindings of a namespace that name this identity, or may name it. The number of other bindings does not matter. */
export function bindingsFor(bindings: Bindings, identity: Identity, namespace: string): readonly RoleBindingView[] {
  return bindingsNaming(bindings, rbacNamesOf(identity), namespace);
}

/** The same by the names of subjects, as `rbacName` has them. */
export function bindingsNaming(
  bindings: Bindings,
  names: readonly string[],
  namespace: string,
): readonly RoleBindingView[] {
  const digests = names.map(subjectDigest);
  const keys = new Set(
    [...names, anybody].flatMap((name) => [...bindings.keysByIndex('subject', `${namespace}/${name}`)]),
  );
  return [...keys].flatMap((key) => bindings.get(key) ?? []).filter((binding) => mayNameOneOf(binding, digests));
}

/** Whether a binding with one of these keys names a subject of these digests, as far as is known. */
export function mayNameOneOf(
  { subjectDigests: known }: Pick<RoleBindingView, 'subjectDigests'>,
  digests: readonly number[],
): boolean {
  return known === undefined || digests.some((digest) => mayName(known, digest));
}

/** All names by which a RoleBinding can mean this identity. */
function rbacNamesOf({ user, groups, namespace = '' }: Identity): readonly string[] {
  const account = `system:serviceaccount:${namespace}:`;
  return [
    ...groups.map((name) => rbacName({ kind: 'Group', name })),
    rbacName({ kind: 'User', name: user }),
    ...(user.startsWith(account)
      ? [rbacName({ kind: 'ServiceAccount', namespace, name: user.slice(account.length) })]
      : []),
  ];
}

/** The subjects of a grant's second binding, which gives more than `use`; none for all other bindings. */
function personIndexValues({ metadata, subjects = [], hasTooManySubjects }: RoleBindingView): readonly string[] {
  return isPersonRoleName(metadata.name) ? subjectIndexValues({ metadata, subjects, hasTooManySubjects }) : [];
}

function subjectIndexValues({
  metadata,
  subjects = [],
  hasTooManySubjects,
}: Pick<RoleBindingView, 'metadata' | 'subjects' | 'hasTooManySubjects'>): readonly string[] {
  const names = hasTooManySubjects
    ? [anybody]
    : subjects.map(({ kind, name, namespace }) => rbacName({ kind, name, namespace }));
  return names.map((name) => `${metadata.namespace}/${name}`);
}
