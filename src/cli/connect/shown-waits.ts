/** An API server that takes its time, or a program that fetches credentials: what a terminal shows meanwhile. */
import type { Access, Requester } from '../../kernel/index.ts';
import type { Io } from '../io.ts';
import { holdLine } from '../output/live-line.ts';
import { withProgress } from '../output/progress.ts';
import type { Speaker } from '../output/say.ts';

/**
 * After a second without a response, shows on the terminal that the API server is awaited. Does nothing for streams, which may be silent for
 * long, and where the output goes into a pipe, because its reader may print on the same terminal.
 */
export function showingWaits(speaker: Speaker, requester: Requester): Requester {
  const waiting = { what: 'Waiting for the API server', isFallback: true };
  return {
    request: (request) =>
      speaker.io.isOutputPipe?.() === true
        ? requester.request(request)
        : withProgress(speaker, waiting, () => requester.request(request)),
    stream: (request) => requester.stream(request),
  };
}

/** A program that logs in may ask on the terminal, so no line is drawn over its question. */
export function holdingForLogin(io: Io, access: Access): Access {
  return {
    ...access,
    credentials: async (options) => {
      let release: (() => void) | undefined;
      // Credentials that are known already come before this.
      const hold = setImmediate(() => (release = holdLine(io)));
      try {
        return await access.credentials(options);
      } finally {
        clearImmediate(hold);
        release?.();
      }
    },
  };
}
