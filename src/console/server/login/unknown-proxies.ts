/** Logs, at most once an hour, that requests come through a proxy that is not configured. */
import type { FastifyRequest } from 'fastify';
import type { Clock, Logger } from '../../../kernel/index.ts';

const sayEveryMs = 3_600_000;

export class UnknownProxies {
  readonly #log: Logger;
  readonly #clock: Clock;
  #saidAt = -Infinity;

  constructor(log: Logger, clock: Clock) {
    this.#log = log;
    this.#clock = clock;
  }

  look({ headers, ip, raw }: FastifyRequest): void {
    const peer = raw.socket.remoteAddress;
    // A proxy that is trusted gives way to the address that it names.
    if (headers['x-forwarded-for'] === undefined || ip !== peer) return;
    const now = this.#clock.steadyNow();
    if (now - this.#saidAt < sayEveryMs) return;
    this.#saidAt = now;
    this.#log.warn(
      { peer },
      'requests come through a proxy that is not among --trusted-proxies: all logins through it are counted as of one address',
    );
  }
}
