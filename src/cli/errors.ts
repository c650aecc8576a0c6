/** An error as people read it: one sentence on standard error, and an exit code that scripts compare. */
import type { ApiError } from '../api/index.ts';
import type { KernelError, KernelErrorCode } from '../kernel/index.ts';
import { apiSentence } from './api-errors.ts';
import type { ExplainedError } from './connect/unreachable.ts';
import { exitCodes, type ExitReason } from './exit-codes.ts';

/** The message is a sentence: what was found, and what to do. */
export class CliError extends Error {
  override readonly name = 'CliError';
  readonly code: ExitReason;

  constructor(code: ExitReason, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

interface Explained {
  readonly exitCode: number;
  readonly sentence: string;
}

/** Never holds a value: errors about confidential objects carry no text of the server's (see the kernel). */
export function explain(error: unknown): Explained {
  if (error instanceof CliError) return { exitCode: exitCodes[error.code], sentence: error.message };
  const code = (error as { code?: unknown } | undefined)?.code;
  const message = error instanceof Error ? error.message : String(error);
  // Known by their names: their classes would be loaded with all of their layers, for `--help` too.
  switch (error instanceof Error ? error.name : '') {
    case 'ApiError':
      return { exitCode: exitCodes[reasonOfApiError(error as ApiError)], sentence: message };
    case 'SealingError':
      return { exitCode: exitCodes.illegalArgument, sentence: message };
    case 'KernelError':
      return explainKernel(error as KernelError);
  }
  if (typeof code === 'string' && /^E[A-Z]+$/.test(code)) return explainSystem(code, error as Error);
  return { exitCode: exitCodes.other, sentence: `${message} (--show-traceback shows where)` };
}

function reasonOfApiError({ code }: ApiError): ExitReason {
  switch (code) {
    case 'InvalidKey':
      return 'illegalArgument';
    case 'InvalidDuration':
      return 'usage';
    case 'InvalidSecretUri':
    case 'InvalidSubject':
      return 'value';
  }
}

const kernelReasons: Readonly<Partial<Record<KernelErrorCode, readonly [ExitReason, string]>>> = {
  Forbidden: ['notPermitted', 'Not enough permissions'],
  Unauthorized: ['notPermitted', 'The cluster does not know these credentials; log in again, or choose --context'],
  NotFound: ['notFound', 'Not there'],
  Invalid: ['illegalArgument', 'The API server refuses the object'],
  BadRequest: ['illegalArgument', 'The API server refuses the request'],
  Network: ['inputOutput', 'No connection to the API server; look at --context and at the network'],
  Timeout: ['timeout', 'The API server did not answer in time'],
  Server: ['couldNotStart', 'The API server failed; try again'],
  TooManyRequests: ['couldNotStart', 'The API server is busy; try again'],
};

function explainKernel(error: KernelError): Explained {
  const [reason, said] = kernelReasons[error.code] ?? ['other', 'The API server answered unexpectedly'];
  const { sentence } = error as Partial<ExplainedError>;
  if (sentence !== undefined) return { exitCode: exitCodes[reason], sentence };
  const inWords = apiSentence(error);
  if (inWords !== undefined) return { exitCode: exitCodes[inWords.reason], sentence: inWords.sentence };
  const missing = missingSentence(error);
  if (missing !== undefined) return { exitCode: exitCodes.configuration, sentence: missing };
  const without = withoutCredentials(error);
  if (without !== undefined) return without;
  return { exitCode: exitCodes[reason], sentence: `${said} (${error.message})` };
}

/** The program of an exec entry, or a file of a certificate, key or token: Node names the system call that failed. */
function missingSentence({ code, cause }: KernelError): string | undefined {
  const { code: why, path, syscall } = (cause ?? {}) as Readonly<Partial<Record<'code' | 'path' | 'syscall', unknown>>>;
  if (code !== 'Unauthorized' || typeof why !== 'string' || typeof path !== 'string') return undefined;
  const other = 'or choose another context with --context.';
  if (typeof syscall === 'string' && syscall.startsWith('spawn')) {
    const fault = why === 'ENOENT' ? 'was not found: install it' : `cannot be run (${why}): correct the kubeconfig`;
    return `The kubeconfig gets its credentials from the program '${path}', which ${fault}, ${other}`;
  }
  const fault = why === 'ENOENT' ? 'was not found' : `cannot be read (${why === 'EISDIR' ? 'it is a folder' : why})`;
  return `The kubeconfig names the file ${path}, which ${fault}: correct the kubeconfig, ${other}`;
}

/** What the kernel says of the program or the provider that gives none. */
function withoutCredentials({ code, cause }: KernelError): Explained | undefined {
  if (code !== 'Unauthorized' || !(cause instanceof Error) || cause.name !== 'KernelError') return undefined;
  const fault = `${cause.message.slice(0, 1).toUpperCase()}${cause.message.slice(1)}`;
  const [reason, todo] = withoutLogin[(cause as Partial<Pick<KernelError, 'code'>>).code ?? 'Unauthorized'] ?? [
    'notPermitted',
    '; log in again',
  ];
  return { exitCode: exitCodes[reason], sentence: `${fault}${todo}, or choose another context with --context.` };
}

/** What no login helps against. */
const withoutLogin: Readonly<Partial<Record<KernelErrorCode, readonly [ExitReason, string]>>> = {
  Network: ['inputOutput', '; check your network and VPN'],
  // A setting of this machine, such as the proxy: the message says how to correct it.
  BadRequest: ['configuration', ''],
};

/** Names the path, where the runtime knows it. The runtime's own message is for programmers. */
function explainSystem(code: string, error: { readonly path?: unknown; readonly message?: unknown }): Explained {
  const what = typeof error.path === 'string' ? error.path : String(error.message);
  if (code === 'ENOENT') return { exitCode: exitCodes.notFound, sentence: `File not found (${what}).` };
  if (code === 'EACCES' || code === 'EPERM')
    return { exitCode: exitCodes.notPermitted, sentence: `Cannot access file (${what}).` };
  return {
    exitCode: exitCodes.inputOutput,
    sentence: `I/O Error (${typeof error.path === 'string' ? `${what}: ${code}` : what}).`,
  };
}
