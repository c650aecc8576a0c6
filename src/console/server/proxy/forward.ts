/**
 * A request of the page, forwarded; the answer streams back as it comes, and a browser that reads slowly slows the API server down.
 * A watch or a log that stays open ends when its right ends.
 */
import type { OutgoingHttpHeaders } from 'node:http';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { defined } from '../../../defined.ts';
import type { Clock, HttpResponse } from '../../../kernel/index.ts';
import { destroyAfter } from '../destroy-after.ts';
import { ConsoleError } from '../errors.ts';
import type { HeldBytes } from '../streams/held-bytes.ts';
import type { StreamKeeper } from '../streams/stream-keeper.ts';
import { WholeLines } from '../streams/whole-lines.ts';
import type { UserSession } from '../sessions/authenticator.ts';
import { whenOver } from '../when-over.ts';
import { sendAsUser } from './send-as-user.ts';
import { forwardedTarget, type ForwardedTarget } from './forwarded-target.ts';
import { answerHeaders, requestHeaders } from './headers.ts';

/** How long the browser may take to read what is left of a stream that has ended. */
const lastLineLimitMs = 5_000;

export interface ForwardOptions {
  readonly keeper: StreamKeeper;
  readonly held: HeldBytes;
  /** A stream does not count among the requests that are under way. */
  readonly endTurn: () => void;
  readonly userAgent: string;
  readonly clock: Clock;
  /** See `Limits`. */
  readonly stallLimitMs: number;
}

export async function forward(
  request: FastifyRequest,
  reply: FastifyReply,
  session: UserSession,
  options: ForwardOptions,
): Promise<FastifyReply> {
  const target = forwardedTarget(request.method, request.raw.url ?? '');
  if (target.kind === 'terminal') throw onlyByWebSocket();
  const body = Buffer.isBuffer(request.body) && request.body.length > 0 ? request.body : undefined;
  const headers = requestHeaders(request.headers, body !== undefined);
  const gone = new AbortController();
  whenOver(reply.raw, () => gone.abort());
  const answer = await sendAsUser({
    session,
    target,
    method: request.method,
    headers,
    ...defined({ body }),
    signal: gone.signal,
    userAgent: options.userAgent,
  });
  if (target.kind === 'plain' || answer.statusCode >= 300) return pass(reply, answer, options);
  options.endTurn();
  return stream(reply, answer, session, target, options);
}

function pass(
  reply: FastifyReply,
  { statusCode, headers, body }: HttpResponse,
  { stallLimitMs }: ForwardOptions,
): FastifyReply {
  if (statusCode >= 300 && statusCode < 400) {
    body.destroy();
    throw new ConsoleError('ApiServerUnreachable', 'The API server sent the request elsewhere, which is not followed.');
  }
  const { raw } = reply;
  raw.setTimeout(stallLimitMs, () => raw.destroy());
  return reply.code(statusCode).headers(answerHeaders(headers)).send(body);
}

/** Past the framework, which would keep the headers back until something moves in the stream. */
function stream(
  reply: FastifyReply,
  { statusCode, headers, body }: HttpResponse,
  session: UserSession,
  target: ForwardedTarget,
  { keeper, held, clock }: ForwardOptions,
): FastifyReply {
  const lines = target.kind === 'watch' ? new WholeLines(held.open(session.user)) : undefined;
  const { raw } = reply;
  let release: () => void;
  try {
    release = keeper.keep(session, target, (reason) => {
      body.unpipe();
      body.destroy();
      // A log cannot carry a last line: it breaks off, and the next request says why.
      if (lines === undefined) raw.destroy();
      else {
        lines.endWith(lastLine(reason));
        // It counts no more, so it must not stay open because nobody reads.
        destroyAfter(raw, lastLineLimitMs, clock);
      }
    });
  } catch (error) {
    body.destroy();
    throw error;
  }
  reply.hijack();
  raw.writeHead(statusCode, { ...(reply.getHeaders() as OutgoingHttpHeaders), ...answerHeaders(headers) });
  raw.flushHeaders();
  whenOver(raw, () => {
    release();
    body.destroy();
    lines?.destroy();
  });
  body.on('error', () => {
    if (lines?.writableEnded !== true) raw.destroy();
  });
  if (lines === undefined) body.pipe(raw);
  else {
    lines.on('error', () => raw.destroy());
    body.pipe(lines).pipe(raw);
    const waiting = held.open(session.user);
    const count = (): void => {
      if (!waiting.set(raw.destroyed ? 0 : raw.writableLength + lines.readableLength)) raw.destroy();
    };
    lines.on('data', count);
    raw.on('drain', count);
    whenOver(raw, () => waiting.close());
  }
  return reply;
}

/** The last line of a watch that failed, in the form of the API server. */
function lastLine({ status, code, message }: ConsoleError): string {
  const object = { kind: 'Status', apiVersion: 'v1', status: 'Failure', code: status, reason: code, message };
  return `${JSON.stringify({ type: 'ERROR', object })}\n`;
}

function onlyByWebSocket(): ConsoleError {
  return new ConsoleError('MalformedRequest', 'A terminal is opened by a WebSocket, and not by this request.');
}
