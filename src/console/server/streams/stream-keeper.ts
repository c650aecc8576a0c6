/** Keeps what stays open in step with the right to it: ends with the session, with the right, and with this process. */
import type { ForwardedTarget } from '../proxy/forwarded-target.ts';
import type { EndStream, OpenStreams } from '../sessions/open-streams.ts';
import type { UserSession } from '../sessions/authenticator.ts';
import type { AccessWatch } from './access-watch.ts';

export interface StreamKeeper {
  /**
   * Throws where there are too many streams. `end` is called at most once, `confirmed` each time the right was found to be there. What it
   * returns lets go of the stream.
   */
  keep(session: UserSession, target: ForwardedTarget, end: EndStream, confirmed?: () => void): () => void;
}

export function streamKeeper(streams: OpenStreams, access: AccessWatch): StreamKeeper {
  return {
    keep: (session, target, end, confirmed = () => undefined) => {
      let isOpen = true;
      const release = (): void => {
        isOpen = false;
        removeStream();
        stopWatching();
      };
      const endOnce: EndStream = (reason) => {
        if (!isOpen) return;
        release();
        end(reason);
      };
      const removeStream = streams.add(session, endOnce);
      const stopWatching = access.add(session, target.context, target.attributes, { end: endOnce, confirmed });
      return release;
    },
  };
}
