/** What wakes UserSecrets of one namespace that want the same key or the same native Secret: only the oldest of them can have it. */
import { keyOf, type Store } from '../../kernel/index.ts';
import { isThere } from '../meta-view.ts';
import { byClaim, calledAs, nativeKeyOf, type UserSecretView } from '../user-secret-view.ts';
import type { Enqueue, GatherLook } from '../wake.ts';

/** Changes within this time lead to one look at all rivals. */
const rivalsDelayMs = 1_000;

export function connectRivals(store: Store<UserSecretView>, gathered: GatherLook, enqueue: Enqueue): void {
  const wakeRivals = (index: 'called' | 'secretName', value: string, changed: UserSecretView): void => {
    const [first, second] = store.firstByIndex(index, value, 2);
    // A younger one takes nothing from the others, and gives them nothing when it goes.
    if (first !== undefined && isThere(first) && byClaim(first, changed) < 0) return;
    for (const each of [first, second]) if (each !== undefined) enqueue(keyOf(each.metadata));
    if (second === undefined) return;
    // The status of every rival names the one that has it. One look at all of them serves many that come and go.
    gathered(`${index} ${value}`, rivalsDelayMs, () => {
      for (const key of store.keysByIndex(index, value)) enqueue(key, { lane: 'background' });
    });
  };
  store.onChange(({ before, after }) => {
    if (isSameRival(before, after)) return;
    // A UserSecret that goes frees its key and the name of its Secret. A new one may be the older, where two were created in the same second.
    for (const changed of [before, after]) {
      if (changed === undefined) continue;
      wakeRivals('called', `${changed.metadata.namespace}/${calledAs(changed)}`, changed);
      wakeRivals('secretName', nativeKeyOf(changed), changed);
    }
  });
}

/** Nothing that rivals depend on changed. */
function isSameRival(before: UserSecretView | undefined, after: UserSecretView | undefined): boolean {
  return (
    isThere(before) && isThere(after) && before?.metadata.uid === after?.metadata.uid && before?.type === after?.type
  );
}
