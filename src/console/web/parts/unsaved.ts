/**
 * Asks before something that was typed is left: by Back, by a link, by a reload, by closing the tab.
 *
 * Promise: while `isChanged`, nothing that `isAway` calls away from here happens before the caller has answered. The browser itself asks before a
 * reload and before the tab closes.
 */
import { useBlocker, type ShouldBlockFn } from '@tanstack/react-router';

interface Leaving {
  /** Goes there. */
  readonly leave: () => void;
  readonly stay: () => void;
}

/** Returns undefined while nobody tries to leave. Pass the same `isAway` function on each render; a new one registers the blocker again. */
export function useUnsaved(isChanged: boolean, isAway: ShouldBlockFn): Leaving | undefined {
  const blocker = useBlocker({
    shouldBlockFn: isAway,
    disabled: !isChanged,
    enableBeforeUnload: true,
    withResolver: true,
  });
  return blocker.status === 'blocked' ? { leave: blocker.proceed, stay: blocker.reset } : undefined;
}

/** Another place: by the history, or by the click on a notification. Pages themselves only replace the address, or go on when all is saved. */
export const isElsewhere: ShouldBlockFn = ({ action }) => action !== 'REPLACE';

/** While the save is under way: only the browser asks. */
export const never: ShouldBlockFn = () => false;
