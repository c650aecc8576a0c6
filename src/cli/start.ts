/** The process: the only place that ends it. */
import type { Factory } from './factory.ts';
import { exitCodes } from './exit-codes.ts';
import { processIo } from './io.ts';
import { sayError } from './output/say.ts';
import { run } from './run.ts';
import { version } from './version.ts';

const io = processIo();
const factory: Factory = {
  io,
  connect: async (options) => (await import('./connect/connection.ts')).openConnection({ io, options }),
};

// Warnings of the runtime (that Web Crypto's ML-KEM is young, say) are not for who types a command.
process.removeAllListeners('warning');
process.stdout.on('error', ({ code = 'unknown' }: NodeJS.ErrnoException) => {
  // `neuro secret ls | head -1`: the reader has gone, which is no failure.
  if (code === 'EPIPE') process.exit(exitCodes.ok);
  sayError({ io, options: {} }, `The result cannot be written to standard output (${code}).`);
  process.exit(exitCodes.inputOutput);
});
// Nowhere is left to say so, and the result is not affected.
process.stderr.on('error', () => undefined);
process.exitCode = await run(process.argv.slice(2), factory, version);
