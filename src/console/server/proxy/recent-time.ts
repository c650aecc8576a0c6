/** How much time was used of late: what was used a minute ago counts half. In milliseconds, by the steady clock. */
const halfLifeMs = 60_000;

export class RecentTime {
  #ms = 0;
  #at = 0;

  add(ms: number, now: number): void {
    this.#ms = this.until(now) + ms;
    this.#at = now;
  }

  until(now: number): number {
    return this.#ms * 0.5 ** ((now - this.#at) / halfLifeMs);
  }
}
