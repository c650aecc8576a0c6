/**
 * With whom each secret is shared, counted as grants come and go. A reconcile asks for one secret, so that no reconcile looks at all
 * grants of a namespace: that would be grants times secrets, of both of which anybody can make many.
 */
import { formatSubject, type UserSecretStatus } from '../../api/index.ts';
import type { Store } from '../../kernel/index.ts';
import type { SecretGrantView } from '../views.ts';

/** Subjects that a status names; the count says how many there are in all. */
const listedSubjects = 5;

export type SharedWith = NonNullable<UserSecretStatus['sharedWith']>;
/** `secret` undefined: every secret of the namespace. */
type SharingListener = (namespace: string, secret: string | undefined) => void;

export class Sharing {
  /** The subjects with grants, by namespace and secret; without a secret, those with grants over all secrets. No entry is empty. */
  readonly #subjects = new Map<string, Subjects>();
  readonly #listeners: SharingListener[] = [];

  constructor(grants: Pick<Store<SecretGrantView>, 'onChange'>) {
    grants.onChange(({ before, after }) => {
      const [former, present] = [shareOf(before), shareOf(after)];
      if (former?.target === present?.target && former?.subject === present?.subject) return;
      for (const [share, difference] of [
        [former, -1],
        [present, 1],
      ] as const) {
        if (share === undefined) continue;
        this.#count(share.target, share.subject, difference);
        for (const listener of this.#listeners) listener(share.namespace, share.secret);
      }
    });
  }

  /** Called when the subjects of active grants over a secret, or over all of a namespace, change. */
  onChange(listener: SharingListener): void {
    this.#listeners.push(listener);
  }

  of(namespace: string, secret: string): SharedWith {
    const [all, one] = [
      this.#subjects.get(targetOf(namespace, undefined)),
      this.#subjects.get(targetOf(namespace, secret)),
    ];
    let count = all?.size ?? 0;
    for (const subject of one?.all() ?? []) if (all?.has(subject) !== true) count += 1;
    const first = [...new Set([...(all?.first() ?? []), ...(one?.first() ?? [])])].sort().slice(0, listedSubjects);
    return { count, ...(first.length === 0 ? {} : { subjects: first }) };
  }

  #count(target: string, subject: string, difference: 1 | -1): void {
    let subjects = this.#subjects.get(target);
    if (subjects === undefined) this.#subjects.set(target, (subjects = new Subjects()));
    subjects.count(subject, difference);
    if (subjects.size === 0) this.#subjects.delete(target);
  }
}

/** Who has active grants over one thing, and how many each. */
class Subjects {
  readonly #counts = new Map<string, number>();
  /** Undefined: to be found again. */
  #first: readonly string[] | undefined;

  get size(): number {
    return this.#counts.size;
  }

  has(subject: string): boolean {
    return this.#counts.has(subject);
  }

  all(): Iterable<string> {
    return this.#counts.keys();
  }

  count(subject: string, difference: 1 | -1): void {
    const count = (this.#counts.get(subject) ?? 0) + difference;
    if (count > 0) this.#counts.set(subject, count);
    else this.#counts.delete(subject);
    this.#first = undefined;
  }

  /** The first in order, as many as a status names. */
  first(): readonly string[] {
    this.#first ??= [...this.#counts.keys()].sort().slice(0, listedSubjects);
    return this.#first;
  }
}

interface Share {
  readonly namespace: string;
  readonly secret: string | undefined;
  readonly target: string;
  readonly subject: string;
}

/** Undefined for a grant that gives nothing. */
function shareOf(grant: SecretGrantView | undefined): Share | undefined {
  if (grant?.status.phase !== 'Active') return undefined;
  const { namespace } = grant.metadata;
  const { secret, subject } = grant.spec;
  return { namespace, secret, target: targetOf(namespace, secret), subject: formatSubject(subject) };
}

function targetOf(namespace: string, secret: string | undefined): string {
  return secret === undefined ? namespace : `${namespace}/${secret}`;
}
