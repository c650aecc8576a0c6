/** How a command ended, as the last message of its stream says (a Status of Kubernetes). Pure. */

export type CommandEnd =
  /** `exitCode` is that of the command for an exec. For an attach it is always 0: the Pod has the exit code of the container. */
  | { readonly kind: 'exited'; readonly exitCode: number }
  /** The command did not start, or the node lost it. */
  | { readonly kind: 'failed'; readonly message: string };

interface Status {
  readonly status?: string;
  readonly message?: string;
  readonly reason?: string;
  readonly details?: { readonly causes?: readonly { readonly reason?: string; readonly message?: string }[] };
}

export function commandEnd(text: string): CommandEnd {
  const { status, message, reason, details }: Status = parsed(text);
  if (status === 'Success') return { kind: 'exited', exitCode: 0 };
  const code = details?.causes?.find((cause) => cause.reason === 'ExitCode')?.message;
  if (reason === 'NonZeroExitCode' && code !== undefined && /^\d+$/.test(code))
    return { kind: 'exited', exitCode: Number(code) };
  return { kind: 'failed', message: message ?? text };
}

function parsed(text: string): Status {
  try {
    return (JSON.parse(text) as Status | null) ?? {};
  } catch {
    return { message: text };
  }
}
