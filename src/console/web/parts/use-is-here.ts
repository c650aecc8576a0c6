/**
 * Whether what asks is still on the page: a request that takes long can end when its form was closed, and must then neither close another one nor lead
 * anybody away.
 */
import { useEffect, useRef, type RefObject } from 'react';

export function useIsHere(): Readonly<RefObject<boolean>> {
  const isHere = useRef(true);
  useEffect(() => {
    isHere.current = true;
    return () => {
      isHere.current = false;
    };
  }, []);
  return isHere;
}

/** For `onSuccess` of a mutation: what is done with its answer on the page, as long as what asked for it is still there. */
export function useWhileHere<Answer extends readonly unknown[]>(
  act: (...answer: Answer) => void,
): (...answer: Answer) => void {
  const isHere = useIsHere();
  return (...answer) => {
    if (isHere.current) act(...answer);
  };
}
