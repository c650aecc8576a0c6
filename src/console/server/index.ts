/** What others may import of the console's server. */
export { startClusterConsole, type RunningConsole, type RunContext } from './cluster-console.ts';
export { ConsoleError, isConsoleError } from './errors.ts';
export { startLocalConsole, type LocalConsole, type LocalConsoleOptions } from './local-console.ts';
export { parseOptions, type ServerOptions } from './options.ts';
/** For a program that starts a console and uses nothing else of the kernel. */
export { createLogger, systemClock } from '../../kernel/index.ts';
