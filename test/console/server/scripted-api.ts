/**
 * An API server as far as the console needs one: it knows users by their tokens, says what they may, keeps watches, logs and terminals open, and
 * remembers all that it was asked.
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { connect, type AddressInfo, type Socket } from 'node:net';
import { WebSocketServer, type WebSocket } from 'ws';

export interface SeenRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

/** The user whose requests are about ConfigMaps alone. */
export const serviceAccount = 'system:serviceaccount:neuro-system:neuro-console';

type Answer = (request: SeenRequest, response: ServerResponse) => void;

export class ScriptedApi {
  readonly users = new Map<string, string>();
  /** Of tokens that stand in no list. */
  userOfToken: (token: string) => string | undefined = () => undefined;
  /** `bob watch secretgrants`, `bob create pods/exec`: what somebody may not. */
  readonly denied = new Set<string>();
  readonly requests: SeenRequest[] = [];
  /** Answers that stay open: watches and logs. */
  readonly open = new Set<ServerResponse>();
  readonly terminals = new Set<WebSocket>();
  /** The next answer to a request whose path holds this. */
  readonly scripted = new Map<string, Answer>();
  /** What each answer waits for. */
  hold: Promise<unknown> | undefined;
  /** By path; for who is the console's own service account. */
  readonly configMaps = new Map<string, Map<string, string>>();
  /** Of all of them. */
  #version = 1;
  /** False: no right to them. */
  mayServiceAccount = true;
  /** Ports of this machine on which Pods listen, by the Pod's name. */
  readonly ports = new Map<string, number>();
  readonly #sockets = new Set<Socket>();
  readonly #forwards = new WebSocketServer({ noServer: true, handleProtocols: () => 'v4.channel.k8s.io' });
  readonly #webSockets = new WebSocketServer({ noServer: true, handleProtocols: () => 'v5.channel.k8s.io' });
  readonly #server = createServer((request, response) => void this.#answer(request, response));

  static async start(): Promise<ScriptedApi> {
    const api = new ScriptedApi();
    await api.listen(0);
    return api;
  }

