/**
 * A cluster as far as the console's pages see one, over HTTP on loopback: objects in a {@link ModelApi}, people by their tokens, watches, output and
 * shells of Pods. Reconciling is the caller's: what the operator would write is put in with `put`.
 *
 * Not promised: RBAC, admission, validation. What nobody may is in `denied`.
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { WebSocketServer, type WebSocket } from 'ws';
import type { KubeObject, ResourceType } from '../../../src/kernel/index.ts';
import { failure, ModelApi, type ApiAnswer, type ModelEvent } from '../model-api.ts';

/** `list secretgrants in alice`, `create pods/exec in alice`: how a question about a right is written. */
export type Question = string;

interface ClusterRequest {
  readonly user: string;
  readonly method: string;
  readonly path: string;
  readonly query: Readonly<Record<string, string | undefined>>;
  readonly body: unknown;
}

/** Undefined: the model answers. */
type Interception = (request: ClusterRequest) => ApiAnswer | undefined;

export class ModelCluster {
  readonly api = new ModelApi();
  /** What a user may not do: `alice: list secretgrants in bob`. */
  readonly denied: ((user: string, question: Question) => boolean)[] = [];
  /** What a review of rules lists. */
  rules: readonly object[] = [];
  readonly requests: ClusterRequest[] = [];
  /** Asked before the model; the first that has an answer gives it. */
  readonly interceptions: Interception[] = [];
  /** Called after the model has changed, so that the caller can do what the operator would. */
  onWrite: (request: ClusterRequest) => void = () => undefined;
  /** Output by the Pod's name, and whether more may come. */
  readonly #logs = new Map<string, { text: string; isEnded: boolean; readonly readers: Set<ServerResponse> }>();
  readonly #sockets = new Set<Socket>();
  readonly #terminals = new WebSocketServer({ noServer: true, handleProtocols: () => 'v5.channel.k8s.io' });
  /** Called for each shell that is opened. */
  onShell: (shell: WebSocket) => void = promptOf;
  #frozen = Promise.resolve();
  #server = this.#newServer();
  #port = 0;

  get url(): string {
    return `http://127.0.0.1:${String(this.#port)}`;
  }

