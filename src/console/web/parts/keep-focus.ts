/**
 * A button that works is disabled meanwhile, and a browser takes the focus from what is disabled.
 *
 * Promise: when it can be pressed again, it has the focus again, unless the focus has gone elsewhere by then.
 */
export function keepFocus(): void {
  let waiting: Element | undefined;
  new MutationObserver((changes) => {
    const { activeElement } = document;
    for (const { target } of changes) {
      if (!(target instanceof HTMLElement)) continue;
      // The focus is taken when the page is next drawn, which is later.
      if (target.matches(':disabled')) waiting = target === activeElement ? target : waiting;
      else if (target === waiting) {
        waiting = undefined;
        if (activeElement === null || activeElement === document.body) target.focus({ preventScroll: true });
      }
    }
  }).observe(document, { subtree: true, attributeFilter: ['disabled'] });
}
