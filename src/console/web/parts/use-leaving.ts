/** What is done one by one by a form ends when the form goes from the page, and does not go on unseen. */
import { useEffect, useState } from 'react';

/** Gives a signal to whatever begins, which is aborted then. */
export function useLeaving(): () => AbortSignal {
  const [begun] = useState(() => new Set<AbortController>());
  useEffect(
    () => () => {
      for (const one of begun) one.abort();
    },
    [begun],
  );
  return () => {
    const one = new AbortController();
    begun.add(one);
    return one.signal;
  };
}
