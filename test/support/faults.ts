/** What goes wrong between a client and an API server; each is a {@link Fault} of one request. */
import { failure } from './model-api.ts';
import { sendJson, type Fault } from './fake-api-server.ts';

/** The connection breaks before there is an answer. */
export const reset: Fault = ({ socket }) => {
  socket.resetAndDestroy();
};

/** Nothing ever comes, and the connection stays. */
export const noAnswer: Fault = () => undefined;

/** The head comes, the rest never does. */
export const frozenBody: Fault = ({ response }) => {
  response.writeHead(200, { 'content-type': 'application/json' });
  response.flushHeaders();
};

export function status(code: number, reason = 'Fault', headers: Readonly<Record<string, string>> = {}): Fault {
  return ({ response }) => sendJson(response, failure(code, reason, `scripted ${String(code)}`), headers);
}

/** An error whose head comes and whose body never ends. */
export function frozenStatus(code: number): Fault {
  return ({ response }) => {
    response.writeHead(code, { 'content-type': 'application/json' });
    response.write('{"kind":"Status",');
  };
}

/** A 200 with this text and no more. */
export function text(body: string): Fault {
  return ({ response }) => {
    response.writeHead(200, { 'content-type': 'application/json' });
    response.end(body);
  };
}

/** A watch that sends these pieces, a moment apart, and then ends as `end` says. */
export function stream(pieces: readonly (string | Uint8Array)[], end: 'close' | 'reset' | 'freeze'): Fault {
  return async ({ response, socket }) => {
    response.writeHead(200, { 'content-type': 'application/json' });
    response.flushHeaders();
    for (const piece of pieces) {
      response.write(piece);
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    if (end === 'close') response.end();
    if (end === 'reset') socket.resetAndDestroy();
  };
}

/** Answers as it should, after `delayMs`. */
export function slow(delayMs: number): Fault {
  return async ({ pass }) => {
    await new Promise((resolve) => setTimeout(resolve, delayMs));
    pass();
  };
}

/** Does `action` first (some other client's write, a compaction), then answers as it should. */
export function after(action: () => void): Fault {
  return ({ pass }) => {
    action();
    pass();
  };
}

/** The request is done, and its answer is lost. */
export const lostAnswer: Fault = ({ pass, socket, response }) => {
  response.end = () => {
    socket.resetAndDestroy();
    return response;
  };
  pass();
};
