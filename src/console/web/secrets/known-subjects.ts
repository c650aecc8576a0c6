/** People, groups and namespaces whose names are known here, for a field that asks with whom to share. Pure. */
import {
  ANNOTATION_GROUPS,
  ANNOTATION_USER,
  parseGroups,
  type SecretGrant,
  type SecretGrantSubjectKind,
} from '../../../api/index.ts';
import { compareText } from '../language/local.ts';
import type { ClusterObject } from '../cluster/object.ts';

type KnownSubjects = Readonly<Record<SecretGrantSubjectKind, readonly string[]>>;

interface Sources {
  readonly grants: Iterable<SecretGrant>;
  /** Those that the user may list; empty for who may not. */
  readonly namespaces: readonly ClusterObject[];
  /** Of the user. */
  readonly groups: readonly string[];
  /** Who is asked: nobody shares with themselves. */
  readonly user: string;
}

export function knownSubjects({ grants, namespaces, groups, user }: Sources): KnownSubjects {
  const found = {
    User: new Set<string>(),
    Group: new Set<string>(),
    ServiceAccount: new Set<string>(),
    Namespace: new Set<string>(),
  };
  for (const { spec } of grants) found[spec.subject.kind].add(spec.subject.name);
  for (const { metadata } of namespaces) {
    found.Namespace.add(metadata.name);
    const { [ANNOTATION_USER]: person = '', [ANNOTATION_GROUPS]: named } = metadata.annotations ?? {};
    if (person !== '') found.User.add(person);
    for (const group of parseGroups(named)) found.Group.add(group);
  }
  // Every user is in those of the system; a grant to one of them is refused.
  for (const group of groups) if (!group.startsWith('system:')) found.Group.add(group);
  found.User.delete(user);
  const sorted = (names: ReadonlySet<string>): readonly string[] => [...names].sort(compareText);
  return {
    User: sorted(found.User),
    Group: sorted(found.Group),
    ServiceAccount: sorted(found.ServiceAccount),
    Namespace: sorted(found.Namespace),
  };
}
