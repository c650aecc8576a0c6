/** A watch or a log over a WebSocket. The contract says how it comes, and how it ends. */
import type WebSocket from 'ws';
import type { Clock, HttpResponse } from '../../../kernel/index.ts';
import { closeCodes } from '../../contract.ts';
import { isConsoleError } from '../errors.ts';
import { sendAsUser } from '../proxy/send-as-user.ts';
import type { ForwardedTarget } from '../proxy/forwarded-target.ts';
import type { HeldByStream } from './held-bytes.ts';
import { sendSlowly } from './send-slowly.ts';
import { endOf, type ServedStream } from './served-stream.ts';
import { closeSocket } from './socket-closing.ts';
import { WholeLines } from './whole-lines.ts';

/** The part of a refusal that is read. */
const maxRefusalBytes = 64 * 1024;

/** Resolves when it has ended, for any reason. Never rejects. */
export async function serveLongAnswer(served: ServedStream): Promise<void> {
  const { socket, connection, session, target, keeper, held, userAgent, clock } = served;
  const over = new AbortController();
  const end = endOf(served, over);
  let release = (): void => undefined;
  socket.once('close', () => over.abort());
  const [inLines, inSocket] = [held.open(session.user), held.open(session.user)];
  try {
    const confirmed = (): void => {
      // An empty message: what waits to be taken is a sign of life itself.
      if (socket.readyState === socket.OPEN && socket.bufferedAmount === 0)
        socket.send(target.kind === 'watch' ? '\n' : Buffer.alloc(0), { binary: target.kind !== 'watch' });
    };
    release = keeper.keep(session, target, end, { confirmed, connection });
    const headers = { accept: 'application/json' };
    const answer = await sendAsUser({ session, target, method: 'GET', headers, signal: over.signal, userAgent });
    const isTaken = await (answer.statusCode < 300
      ? pass(answer, socket, { target, inLines, inSocket, clock })
      : refuse(answer, socket, { target, inSocket, clock }));
    if (!isTaken) closeSocket(socket, clock, closeCodes.tooSlow, 'The browser did not take what came.');
    else closeSocket(socket, clock, 1000);
  } catch (error) {
    if (over.signal.aborted) return;
    if (isConsoleError(error)) end(error);
    else closeSocket(socket, clock, closeCodes.upstreamGone, 'The API server broke the stream off.');
  } finally {
    over.abort();
    release();
    inSocket.close();
  }
}

interface Held {
  readonly target: ForwardedTarget;
  readonly inLines: HeldByStream;
  readonly inSocket: HeldByStream;
  readonly clock: Clock;
}

async function pass(
  { body }: HttpResponse,
  socket: WebSocket,
  { target: { kind }, inLines, inSocket, clock }: Held,
): Promise<boolean> {
  const isText = kind === 'watch';
  const chunks = isText ? body.pipe(new WholeLines(inLines)) : body;
  if (isText) body.once('error', (error) => chunks.destroy(error));
  for await (const chunk of chunks as AsyncIterable<Buffer>) {
    if (!(await sendSlowly(socket, chunk, { isBinary: !isText, held: inSocket, clock }))) return false;
  }
  return true;
}

/** A watch tells it as the API server tells what goes wrong later; a log closes with the sentence. */
async function refuse(
  answer: HttpResponse,
  socket: WebSocket,
  { target: { kind }, inSocket, clock }: Omit<Held, 'inLines'>,
): Promise<boolean> {
  const status = await statusOf(answer);
  if (kind === 'watch')
    await sendSlowly(socket, `${JSON.stringify({ type: 'ERROR', object: status })}\n`, {
      isBinary: false,
      held: inSocket,
      clock,
    });
  if (answer.statusCode === 403) closeSocket(socket, clock, closeCodes.accessEnded, status.message);
  else if (kind === 'log') closeSocket(socket, clock, closeCodes.refused, status.message);
  return true;
}

async function statusOf({ statusCode, body }: HttpResponse): Promise<{ readonly message: string }> {
  const status = { kind: 'Status', apiVersion: 'v1', status: 'Failure', code: statusCode };
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of body as AsyncIterable<Buffer>) {
    chunks.push(chunk);
    bytes += chunk.length;
    if (bytes > maxRefusalBytes) break;
  }
  const text = Buffer.concat(chunks).toString('utf8');
  try {
    const said = JSON.parse(text) as { readonly message?: string };
    return { ...status, message: `The API server answered ${String(statusCode)}.`, ...said };
  } catch {
    return { ...status, message: text.slice(0, 500) || `The API server answered ${String(statusCode)}.` };
  }
}
