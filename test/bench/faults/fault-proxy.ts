/**
 * Stands between the operator and the API server, request by request, and does to each what the present fault says. Watches pass, but for
 * the events that the fault drops; a frozen proxy lets no byte of any connection through.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { Agent, createServer, request as httpsRequest, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';

interface Passing {
  readonly method: string;
  readonly path: string;
  /** It changes an object: no list, no review, no lease, no Event. */
  readonly isWrite: boolean;
}

/** What happens to a request. `lose-answer`: it is done, and the connection breaks before the answer. */
export type Fate = 'pass' | 'lose-answer' | { readonly status: number; readonly retryAfterSeconds?: number };

/** What the API server itself is known by, so that the operator cannot tell the proxy from it. */
interface Tls {
  readonly ca: string;
  readonly cert: string;
  readonly key: string;
}

const noObjects = /\/(leases|events|subjectaccessreviews|tokenreviews)(\/|\?|$)/;

export class FaultProxy {
  /** Asked for each request, before it goes on. */
  fate: (passing: Passing) => Fate = () => 'pass';
  /** Asked for each event of a watch. One that is lost leaves no trace: the watch goes on. */
  losesEvent: () => boolean = () => false;
  /** Called when a request was done, before its answer goes back. */
  onDone: (passing: Passing) => void = () => undefined;
  readonly #agent = new Agent({ keepAlive: true });
  readonly #target: URL;
  readonly #ca: string;
  readonly #server: Server;
  #isFrozen = false;
  /** What would have passed, in order. */
  readonly #held: (() => void)[] = [];

  private constructor(target: URL, { ca, cert, key }: Tls) {
    this.#target = target;
    this.#ca = ca;
    this.#server = createServer({ cert, key }, (incoming, outgoing) =>
      this.#whenThawed(() => this.#serve(incoming, outgoing)),
    );
  }

  static async start(target: string, tls: Tls): Promise<FaultProxy> {
    const proxy = new FaultProxy(new URL(target), tls);
    await new Promise<void>((resolve) => proxy.#server.listen(0, '127.0.0.1', resolve));
    return proxy;
  }

  get url(): string {
    return `https://127.0.0.1:${String((this.#server.address() as AddressInfo).port)}`;
  }

  /** From now on nothing passes in either direction; connections stay open, and hold what comes. */
  freeze(): void {
    this.#isFrozen = true;
  }

  thaw(): void {
    this.#isFrozen = false;
    for (const pass of this.#held.splice(0)) pass();
  }

  #whenThawed(pass: () => void): void {
    if (this.#isFrozen) this.#held.push(pass);
    else pass();
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
    this.#agent.destroy();
  }

  #serve(incoming: IncomingMessage, outgoing: ServerResponse): void {
    if (outgoing.destroyed) return;
    const { method = 'GET', url: path = '/' } = incoming;
    const passing = { method, path, isWrite: method !== 'GET' && !noObjects.test(path) };
    const fate = this.fate(passing);
    if (typeof fate === 'object') {
      incoming.resume();
      refuse(outgoing, fate);
      return;
    }
    const { hostname, port } = this.#target;
    const headers = { ...incoming.headers, host: this.#target.host };
    const onward = httpsRequest({ hostname, port, method, path, headers, agent: this.#agent, ca: this.#ca });
    onward.on('response', (answer) => {
      this.onDone(passing);
      if (fate === 'lose-answer') {
        outgoing.destroy();
        answer.resume();
        return;
      }
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
      outgoing.flushHeaders();
      const passed = isWatch(path) ? this.#events() : (chunk: Buffer) => chunk;
      answer.on('data', (chunk: Buffer) => {
        const left = passed(chunk);
        if (left.length > 0) this.#whenThawed(() => void outgoing.write(left));
      });
      answer.on('end', () => this.#whenThawed(() => void outgoing.end()));
      answer.on('error', () => outgoing.destroy());
      answer.on('aborted', () => outgoing.destroy());
    });
    onward.on('error', () => outgoing.destroy());
    outgoing.on('close', () => onward.destroy());
    incoming.pipe(onward);
  }

  /** Of the bytes of a watch, those of events that are not lost: an event is a line. */
  #events(): (chunk: Buffer) => Buffer {
    let begun = Buffer.alloc(0);
    return (chunk) => {
      const bytes = Buffer.concat([begun, chunk]);
      const kept: Buffer[] = [];
      let from = 0;
      for (let end = bytes.indexOf(newline); end !== -1; end = bytes.indexOf(newline, from)) {
        const line = bytes.subarray(from, end + 1);
        from = end + 1;
        if (!this.losesEvent()) kept.push(line);
      }
      begun = bytes.subarray(from);
      return Buffer.concat(kept);
    };
  }
}

const newline = 0x0a;

function isWatch(path: string): boolean {
  return /[?&]watch=(1|true)(&|$)/.test(path);
}

function refuse(outgoing: ServerResponse, { status, retryAfterSeconds }: Exclude<Fate, string>): void {
  const reason = status === 409 ? 'Conflict' : 'TooManyRequests';
  const body = { kind: 'Status', apiVersion: 'v1', status: 'Failure', code: status, reason, message: 'made by a test' };
  outgoing.writeHead(status, {
    'content-type': 'application/json',
    ...(retryAfterSeconds === undefined ? {} : { 'retry-after': String(retryAfterSeconds) }),
  });
  outgoing.end(JSON.stringify(body));
}
