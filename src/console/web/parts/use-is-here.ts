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
