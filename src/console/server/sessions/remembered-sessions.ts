/** The newest state of sessions whose tokens were renewed: a bounded number of each user's, and of all. */
import { EntriesByUser } from '../entries-by-user.ts';
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
  readonly #byId = new EntriesByUser<Remembered>({ maxOfUser, max: maxInAll });

  get(id: string): Remembered | undefined {
    return this.#byId.get(id);
  }

  set(remembered: Remembered): void {
    const { id, user } = remembered.data;
    this.#byId.set(user, id, remembered);
  }

  delete(id: string): void {
    this.#byId.delete(id);
  }
}
