/**
 * `/healthz`, `/readyz` and `/metrics` over plain HTTP, for the kubelet and Prometheus.
 *
 * `/healthz` fails, and so the kubelet restarts us, when a reflector is stuck (neither progress nor a failed try for
 * longer than a watch may be silent, and a margin) or when all its tries have failed for `failingForMs`. That is long on
 * purpose: an API server that is away for minutes must not bring us into CrashLoopBackOff, out of which we would come
 * minutes after it is back.
 * `/readyz` succeeds when every reflector has listed once and the API server has said who leads, us or another.
 * Promise: an answer holds names of resources and checks, nothing of objects.
 */
import type { RequestListener } from 'node:http';
import { systemClock, type Clock } from './clock.ts';
import type { LeaderRole } from './leader-election.ts';
import { servePlain, type PlainServer } from './plain-server.ts';

/** The part of a `Reflector` that health checks read. */
export interface WatchHealth {
  readonly description: string;
  readonly hasSynced: boolean;
  /** By the steady clock: a clock that is set makes no watch stuck. */
  readonly progressedMs: number;
  readonly failedMs: number;
  readonly silenceMs: number;
}

export interface HealthOptions {
  readonly address: string;
  /** 0 takes a free one; see `PlainServer.port`. */
  readonly port: number;
  readonly watches: readonly WatchHealth[];
  /** Absent where there is no leader election. */
  readonly elector?: { readonly role: LeaderRole };
  readonly registry?: { readonly contentType: string; metrics(): Promise<string> };
  readonly clock?: Clock;
}

/** Added to the silence that a watch itself allows, so that its own reconnecting comes first. */
const marginMs = 50_000;
const failingForMs = 600_000;

/** Rejects with `Network` if the address is not available. */
export function serveHealth(options: HealthOptions): Promise<PlainServer> {
  return servePlain('health', options, listener(options));
}

/** What is wrong with our watches; empty when nothing is. */
export function unhealthyWatches(watches: readonly WatchHealth[], steadyMs: number): readonly string[] {
  return watches.flatMap((watch) => {
    const stuckForMs = steadyMs - Math.max(watch.progressedMs, watch.failedMs);
    const withoutProgressMs = steadyMs - watch.progressedMs;
    if (stuckForMs > watch.silenceMs + marginMs) return [`${watch.description}: stuck for ${seconds(stuckForMs)}`];
    if (withoutProgressMs > failingForMs) return [`${watch.description}: failing for ${seconds(withoutProgressMs)}`];
    return [];
  });
}

export function unreadyParts(options: Pick<HealthOptions, 'watches' | 'elector'>): readonly string[] {
  const unlisted = options.watches.filter((watch) => !watch.hasSynced);
  return [
    ...unlisted.map((watch) => `${watch.description}: not listed yet`),
    ...(options.elector?.role === 'unknown' ? ['leader election: no answer of the API server yet'] : []),
  ];
}

function listener(options: HealthOptions): RequestListener {
  const clock = options.clock ?? systemClock;
  return (request, response) => {
    const answer = (status: number, body: string, type = 'text/plain; charset=utf-8'): void => {
      response.writeHead(status, { 'content-type': type, 'cache-control': 'no-store' });
      response.end(request.method === 'HEAD' ? undefined : body);
    };
    const answerFor = (problems: readonly string[]): void =>
      problems.length === 0 ? answer(200, 'ok\n') : answer(503, `${problems.join('\n')}\n`);
    if (request.method !== 'GET' && request.method !== 'HEAD') {
      answer(405, 'only GET and HEAD\n');
      return;
    }
    switch (request.url?.split('?')[0]) {
      case '/healthz': {
        answerFor(unhealthyWatches(options.watches, clock.steadyNow()));
        return;
      }
      case '/readyz': {
        answerFor(unreadyParts(options));
        return;
      }
      case '/metrics':
        if (options.registry === undefined) {
          answer(404, 'no metrics here\n');
          return;
        }
        void serveMetrics(options.registry, answer);
        return;
      default: {
        answer(404, 'try /healthz, /readyz or /metrics\n');
        return;
      }
    }
  };
}

async function serveMetrics(
  registry: NonNullable<HealthOptions['registry']>,
  answer: (status: number, body: string, type?: string) => void,
): Promise<void> {
  try {
    answer(200, await registry.metrics(), registry.contentType);
  } catch {
    answer(500, 'the metrics could not be read\n');
  }
}

function seconds(durationMs: number): string {
  return `${Math.round(durationMs / 1000)} s`;
}
