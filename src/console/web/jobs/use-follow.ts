/**
 * Keeps the end of a growing list in sight until someone moves away from it.
 *
 * Promise: only a person's wheel, finger, key or scroll bar ends following; that lines are drawn, measured or added never does. It begins again at
 * the end of the list.
 */
import { useLayoutEffect, useRef, useState, type RefObject } from 'react';

/** As near to the end as counts as the end. */
const endPixels = 24;
const upKeys = new Set(['ArrowUp', 'PageUp', 'Home']);
const downKeys = new Set(['ArrowDown', 'PageDown', 'End', ' ']);

export interface Following {
  readonly isFollowing: boolean;
  /** Lines that have come since following ended. */
  readonly newCount: number;
  readonly follow: () => void;
  readonly pause: () => void;
  /** For the element that scrolls. */
  readonly handlers: {
    readonly onScroll: () => void;
    readonly onWheel: (event: { readonly deltaY: number }) => void;
    readonly onTouchMove: () => void;
    readonly onKeyDown: (event: { readonly key: string }) => void;
    readonly onPointerDown: (event: { readonly target: EventTarget; readonly currentTarget: EventTarget }) => void;
  };
}

/** `count`: of all lines so far. */
export function useFollow(scroller: RefObject<HTMLElement | null>, count: number): Following {
  /** How many lines there were when following ended; undefined while it follows. */
  const [pausedAt, setPausedAt] = useState<number>();
  const isFollowing = pausedAt === undefined;
  /** Which way the person moved last; a finger or the scroll bar may go either way. */
  const direction = useRef<'up' | 'down' | 'either'>('either');
  const lastTop = useRef(0);
  // After every drawing: the list is longer, or a line has turned out to be higher.
  useLayoutEffect(() => {
    const element = scroller.current;
    if (isFollowing) element?.scrollTo({ top: element.scrollHeight, behavior: 'instant' });
  });
  const pause = (): void => setPausedAt((at) => at ?? count);
  const pauseIfLong = (): void => {
    const element = scroller.current;
    if (element !== null && element.scrollHeight > element.clientHeight) pause();
  };
  return {
    isFollowing,
    newCount: pausedAt === undefined ? 0 : Math.max(0, count - pausedAt),
    follow: () => setPausedAt(undefined),
    pause,
    handlers: {
      onScroll: () => {
        const element = scroller.current;
        if (element === null) return;
        const { scrollTop, scrollHeight, clientHeight } = element;
        const isDown = scrollTop >= lastTop.current;
        lastTop.current = scrollTop;
        const wantsEnd = direction.current === 'down' || (direction.current === 'either' && isDown);
        if (!isFollowing && wantsEnd && scrollHeight - scrollTop - clientHeight < endPixels) setPausedAt(undefined);
      },
      onWheel: ({ deltaY }) => {
        direction.current = deltaY < 0 ? 'up' : 'down';
        if (deltaY < 0) pauseIfLong();
      },
      onTouchMove: () => {
        direction.current = 'either';
        pauseIfLong();
      },
      onKeyDown: ({ key }) => {
        if (downKeys.has(key)) direction.current = 'down';
        // Lines that were not drawn yet may be higher than thought, so the end of now is not the end.
        if (key === 'End') setPausedAt(undefined);
        if (!upKeys.has(key)) return;
        direction.current = 'up';
        pauseIfLong();
      },
      // On the scroll bar, which belongs to the element itself.
      onPointerDown: ({ target, currentTarget }) => {
        if (target !== currentTarget) return;
        direction.current = 'either';
        pauseIfLong();
      },
    },
  };
}
