/** The process: the only place that ends it. */
import type { Factory } from './factory.ts';
import { processIo } from './io.ts';
import { run } from './run.ts';
import { version } from './version.ts';

const io = processIo();
const factory: Factory = {
  io,
  connect: async (options) => (await import('./connect/connection.ts')).openConnection({ io, options }),
};

// Warnings of the runtime (that Web Crypto's ML-KEM is young, say) are not for who types a command.
process.removeAllListeners('warning');
// `neuro secret ls | head -1`: the reader has gone, which is no failure.
process.stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 74));
process.exitCode = await run(process.argv.slice(2), factory, version);
