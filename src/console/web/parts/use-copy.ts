/** To the clipboard, with a word about how it went. */
import { notifications } from '@mantine/notifications';
import { useEffect, useState } from 'react';
import { asClusterError } from '../cluster/errors.ts';
import { texts } from '../texts.ts';

const shownMs = 1_500;

export interface Copying {
  readonly copy: (text: () => string | Promise<string>) => Promise<void>;
  readonly isCopied: boolean;
}

export function useCopy(): Copying {
  const [isCopied, setIsCopied] = useState(false);
  useEffect(() => {
    if (!isCopied) return undefined;
    const timer = setTimeout(() => setIsCopied(false), shownMs);
    return () => clearTimeout(timer);
  }, [isCopied]);
  return {
    isCopied,
    copy: async (text) => {
      try {
        const copied = await text();
        if (!('clipboard' in navigator)) throw new Error(texts.copy.insecure);
        await navigator.clipboard.writeText(copied);
        setIsCopied(true);
        notifications.show({ message: texts.copy.done, color: 'pine' });
      } catch (error) {
        notifications.show({ title: texts.copy.failed, message: asClusterError(error).message, color: 'red' });
      }
    },
  };
}
