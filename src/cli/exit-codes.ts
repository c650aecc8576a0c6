/**
 * The exit codes that scripts compare. They are those of the original command (sysexits where it has them), so that its
 * scripts keep working.
 */
export const exitCodes = {
  ok: 0,
  /** Anything that no other code names. */
  other: 1,
  /** The command line itself is wrong. */
  usage: 2,
  /** A key, a value or an object that is refused. */
  illegalArgument: 65,
  notFound: 72,
  /** No connection, or a file that cannot be read or written. */
  inputOutput: 74,
  notPermitted: 77,
  /** Kubeconfig or context. */
  configuration: 70,
  timeout: 124,
  /** A job that could not start, or a server that failed. */
  couldNotStart: 125,
  /** A text that is no URI or subject, or a change that changes nothing. */
  value: 127,
  interrupted: 130,
} as const;
export type ExitReason = keyof typeof exitCodes;
