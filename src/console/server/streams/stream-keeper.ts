/** Keeps what stays open in step with the right to it: ends with the session, with the right, and with this process. */
import type { Duplex } from 'node:stream';
import type { OpenConnections } from '../open-connections.ts';
import type { ForwardedTarget } from '../proxy/forwarded-target.ts';
import type { EndStream, OpenStreams } from '../sessions/open-streams.ts';
import type { UserSession } from '../sessions/authenticator.ts';
import type { AccessWatch } from './access-watch.ts';

export interface StreamKeeper {
  /** Throws where there are too many streams. `end` is called at most once. What it returns lets go of the stream. */
  keep(session: UserSession, target: ForwardedTarget, end: EndStream, options?: KeepOptions): () => void;
}

interface KeepOptions {
  /** Is called each time the right was found to be there. */
  readonly confirmed?: () => void;
  /** The browser's, where there is no response that holds it. */
  readonly connection?: Duplex;
}

export function streamKeeper(streams: OpenStreams, access: AccessWatch, connections: OpenConnections): StreamKeeper {
  return {
    keep: (session, target, end, { confirmed = () => undefined, connection } = {}) => {
      let isOpen = true;
      const release = (): void => {
        isOpen = false;
        removeStream();
        letGo?.();
        stopWatching();
      };
      const endOnce: EndStream = (reason) => {
        if (!isOpen) return;
        release();
        end(reason);
      };
      const removeStream = streams.add(session, endOnce);
      const letGo = connection && connections.hold(connection, session.user);
      const stopWatching = access.add(session, target.context, target.attributes, { end: endOnce, confirmed });
      return release;
    },
  };
}
