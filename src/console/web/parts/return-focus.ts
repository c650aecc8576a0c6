/**
 * Gives the focus back to where it was when something that took it goes: a dialog, a form, a question in a row.
 *
 * Promise: the focus goes to the element that opened it; where that has been drawn again meanwhile, to the one of the same name; where there is none,
 * to the page. A place to which the focus has gone on purpose keeps it.
 */
import { useEffect, useState, type RefObject } from 'react';

interface Opener {
  readonly element: HTMLElement;
  readonly label: string | undefined;
  /** Where the dialog was opened in which the element is: it may go with that. */
  readonly outer: Opener | undefined;
}

/** Of what was opened last. */
let lastOpener: Opener | undefined;

/** `fallback`: where to go when nothing had the focus, as after a key of the whole page. */
export function useReturnFocus(fallback?: RefObject<HTMLElement | null>): void {
  const [opener] = useState(openerNow);
  useEffect(() => {
    lastOpener = opener;
    return () => {
      // After everything that goes with it has gone, and what was disabled meanwhile can take the focus again.
      setTimeout(() => {
        const { activeElement } = document;
        const isTaken = activeElement !== null && activeElement !== document.body && activeElement.isConnected;
        // eslint-disable-next-line react-hooks/exhaustive-deps -- the element of then, not of when the form opened
        if (!isTaken) focusOf(opener, fallback?.current)?.focus();
      }, 0);
    };
  }, [opener, fallback]);
}

function openerNow(): Opener | undefined {
  const { activeElement } = document;
  if (!(activeElement instanceof HTMLElement) || activeElement === document.body) return undefined;
  const menu = activeElement.closest('[role=menu]');
  // An item of a menu goes with the menu; its button stays.
  const button = menu === null ? undefined : document.getElementById(menu.getAttribute('aria-labelledby') ?? '');
  const element = button ?? activeElement;
  const outer = activeElement.closest('[role=dialog]') === null ? undefined : lastOpener;
  return { element, label: element.getAttribute('aria-label') ?? undefined, outer };
}

function focusOf(opener: Opener | undefined, fallback: HTMLElement | null | undefined): HTMLElement | null {
  if (opener === undefined) return fallback ?? document.getElementById('main');
  const { element, label, outer } = opener;
  if (element.isConnected) return element;
  const same = label === undefined ? null : document.querySelector<HTMLElement>(`[aria-label="${CSS.escape(label)}"]`);
  return same ?? focusOf(outer, fallback);
}
