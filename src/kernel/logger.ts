/**
 * JSON lines by pino.
 *
 * Promises: an error is logged as its name, code and message, with a stack only at `debug` or below, and of its causes
 * the code alone; a {@link SecretValue} anywhere in the fields is its mark.
 * Caller's duty: fields are names, kinds, counts, times, reasons and codes. Never an object of the API server, a body, a
 * `data` or `stringData`, an environment or a command line: a value inside a plain string looks like a name.
 */
import { pino, type DestinationStream, type Logger as PinoLogger } from 'pino';
import { defined } from '../defined.ts';

export type Logger = PinoLogger;
export type LogLevel = 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'fatal' | 'silent';

export interface LoggerOptions {
  readonly level?: LogLevel;
  /** Fields of every line, for instance the version. */
  readonly fields?: Readonly<Record<string, string>>;
  /** Default: standard output, written before the call returns, so that a crash loses nothing. */
  readonly destination?: DestinationStream;
}

export function createLogger(options: LoggerOptions = {}): Logger {
  const level = options.level ?? 'info';
  const withStack = level === 'debug' || level === 'trace';
  const settings = {
    level,
    base: { ...options.fields },
    messageKey: 'message',
    errorKey: 'error',
    timestamp: () => `,"time":"${new Date().toISOString()}"`,
    formatters: { level: (label: string) => ({ level: label }) },
    serializers: { error: (error: unknown) => describeError(error, withStack) },
  };
  return options.destination === undefined ? pino(settings) : pino(settings, options.destination);
}

/** Causes go no deeper than this in a line. */
const deepestCause = 5;

interface DescribedError {
  readonly name: string;
  readonly message: string;
  readonly code?: string;
  readonly causes?: readonly string[];
  readonly stack?: string;
}

function describeError(error: unknown, withStack: boolean): DescribedError {
  if (!(error instanceof Error)) return { name: typeof error, message: 'something that is not an Error was thrown' };
  const causes: string[] = [];
  for (let cause = error.cause; cause instanceof Error && causes.length < deepestCause; cause = cause.cause) {
    causes.push(codeOf(cause) ?? cause.name);
  }
  const code = codeOf(error);
  return {
    name: error.name,
    message: error.message,
    ...defined({ code }),
    ...(causes.length === 0 ? {} : { causes }),
    ...(withStack && error.stack !== undefined ? { stack: error.stack } : {}),
  };
}

function codeOf(error: Error): string | undefined {
  const { code } = error as { readonly code?: unknown };
  return typeof code === 'string' ? code : undefined;
}