  async listen(port: number): Promise<void> {
    this.#server.removeAllListeners('upgrade');
    // As a real one, which keeps idle connections for minutes: a request of a process that did much else for five seconds is not lost.
    this.#server.keepAliveTimeout = 0;
    this.#server.on('upgrade', (request: IncomingMessage, socket: Socket, head: Buffer) => {
      this.requests.push(seen(request, ''));
      if (this.#userOf(request) === undefined) {
        socket.end('HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\n\r\n');
        return;
      }
      const pod = /\/pods\/([^/]+)\/portforward\?/.exec(request.url ?? '')?.[1];
      if (pod !== undefined) {
        this.#forwards.handleUpgrade(request, socket, head, (stream) => forwardTo(this.ports.get(pod) ?? 0, stream));
        return;
      }
      this.#webSockets.handleUpgrade(request, socket, head, (terminal) => {
        this.terminals.add(terminal);
        terminal.on('close', () => this.terminals.delete(terminal));
        // What comes on standard input goes back on standard output.
        terminal.on('message', (data: Buffer) => terminal.send(Buffer.concat([Buffer.from([1]), data.subarray(1)])));
      });
    });
    this.#server.on('connection', (socket) => {
      this.#sockets.add(socket);
      socket.on('close', () => this.#sockets.delete(socket));
    });
    await new Promise<void>((resolve) => this.#server.listen(port, '127.0.0.1', resolve));
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  get url(): string {
    return `http://127.0.0.1:${String(this.port)}`;
  }

  /** Requests besides the two that the console makes by itself. */
  get forwarded(): readonly SeenRequest[] {
    return this.requests.filter(({ url }) => !/selfsubject(access)?reviews$/.test(url));
  }

  say(text: string): void {
    for (const response of this.open) response.write(text);
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #userOf(request: IncomingMessage): string | undefined {
    const token = request.headers.authorization?.replace(/^Bearer /, '');
    return token === undefined ? 'system:anonymous' : (this.users.get(token) ?? this.userOfToken(token));
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
    const what = seen(request, Buffer.concat(chunks).toString());
    this.requests.push(what);
    await this.hold;
    const json = (status: number, body: unknown): void => {
      response.writeHead(status, { 'content-type': 'application/json', 'set-cookie': 'upstream=1', 'x-upstream': '1' });
      response.end(JSON.stringify(body));
    };
    const script = [...this.scripted].find(([part]) => what.url.includes(part));
    if (script !== undefined) {
      this.scripted.delete(script[0]);
      script[1](what, response);
      return;
    }
    const user = this.#userOf(request);
    if (user === undefined) json(401, { kind: 'Status', code: 401, message: 'Unauthorized' });
    else if (user === serviceAccount) this.#ofServiceAccount(what, json);
    else if (what.url.endsWith('/selfsubjectreviews')) json(201, { status: { userInfo: userInfo(user) } });
    else if (what.url.endsWith('/selfsubjectaccessreviews'))
      json(201, { status: { allowed: this.#may(user, what.body) } });
    else if (/[?&](watch|follow)=true/.test(what.url)) {
      response.writeHead(200, { 'content-type': what.url.includes('watch') ? 'application/json' : 'text/plain' });
      response.flushHeaders();
      this.open.add(response);
      response.on('close', () => this.open.delete(response));
    } else json(200, { kind: 'Answer', user, url: what.url });
  }

  #ofServiceAccount({ method, url, body }: SeenRequest, json: (status: number, body: unknown) => void): void {
    const data = this.configMaps.get(url);
    const isRight = this.mayServiceAccount && ['GET', 'PATCH'].includes(method);
    if (!isRight) json(403, { kind: 'Status', code: 403, message: 'forbidden' });
    else if (data === undefined) json(404, { kind: 'Status', code: 404, message: 'not found' });
    else {
      if (method === 'PATCH') {
        const patch = JSON.parse(body) as {
          readonly metadata?: { readonly resourceVersion?: string };
          readonly data: Record<string, string | null>;
        };
        const version = patch.metadata?.resourceVersion;
        if (version !== undefined && version !== String(this.#version)) {
          json(409, { kind: 'Status', code: 409, reason: 'Conflict', message: 'the object has been modified' });
          return;
        }
        this.#version += 1;
        for (const [key, value] of Object.entries(patch.data))
          if (value === null) data.delete(key);
          else data.set(key, value);
      }
      const metadata = { name: 'x', resourceVersion: String(this.#version) };
      json(200, { kind: 'ConfigMap', metadata, data: Object.fromEntries(data) });
    }
  }

  #may(user: string, body: string): boolean {
    const { verb, resource, subresource } = (
      JSON.parse(body) as { spec: { resourceAttributes: Readonly<Record<string, string>> } }
    ).spec.resourceAttributes;
    return !this.denied.has(
      `${user} ${String(verb)} ${String(resource)}${subresource === undefined ? '' : `/${subresource}`}`,
    );
  }
}

/** As a kubelet: channel 0 carries bytes, channel 1 what went wrong; both begin with the port. */
/** As a port: of a Pod that is gone but for its record. */
export const closedSandbox = -1;

function forwardTo(port: number, stream: WebSocket): void {
  const begin = Buffer.from([0, 0]);
  for (const channel of [0, 1]) stream.send(Buffer.concat([Buffer.from([channel]), begin]));
  // As a container runtime says them.
  const fail = (why: string): void => stream.send(Buffer.concat([Buffer.from([1]), Buffer.from(why)]));
  if (port === closedSandbox) {
    fail('network namespace for sandbox is closed');
    stream.close();
    return;
  }
  const socket = connect(port, '127.0.0.1');
  socket.on('data', (chunk: Buffer) => stream.send(Buffer.concat([Buffer.from([0]), chunk])));
  socket.on('close', () => stream.close());
  socket.on('error', () => fail(`dial tcp4 127.0.0.1:${String(port)}: connect: connection refused`));
  stream.on('message', (data: Buffer) => socket.write(data.subarray(1)));
  stream.on('close', () => socket.destroy());
}

function seen({ method = '', url = '', headers }: IncomingMessage, body: string): SeenRequest {
  return { method, url, headers, body };
}

function userInfo(name: string): unknown {
  const isNobody = name === 'system:anonymous';
  return { username: name, groups: isNobody ? ['system:unauthenticated'] : ['team', 'system:authenticated'] };
}
