/** The operator's process. The only place that ends it: by a signal, or because its command line or configuration is wrong. */
import { createLogger } from '../kernel/index.ts';
import { ConfigError } from './config-fields.ts';
import { loadConfig } from './config.ts';
import { parseOptions } from './options.ts';

const options = parseOptions(process.argv.slice(2), process.env);
const log = createLogger({ level: options.logLevel, fields: { app: 'neuro-operator' } });

try {
  const config = loadConfig(options.config);
  // The base class reads the kubeconfig by this variable.
  if (options.kubeconfig !== undefined) process.env['KUBECONFIG'] = options.kubeconfig;
  const { NeuroOperator } = await import('./neuro-operator.ts');
  const operator = new NeuroOperator(options, config, log);
  let signals = 0;
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.on(signal, () => {
      signals += 1;
      if (signals > 1) process.exit(130);
      log.info({ signal }, 'stopping');
      operator.stop();
      void operator.whenStopped().then(() => process.exit(0));
    });
  }
  // No error ends the operator: whatever nobody caught is logged, and the loops go on.
  process.on('unhandledRejection', (error) => log.error({ error }, 'unhandled rejection'));
  process.on('uncaughtException', (error) => log.error({ error }, 'uncaught exception'));
  await operator.start().catch((error: unknown) => {
    // Stopped before it had begun; the handler of the signal ends the process.
    if (signals === 0) throw error;
  });
} catch (error) {
  log.fatal({ error }, error instanceof ConfigError ? error.message : 'the operator cannot start');
  process.exit(error instanceof ConfigError ? 78 : 1);
}
