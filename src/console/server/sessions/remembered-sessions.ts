/** The newest state of sessions whose tokens were renewed: a bounded number of them, and of each user's. The oldest go first. */
import type { SessionData } from './session-cookie.ts';

/** More than a person has browsers. */
const maxOfUser = 20;
/** Tokens of some 3 KiB each: 12 MiB. A session that is forgotten renews its token once more. */
const maxInAll = 4_000;

interface Remembered {
  readonly data: SessionData;
  /** When the last renewal failed, by the steady clock. */
  readonly failedAt?: number;
}

export class RememberedSessions {
  /** In the order of their last change. */
  readonly #byId = new Map<string, Remembered>();
  readonly #idsByUser = new Map<string, Set<string>>();

  get(id: string): Remembered | undefined {
    return this.#byId.get(id);
  }

  set(remembered: Remembered): void {
    const { id, user } = remembered.data;
    this.delete(id);
    const [oldestOfUser] = this.#idsByUser.get(user) ?? [];
    if ((this.#idsByUser.get(user)?.size ?? 0) >= maxOfUser && oldestOfUser !== undefined) this.delete(oldestOfUser);
    const [oldest] = this.#byId.keys();
    if (this.#byId.size >= maxInAll && oldest !== undefined) this.delete(oldest);
    this.#byId.set(id, remembered);
    this.#idsByUser.set(user, (this.#idsByUser.get(user) ?? new Set()).add(id));
  }

  delete(id: string): void {
    const user = this.#byId.get(id)?.data.user;
    if (user === undefined) return;
    this.#byId.delete(id);
    const ids = this.#idsByUser.get(user);
    ids?.delete(id);
    if (ids?.size === 0) this.#idsByUser.delete(user);
  }
}
