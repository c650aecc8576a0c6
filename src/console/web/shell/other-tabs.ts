/**
 * Tabs of one browser share its session, and only one of them sees that somebody has logged in. That one tells the others.
 *
 * Promise: a tab calls `onOther` when another tab reports a different session, and does nothing when both have the same one. Tabs exchange only a hash
 * of the session's random word: no name, and nothing that anybody could use.
 */
const channelName = 'neuro-session';

export interface OtherTabs {
  /** This tab has this session now. Rejects where the browser has no `crypto.subtle`. */
  tell(csrf: string): Promise<void>;
  close(): void;
}

export function otherTabs(onOther: () => void): OtherTabs {
  const channel = new BroadcastChannel(channelName);
  let mine: string | undefined;
  channel.addEventListener('message', ({ data }: MessageEvent<unknown>) => {
    if (data !== mine) onOther();
  });
  let isOpen = true;
  return {
    tell: async (csrf) => {
      const hash = await hashOf(csrf);
      // Told once: tabs that read their session again would wake each other.
      if (!isOpen || hash === mine) return;
      mine = hash;
      channel.postMessage(hash);
    },
    close: () => {
      isOpen = false;
      channel.close();
    },
  };
}

async function hashOf(text: string): Promise<string> {
  const bytes = new Uint8Array(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text)));
  return Array.from(bytes.subarray(0, 16), (byte) => byte.toString(16).padStart(2, '0')).join('');
}
