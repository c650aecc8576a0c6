/** To the clipboard, with a word about how it went. */
import { useEffect, useState } from 'react';
import { tellDone, tellNote, tellNotDone } from './toast.ts';
import { texts } from '../texts.ts';

const shownMs = 1_500;
/** Long enough to read a sentence or two. */
const noteMs = 15_000;

/** What is copied, and what people have to know about it. */
export interface CopyText {
  readonly text: string;
  readonly note?: string;
}

interface Copying {
  readonly copy: (text: () => string | CopyText | Promise<string>) => Promise<void>;
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
        const made = await text();
        const copied: CopyText = typeof made === 'string' ? { text: made } : made;
        if (!('clipboard' in navigator)) throw new Error(texts.copy.insecure);
        await navigator.clipboard.writeText(copied.text);
        setIsCopied(true);
        if (copied.note === undefined) tellDone(() => texts.copy.done);
        else tellNote(() => texts.copy.done, copied.note, noteMs);
      } catch (error) {
        tellNotDone(() => texts.copy.failed, error);
      }
    },
  };
}
