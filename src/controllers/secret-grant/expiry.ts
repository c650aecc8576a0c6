/**
 * Wakes a grant at the moment when it ends, whatever became of its reconciles before: access that is over must not wait for the
 * growing delays of a queue that failed at something else.
 */
import type { Clock, ObjectKey, Store } from '../../kernel/index.ts';
import type { SecretGrantView } from '../views.ts';

/** One timer a grant that has an expiry still to come, set anew with every change of the grant. */
export function wakeAtExpiry(store: Store<SecretGrantView>, enqueue: (key: ObjectKey) => void, clock: Clock): void {
  const timers = new Map<ObjectKey, () => void>();
  const set = (key: ObjectKey, expiresMs: number): void => {
    const cancel = clock.schedule(() => {
      timers.delete(key);
      // A clock counts no further than some weeks at once.
      if (expiresMs > clock.now()) set(key, expiresMs);
      else enqueue(key);
    }, expiresMs - clock.now());
    timers.set(key, cancel);
  };
  store.onChange(({ key, after }) => {
    timers.get(key)?.();
    timers.delete(key);
    const expiresMs = after?.spec.expiresAt === undefined ? Number.NaN : new Date(after.spec.expiresAt).getTime();
    if (expiresMs > clock.now()) set(key, expiresMs);
  });
}
