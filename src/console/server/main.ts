/** The process of the console in the cluster. The only place that ends it: by a signal, or because its command line is wrong. */
import { fileURLToPath } from 'node:url';
import manifest from '../../../package.json' with { type: 'json' };
import { createLogger, systemClock } from '../../kernel/index.ts';
import { startClusterConsole } from './cluster-console.ts';
import { isConsoleError } from './errors.ts';
import { parseOptions } from './options.ts';

/** Streams and requests get this time to end; then they are cut off. */
const stopLimitMs = 10_000;

try {
  // Beside the bundle.
  const options = parseOptions(
    process.argv.slice(2),
    process.env,
    fileURLToPath(new URL('./console', import.meta.url)),
  );
  const log = createLogger({ level: options.logLevel, fields: { app: 'neuro-console' } });
  process.on('unhandledRejection', (error) => log.error({ error }, 'unhandled rejection'));
  process.on('uncaughtException', (error) => log.error({ error }, 'uncaught exception'));
  const running = await startClusterConsole(options, { version: manifest.version, clock: systemClock, log });
  log.info({ port: running.port, publicUrl: options.publicUrl }, 'the console listens');
  let signals = 0;
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.on(signal, () => {
      signals += 1;
      if (signals > 1) process.exit(130);
      log.info({ signal }, 'stopping');
      systemClock.schedule(() => process.exit(1), stopLimitMs);
      void running.stop().then(() => process.exit(0));
    });
  }
} catch (error) {
  const log = createLogger({ fields: { app: 'neuro-console' } });
  log.fatal({ error }, isConsoleError(error) ? error.message : 'The console cannot start.');
  process.exit(isConsoleError(error) ? 78 : 1);
}
