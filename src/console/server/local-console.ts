/**
 * The console on one's own machine: on loopback alone, with the contexts of a kubeconfig.
 * Promise: nobody gets in without the ticket of an address that `newAddress` gave; each is good once.
 */
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { defined } from '../../defined.ts';
import { loadContexts, type Clock, type LoadAccessOptions, type Logger } from '../../kernel/index.ts';
import { createApp } from './app.ts';
import { configFromCluster, configFromFile } from './config/config-source.ts';
import { ConsoleError } from './errors.ts';
import { limitsFor } from './limits.ts';
import { LocalAuthenticator } from './login/local-authenticator.ts';
import { Upstreams } from './proxy/upstream.ts';
import { jobDomain } from './opened/job-origin.ts';
import { OpenStreams } from './sessions/open-streams.ts';
import { randomSessionKeys } from './sessions/session-keys.ts';

export interface LocalConsoleOptions extends LoadAccessOptions {
  /** 0 takes a free one. */
  readonly port: number;
  /** Folder of the built pages. */
  readonly files: string;
  readonly version: string;
  /** Undefined: the one that each cluster names. */
  readonly operatorNamespace?: string;
  /** Widgets and presets (YAML); by default those of the cluster. */
  readonly config?: string;
  readonly clock: Clock;
  readonly log: Logger;
  readonly recheckEveryMs?: number;
}

export interface LocalConsole {
  readonly port: number;
  /** A new address with a ticket, which lets one browser in. */
  newAddress(): string;
  streamCount(): number;
  stop(): Promise<void>;
}

const loopback = '127.0.0.1';

export async function startLocalConsole(options: LocalConsoleOptions): Promise<LocalConsole> {
  const { clock, log, files, version, operatorNamespace, recheckEveryMs } = options;
  const contexts = await loadContexts(options);
  if (contexts.names.length === 0) {
    throw new ConsoleError('ContextUnknown', 'The kubeconfig has no contexts: give --kubeconfig, or set KUBECONFIG.');
  }
  const port = options.port === 0 ? await freePort() : options.port;
  const upstreams = new Upstreams();
  const limits = limitsFor(undefined);
  const streams = new OpenStreams(limits);
  const authenticator = new LocalAuthenticator({ contexts, upstreams, streams, clock, port });
  const origin = `http://${loopback}:${String(port)}`;
  const app = await createApp({
    authenticator,
    streams,
    limits,
    origins: [origin, `http://localhost:${String(port)}`],
    // Browsers take every name below it for this machine, and each for a site of its own.
    jobDomain: jobDomain(origin, 'localhost'),
    keys: randomSessionKeys(),
    style: { isSecure: false },
    config:
      options.config === undefined
        ? configFromCluster(operatorNamespace)
        : configFromFile(options.config, operatorNamespace),
    version,
    files,
    clock,
    log,
    ...defined({ recheckEveryMs }),
    addRoutes: (routes) => authenticator.addRoutes(routes),
  });
  await app.listen({ port, host: loopback });
  return {
    port,
    newAddress: () => `${origin}/?token=${authenticator.tickets.issue()}`,
    streamCount: () => streams.count,
    stop: async () => {
      streams.stop(new ConsoleError('Stopping', 'The console was ended in its terminal.'));
      await app.close();
      await upstreams.close();
    },
  };
}

/** The cookie's name and the guards need the number before the server listens. */
async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, loopback, resolve);
  });
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
