/** The command in this process, before an API server without a network, with streams that a test reads. */
import { PassThrough, Readable, Writable } from 'node:stream';
import type { Io } from '../../src/cli/io.ts';
import { run } from '../../src/cli/run.ts';
import { KernelError, KubeClient, type Access, type Requester, type TransportRequest } from '../../src/kernel/index.ts';
import { InProcessTransport } from '../support/in-process-transport.ts';
import { ModelApi } from '../support/model-api.ts';

export interface World {
  readonly model: ModelApi;
  type(words: readonly string[], options?: TypeOptions): Promise<{ code: number; out: string; error: string }>;
}

interface TypeOptions {
  readonly input?: string | Uint8Array;
  /** Lines typed at a terminal, one for each question. */
  readonly answers?: readonly string[];
  readonly isTerminal?: boolean;
  readonly env?: Readonly<Record<string, string>>;
  readonly now?: () => Date;
}

/** Streams have connections of their own; here is nothing that they could reach. */
const nowhere: Access = {
  server: 'https://nowhere.invalid',
  namespace: 'alice',
  clusterName: 'dev',
  contextName: 'dev',
  credentials: () => Promise.resolve({ headers: {}, tls: {} }),
};

const { contextName: _context, ...inPod } = nowhere;

export interface WorldOptions {
  /** What the API server says to access reviews; `user` where the caller impersonates one, or asks about one. */
  readonly allow?: (attributes: Readonly<Record<string, string | undefined>>, user?: string) => boolean;
  readonly mayImpersonate?: boolean;
  /** The API server knows nobody, and says so where it is asked who the caller is. */
  readonly isAnonymous?: boolean;
  /** The context names no namespace. */
  readonly isHomeless?: boolean;
  /** The command runs in a Pod, as its service account. */
  readonly isInPod?: boolean;
  /** What the operator does after each write. */
  readonly operate?: (model: ModelApi) => void;
  /** An error answers the request. */
  readonly refuse?: (request: TransportRequest) => Error | undefined;
  /** No cluster can be reached. */
  readonly connectError?: Error;
  /** What an API that is none of Kubernetes' own answers, by path. */
  readonly answers?: Readonly<Record<string, object>>;
}

/** In the home of alice, in the cluster `dev`. */
export function createWorld({
  allow = () => false,
  mayImpersonate = true,
  isHomeless = false,
  isInPod = false,
  isAnonymous = false,
  operate = () => undefined,
  refuse = () => undefined,
  answers = {},
  connectError,
}: WorldOptions = {}): World {
  const model = new ModelApi();
  const transport = operated(new InProcessTransport({ model, intercept: (request) => refuse(request) ?? 'pass' }), () =>
    operate(model),
  );
  const requester = withAnswers(isAnonymous ? transport : withReviews(transport, allow), answers);
  const connection = {
    client: new KubeClient({ transport: requester }),
    clientAs: (user: string) =>
      new KubeClient({
        transport: mayImpersonate ? withReviews(transport, allow, user) : refusing(requester, 'cannot impersonate'),
      }),
    requester,
    access: isInPod ? inPod : nowhere,
    clusterName: 'dev',
    contextNamespace: isHomeless ? undefined : 'alice',
    close: () => Promise.resolve(),
  };
  return {
    model,
    type: async (words, options = {}) => {
      const [out, error] = [collector(), collector()];
      const io = ioOf(options, out.stream, error.stream);
      const code = await run(
        words,
        {
          io,
          connect: () => (connectError === undefined ? Promise.resolve(connection) : Promise.reject(connectError)),
        },
        '1.2.3',
      );
      return { code, out: out.text(), error: error.text() };
    },
  };
}

function operated(requester: Requester, operate: () => void): Requester {
  return {
    stream: (request) => requester.stream(request),
    request: async (request) => {
      const answer = await requester.request(request);
      if (request.method !== 'GET') operate();
      return answer;
    },
  };
}

function withAnswers(requester: Requester, answers: Readonly<Record<string, object>>): Requester {
  return {
    stream: (request) => requester.stream(request),
    request: (request) => Promise.resolve(answers[request.path] ?? requester.request(request)),
  };
}

function withReviews(requester: Requester, allow: NonNullable<WorldOptions['allow']>, user?: string): Requester {
  return {
    stream: (request) => requester.stream(request),
    request: (request) => {
      if (request.path.endsWith('/selfsubjectreviews'))
        return Promise.resolve({ status: { userInfo: { username: user ?? 'alice' } } });
      if (!request.path.endsWith('subjectaccessreviews')) return requester.request(request);
      const { spec } = request.body as {
        spec: { user?: string; resourceAttributes: Readonly<Record<string, string | undefined>> };
      };
      return Promise.resolve({ spec, status: { allowed: allow(spec.resourceAttributes, spec.user ?? user) } });
    },
  };
}

function refusing(requester: Requester, message: string): Requester {
  return {
    stream: (request) => requester.stream(request),
    request: () => Promise.reject(new KernelError('Forbidden', message)),
  };
}

function ioOf(
  { input = '', answers, isTerminal = false, env = {}, now = () => new Date('2026-11-25T10:00:00Z') }: TypeOptions,
  stdout: Writable,
  stderr: Writable,
): Io {
  return {
    stdin: answers === undefined ? Readable.from([Buffer.from(input)]) : typist(answers),
    stdout,
    stderr,
    isInputTerminal: isTerminal,
    isOutputTerminal: isTerminal,
    isErrorTerminal: isTerminal,
    columns: 100,
    rows: 24,
    env,
    now,
    onInterrupt: () => () => undefined,
    beforeSignal: () => () => undefined,
    onResize: () => () => undefined,
    setRaw: () => undefined,
  };
}

/** Types a line whenever someone has begun to read. */
function typist(answers: readonly string[]): Readable {
  const keyboard = new PassThrough();
  const left = [...answers];
  keyboard.on('newListener', (event) => {
    if (event !== 'keypress' && event !== 'data') return;
    setImmediate(() => {
      const line = left.shift();
      if (line !== undefined) keyboard.write(`${line}\n`);
    });
  });
  return keyboard;
}

function collector(): { readonly stream: Writable; text(): string } {
  const chunks: Buffer[] = [];
  return {
    stream: new Writable({
      write: (chunk: Buffer, _encoding, done) => {
        chunks.push(chunk);
        done();
      },
    }),
    text: () => Buffer.concat(chunks).toString(),
  };
}
