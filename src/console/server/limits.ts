/** How much of this process one user may take, and how much there is, by the memory that it has. Pure. See docs/limits.md. */

const MiB = 1024 * 1024;

/** The memory of the process without an open stream. Measured: 87 MiB, and 113 with 200 sessions (docs/performance.md). */
const atRestBytes = 120 * MiB;
/** One open stream: two sockets with TLS and their buffers. Measured: 257 KiB. */
const streamBytes = 270 * 1024;
/** The share of the container's memory limit that streams may use. The rest is for requests, and for data that waits in streams. */
const shareOfStreams = 0.75;
/** How many streams there may be where the machine sets no limit. */
const streamsWithoutLimit = 10_000;
const fewestStreams = 50;
/** The most streams of one user: several tabs with ten each, and never more than a tenth of all. */
const mostStreamsOfUser = 100;

export interface Limits {
  readonly maxStreams: number;
  readonly maxStreamsOfUser: number;
  /** Bytes that may wait for browsers to read them: of all streams together, and of those of one user. */
  readonly heldBytes: number;
  readonly heldBytesOfUser: number;
  /** Bytes of the bodies of requests under way: of all users, and of one. One body may have 3 MiB. */
  readonly bodyBytes: number;
  readonly bodyBytesOfUser: number;
  /** Requests that are sent to the API server at once, likewise, and those of one user that wait for their turn. */
  readonly requests: number;
  readonly requestsOfUser: number;
  /** What each user may have whatever the others hold: requests, while all are not more than twice `requests`, and bytes of bodies. */
  readonly requestsOfEach: number;
  readonly bodyBytesOfEach: number;
  readonly waitingOfUser: number;
  /** A browser that takes nothing of a response for so long has gone: the request would be one of its user's without an end. */
  readonly stallLimitMs: number;
  /** Connections of browsers: streams and as many again. Beyond them one takes the place of another: see `OpenConnections`. */
  readonly maxConnections: number;
}

/** `memoryBytes`: the container's limit; undefined or larger than the machine where there is none. */
export function limitsFor(memoryBytes: number | undefined): Limits {
  const fitting =
    memoryBytes === undefined
      ? streamsWithoutLimit
      : Math.floor((memoryBytes * shareOfStreams - atRestBytes) / streamBytes);
  const maxStreams = Math.min(streamsWithoutLimit, Math.max(fewestStreams, fitting));
  return {
    maxStreams,
    maxStreamsOfUser: Math.min(mostStreamsOfUser, Math.max(20, Math.floor(maxStreams / 10))),
    heldBytes: 64 * MiB,
    heldBytesOfUser: 16 * MiB,
    bodyBytes: 24 * MiB,
    bodyBytesOfUser: 8 * MiB,
    requests: 128,
    requestsOfUser: 32,
    requestsOfEach: 2,
    bodyBytesOfEach: 256 * 1024,
    waitingOfUser: 200,
    stallLimitMs: 60_000,
    maxConnections: Math.max(500, maxStreams * 2),
  };
}
