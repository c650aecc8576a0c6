/** A benchmark that is ended takes what it started along: what listens for `exit` hears of signals too. */

/** Signals and the exit codes that a shell gives them. */
const codes = { SIGHUP: 129, SIGINT: 130, SIGTERM: 143 } as const;

export function exitOnSignals(): void {
  for (const [signal, code] of Object.entries(codes)) process.once(signal, () => process.exit(code));
}
