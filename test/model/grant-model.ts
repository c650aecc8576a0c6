/**
 * Who may do what with which secret, as the documentation says it: small enough to be seen to be right. Everything is worked out again from
 * what people wrote and the time; nothing is remembered.
 */
import type { SecretGrantSpec, UserSecretSpec } from '../../src/api/index.ts';

export type Subject = SecretGrantSpec['subject'];
type Access = 'read' | 'copy' | 'write' | 'manage';

export const users = ['alice', 'bob', 'carol', 'dave'] as const;
export type User = (typeof users)[number];
export const team = 'team';
/** Whose tokens and homes name the group. */
export const teamOf: Readonly<Record<User, readonly string[]>> = { alice: [], bob: [], carol: [team], dave: [team] };
export const secretNames = ['db', 'key'] as const;
export type SecretName = (typeof secretNames)[number];
/** All that a grant may ever give, and what it may not. */
export const verbs = ['use', 'copy', 'get', 'update', 'patch', 'delete', 'share', 'list', 'create'] as const;
export type Verb = (typeof verbs)[number];

export interface Grant {
  readonly id: string;
  readonly owner: User;
  /** Undefined: all secrets of the owner. */
  readonly secret: SecretName | undefined;
  readonly subject: Subject;
  readonly access: Access;
  /** Undefined: the owner's. */
  readonly grantedBy: Subject | undefined;
  /** Epoch milliseconds. */
  readonly expiresAt: number | undefined;
}

export interface Job {
  readonly id: string;
  readonly user: User;
  readonly owner: User;
  readonly secret: SecretName;
  hasStarted: boolean;
}

/** A value as it is, or one that is composed of the value of another secret of the same home. */
export type Source = { readonly value: string } | { readonly partOf: SecretName };

const composed = (part: string): string => `pre:${part}:post`;

export function specOf(source: Source): UserSecretSpec {
  if ('value' in source) return source;
  return { template: { text: composed('$(part)'), parts: [{ name: 'part', secret: source.partOf }] } };
}

/** A copy that somebody keeps at home. */
export interface Copy {
  readonly user: User;
  readonly owner: User;
  readonly secret: SecretName;
}

export interface GrantModel {
  /** By `owner/name`. */
  readonly secrets: Map<string, Source>;
  readonly grants: Map<string, Grant>;
  readonly jobs: Map<string, Job>;
  readonly copies: Map<string, Copy>;
  isOperatorUp: boolean;
  count: number;
}

export const newModel = (): GrantModel => ({
  secrets: new Map(),
  grants: new Map(),
  jobs: new Map(),
  copies: new Map(),
  isOperatorUp: true,
  count: 0,
});

/** Grants in force: not over, about a secret that is there, and on a right that goes back to the owner. */
export function inForce({ grants, secrets }: GrantModel, now: number): ReadonlySet<Grant> {
  const live = [...grants.values()].filter(({ expiresAt }) => expiresAt === undefined || expiresAt > now);
  const rooted = new Set<Grant>();
  for (let before = -1; before < rooted.size;) {
    before = rooted.size;
    for (const grant of live) if (grant.grantedBy === undefined || carried(grant, rooted)) rooted.add(grant);
  }
  return new Set([...rooted].filter(({ owner, secret }) => secret === undefined || secrets.has(`${owner}/${secret}`)));
}

/** Nobody passes on a right that they do not have: to share, and for a copy the right to copy as well. */
function carried({ owner, secret, grantedBy, access }: Grant, rooted: ReadonlySet<Grant>): boolean {
  const holds = (needed: Access): boolean =>
    [...rooted].some(
      (other) =>
        other.owner === owner &&
        other.access === needed &&
        same(other.subject, grantedBy) &&
        (other.secret === undefined || other.secret === secret),
    );
  return holds('manage') && (access !== 'copy' || holds('copy'));
}

export function same(one: Subject, other: Subject | undefined): boolean {
  return one.kind === other?.kind && one.name === other.name;
}

/** As a person: with kubectl, `neuro` or the console. */
export function personMay(
  model: GrantModel,
  now: number,
  user: User,
  verb: Verb,
  owner: User,
  secret: SecretName,
): boolean {
  if (user === owner) return true;
  const levels: Readonly<Record<Access, readonly Verb[]>> = {
    read: ['use'],
    copy: ['use', 'copy'],
    write: ['use', 'get', 'update', 'patch', 'delete'],
    manage: ['use', 'get', 'update', 'patch', 'delete', 'share'],
  };
  return [...inForce(model, now)].some(
    (grant) =>
      grant.owner === owner &&
      (grant.secret === undefined || grant.secret === secret) &&
      isPerson(grant.subject, user) &&
      levels[grant.access].includes(verb),
  );
}

/** As a service account of a home. */
export function homeMay(
  model: GrantModel,
  now: number,
  user: User,
  verb: Verb,
  owner: User,
  secret: SecretName,
): boolean {
  if (verb !== 'use' && verb !== 'copy') return false;
  return [...inForce(model, now)].some(
    (grant) =>
      grant.owner === owner &&
      (verb === 'use' || grant.access === 'copy') &&
      (grant.secret === undefined || grant.secret === secret) &&
      (isPerson(grant.subject, user) || (grant.subject.kind === 'Namespace' && grant.subject.name === user)),
  );
}

/** The value that a secret has; a template has none while its part has none. */
export function valueOf({ secrets }: Pick<GrantModel, 'secrets'>, owner: User, name: SecretName): string | undefined {
  const source = secrets.get(`${owner}/${name}`);
  if (source === undefined || 'value' in source) return source?.value;
  const part = secrets.get(`${owner}/${source.partOf}`);
  return part !== undefined && 'value' in part ? composed(part.value) : undefined;
}

/** A copy is there, with the value of its source, exactly as long as there is one and its namespace may keep it. */
export function copyMay(model: GrantModel, now: number, { user, owner, secret }: Copy): boolean {
  return valueOf(model, owner, secret) !== undefined && homeMay(model, now, user, 'copy', owner, secret);
}

/** A job may use what is there and its namespace's own, or is granted. */
export function jobMay(model: GrantModel, now: number, { user, owner, secret }: Job): boolean {
  if (valueOf(model, owner, secret) === undefined) return false;
  return user === owner || homeMay(model, now, user, 'use', owner, secret);
}

function isPerson({ kind, name }: Subject, user: User): boolean {
  return (kind === 'User' && name === user) || (kind === 'Group' && teamOf[user].includes(name));
}