  /** Listens, at the same port as before. */
  async start(): Promise<void> {
    await new Promise<void>((resolve) => this.#server.listen(this.#port, '127.0.0.1', resolve));
    this.#port = (this.#server.address() as AddressInfo).port;
  }

  /** Breaks every connection and listens no more, as an API server that has died. */
  async stop(): Promise<void> {
    const closed = new Promise((resolve) => this.#server.close(resolve));
    for (const socket of this.#sockets) socket.destroy();
    await closed;
    this.#server = this.#newServer();
  }

  /** Answers nothing more and keeps every connection, as a process that was stopped by a signal. */
  freeze(): void {
    this.#frozen = new Promise((resolve) => (this.thaw = resolve));
  }

  /** Answers what has waited. */
  thaw: () => void = () => undefined;

  /** A kubeconfig for that user, as YAML. */
  kubeconfig(user: string): string {
    return JSON.stringify({
      apiVersion: 'v1',
      kind: 'Config',
      'current-context': 'model',
      clusters: [{ name: 'model', cluster: { server: this.url } }],
      users: [{ name: user, user: { token: `token-of-${user}` } }],
      contexts: [{ name: 'model', context: { cluster: 'model', user } }],
    });
  }

  /** As another client, or the operator. */
  put(type: ResourceType, object: KubeObject & Readonly<Record<string, unknown>>): void {
    const former = this.api.get(type, object.metadata);
    const creationTimestamp =
      object.metadata.creationTimestamp ?? former?.metadata.creationTimestamp ?? new Date().toISOString();
    this.api.put(type, { ...object, metadata: { ...object.metadata, creationTimestamp } });
  }

  /** More output of a Pod. */
  print(pod: string, text: string): void {
    const log = this.#logOf(pod);
    log.text += text;
    for (const reader of log.readers) reader.write(text);
  }

  /** The container has ended. */
  endOutput(pod: string): void {
    const log = this.#logOf(pod);
    log.isEnded = true;
    for (const reader of log.readers) reader.end();
  }

  #logOf(pod: string): { text: string; isEnded: boolean; readonly readers: Set<ServerResponse> } {
    const log = this.#logs.get(pod) ?? { text: '', isEnded: false, readers: new Set<ServerResponse>() };
    this.#logs.set(pod, log);
    return log;
  }

  #newServer(): ReturnType<typeof createServer> {
    const server = createServer((request, response) => void this.#answer(request, response));
    // As a real one, which keeps idle connections for minutes: a request of a process that did much else for five seconds is not lost.
    server.keepAliveTimeout = 0;
    server.on('connection', (socket) => {
      this.#sockets.add(socket);
      socket.on('close', () => this.#sockets.delete(socket));
    });
    server.on('upgrade', (request: IncomingMessage, socket: Socket, head: Buffer) =>
      this.#terminals.handleUpgrade(request, socket, head, (shell) => this.onShell(shell)),
    );
    return server;
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
    await this.#frozen;
    const text = Buffer.concat(chunks).toString();
    const { pathname: path, searchParams } = new URL(request.url ?? '', 'http://model');
    const asked: ClusterRequest = {
      user: request.headers.authorization?.replace(/^Bearer token-of-/, '') ?? 'system:anonymous',
      method: request.method ?? 'GET',
      path,
      query: Object.fromEntries(searchParams),
      body: text === '' ? undefined : (JSON.parse(text) as unknown),
    };
    this.requests.push(asked);
    const isLog = path.endsWith('/log');
    const intercepted = this.interceptions.map((interception) => interception(asked)).find((one) => one !== undefined);
    if (intercepted === undefined && isLog) {
      this.#sendLog(asked, response);
      return;
    }
    const answer = intercepted ?? this.#review(asked) ?? this.#refusal(asked) ?? this.#handle(asked);
    if ('watch' in answer) {
      response.writeHead(200, { 'content-type': 'application/json' });
      response.flushHeaders();
      const write = (event: ModelEvent): void => void response.write(`${JSON.stringify(event)}\n`);
      answer.watch.backlog.forEach(write);
      response.on('close', answer.watch.follow(write));
      return;
    }
    response.writeHead(answer.status, { 'content-type': 'application/json' });
    response.end(JSON.stringify(answer.body));
  }

  #handle(asked: ClusterRequest): ApiAnswer {
    if (asked.query['dryRun'] === 'All') return { status: 201, body: asked.body };
    const answer = this.api.handle(asked.method === 'POST' ? { ...asked, body: born(asked.body) } : asked);
    const isWrite = asked.method !== 'GET' && !('watch' in answer) && answer.status < 300;
    // After the answer is on its way, as the operator is.
    if (isWrite) setImmediate(() => this.onWrite(asked));
    return answer;
  }

  #review({ user, path, body }: ClusterRequest): ApiAnswer | undefined {
    if (path.endsWith('/selfsubjectreviews'))
      return {
        status: 201,
        body: { status: { userInfo: { username: user, groups: ['team', 'system:authenticated'] } } },
      };
    if (path.endsWith('/selfsubjectrulesreviews'))
      return { status: 201, body: { status: { resourceRules: this.rules } } };
    if (!path.endsWith('/selfsubjectaccessreviews')) return undefined;
    const { verb, resource, subresource, namespace } = (
      body as { readonly spec: { readonly resourceAttributes: Readonly<Record<string, string>> } }
    ).spec.resourceAttributes;
    const what = `${resource ?? ''}${subresource === undefined ? '' : `/${subresource}`}`;
    const question = `${verb ?? ''} ${what}${namespace === undefined ? '' : ` in ${namespace}`}`;
    return { status: 201, body: { status: { allowed: !this.#isDenied(user, question) } } };
  }

  #refusal({ user, method, path, query }: ClusterRequest): ApiAnswer | undefined {
    const [, inNamespace, plural = '', name] =
      /^\/(?:api|apis\/[^/]+)\/v1\/(?:namespaces\/([^/]+)\/)?([a-z]+)(?:\/([^/]+))?$/.exec(path) ?? [];
    const isWatch = query['watch'] === 'true';
    const reading = name === undefined ? (isWatch ? 'watch' : 'list') : 'get';
    const verb = { GET: reading, POST: 'create', PATCH: 'patch', DELETE: 'delete' }[method] ?? method.toLowerCase();
    const question = `${verb} ${plural}${inNamespace === undefined ? '' : ` in ${inNamespace}`}`;
    if (!this.#isDenied(user, question)) return undefined;
    return failure(
      403,
      'Forbidden',
      `${plural}.neu.ro is forbidden: User "${user}" cannot ${verb} resource "${plural}" in API group "neu.ro" in the namespace "${inNamespace ?? ''}"`,
    );
  }

  #isDenied(user: string, question: Question): boolean {
    return this.denied.some((rule) => rule(user, question));
  }

  #sendLog({ path, query }: ClusterRequest, response: ServerResponse): void {
    const log = this.#logOf(decodeURIComponent(path.split('/').at(-2) ?? ''));
    const since = query['sinceTime'];
    const lines = since === undefined ? log.text : newerThan(log.text, since);
    response.writeHead(200, { 'content-type': 'text/plain' });
    response.flushHeaders();
    response.write(lines);
    if (log.isEnded || query['follow'] !== 'true') {
      response.end();
      return;
    }
    log.readers.add(response);
    response.on('close', () => log.readers.delete(response));
  }
}

function newerThan(text: string, since: string): string {
  return text
    .split('\n')
    .filter((line) => line.slice(0, since.length - 1) >= since.slice(0, -1))
    .map((line) => `${line}\n`)
    .join('');
}

/** What the API server adds to an object that is made. */
function born(body: unknown): unknown {
  const object = body as KubeObject;
  return {
    ...object,
    metadata: { ...object.metadata, generation: 1, creationTimestamp: new Date().toISOString() },
  };
}

/** A shell that says its prompt and echoes. */
function promptOf(shell: WebSocket): void {
  const say = (text: string): void => shell.send(Buffer.concat([Buffer.from([1]), Buffer.from(text)]));
  say('/ # ');
  shell.on('message', (data: Buffer) => {
    if (data[0] === 0) say(data.subarray(1).toString().replaceAll('\r', '\r\n/ # '));
  });
}
