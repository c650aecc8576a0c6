/** A save that goes on when its form is closed: the form shows why it failed, and without the form a message does. */
import { tellNotDone } from './toast.ts';
import { useIsHere } from './use-is-here.ts';

/** For `onError` of its mutation. */
export function useLateFailure(title: () => string): (error: Error) => void {
  const isHere = useIsHere();
  return (error) => {
    if (!isHere.current) tellNotDone(title, error);
  };
}
