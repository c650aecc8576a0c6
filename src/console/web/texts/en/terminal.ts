/** Texts of the terminal. Loaded with it. */
export const terminal = {
  opening: 'Opening a shell…',
  open: (pod: string) => `A shell in the Pod ${pod}`,
  waiting: 'The terminal opens when the job runs',
  over: 'The job has ended',
  again: 'Open again',
  exited: (code: string) => `The shell ended (${code}).`,
  broken: 'The connection was interrupted.',
  accessEnded: 'Your access has ended.',
  refused: 'The shell could not be opened.',
  noShell: 'This image has no shell.',
} as const;
