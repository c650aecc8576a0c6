/**
 * Whose page it is. Another user can log in without a reload, and a request of the former one may still be under way then.
 *
 * Promise: what `whileMine` has begun for a user ends only for that user. For the next one it never ends, so nothing comes of it: no message, no way to
 * another page, nothing in a cache.
 */
let owner: string | undefined;

export function setOwner(next: string): void {
  owner = next;
}

/** Whether the page is still of the user of now. */
export function ownership(): () => boolean {
  const began = owner;
  return () => owner === began;
}

export function whileMine<T>(isMine: () => boolean, work: () => Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    if (!isMine()) return;
    work().then(
      (value) => (isMine() ? resolve(value) : undefined),
      (error: unknown) => (isMine() ? reject(error as Error) : undefined),
    );
  });
}
