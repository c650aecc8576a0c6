/**
 * One tooltip for the whole page: it shows the `data-tip` of what the pointer or the focus is on, inside of dialogs too, in the language that
 * `data-tip-lang` names. A tooltip for each button of each row would cost more than the rows themselves.
 */
import { Tooltip } from '@mantine/core';
import { useEffect, useRef, useState, type ReactElement, type ReactNode, type SyntheticEvent } from 'react';

const delayMs = 300;
const widest = 420;

export function SharedTooltip({ children }: { readonly children: ReactNode }): ReactElement {
  const [target, setTarget] = useState<HTMLElement | null>(null);
  const [shown, setShown] = useState<HTMLElement | null>(null);
  useEffect(() => {
    const timer = setTimeout(() => setShown(target), target === null ? 0 : delayMs);
    return () => clearTimeout(timer);
  }, [target]);
  /** What was pressed: what it opens must not be covered, however the pointer moves on it. */
  const pressed = useRef<HTMLElement>(null);
  useEffect(() => {
    if (shown === null) return undefined;
    // Wherever the focus is.
    const hide = ({ key }: KeyboardEvent): void => (key === 'Escape' ? setTarget(null) : undefined);
    document.addEventListener('keydown', hide);
    return () => document.removeEventListener('keydown', hide);
  }, [shown]);
  const look = ({ target: at }: SyntheticEvent): void => {
    const next = at instanceof Element ? at.closest<HTMLElement>('[data-tip]') : null;
    if (next !== pressed.current) pressed.current = null;
    setTarget(pressed.current === null ? next : null);
  };
  const leave = (): void => setTarget(null);
  const press = ({ target: at }: SyntheticEvent): void => {
    pressed.current = at instanceof Element ? at.closest<HTMLElement>('[data-tip]') : null;
    leave();
  };
  const label = shown?.isConnected === true && shown === target ? shown.dataset['tip'] : undefined;
  return (
    <div
      style={{ display: 'contents' }}
      onMouseOver={look}
      onMouseLeave={leave}
      // After a click the focus is no question.
      onFocus={(event) => (event.target.matches(':focus-visible') ? look(event) : undefined)}
      onBlur={leave}
      onClick={press}
    >
      {children}
      {label !== undefined && (
        <Tooltip
          key={label}
          target={shown}
          label={<span lang={shown?.dataset['tipLang']}>{label}</span>}
          opened
          multiline
          maw={widest}
        />
      )}
    </div>
  );
}
