/** The command in this process, before an API server without a network, with streams that a test reads. */
import { PassThrough, Readable, Writable } from 'node:stream';
import type { Io } from '../../src/cli/io.ts';
import { run } from '../../src/cli/run.ts';
import { KubeClient, type Access, type Requester } from '../../src/kernel/index.ts';
import { InProcessTransport } from '../support/in-process-transport.ts';
import { ModelApi } from '../support/model-api.ts';

export interface World {
  readonly model: ModelApi;
  type(words: readonly string[], options?: TypeOptions): Promise<{ code: number; out: string; error: string }>;
}

export interface TypeOptions {
  readonly input?: string | Uint8Array;
  /** Lines typed at a terminal, one for each question. */
  readonly answers?: readonly string[];
  readonly isTerminal?: boolean;
  readonly env?: Readonly<Record<string, string>>;
}

/** Streams have connections of their own; here is nothing that they could reach. */
const nowhere: Access = {
  server: 'https://nowhere.invalid',
  namespace: 'alice',
  clusterName: 'dev',
  credentials: () => Promise.resolve({ headers: {}, tls: {} }),
};

export interface WorldOptions {
  /** What the API server says to access reviews of the caller. */
  readonly allow?: (attributes: Readonly<Record<string, string | undefined>>) => boolean;
}

/** In the home of alice, in the cluster `dev`. */
export function createWorld({ allow = () => false }: WorldOptions = {}): World {
  const model = new ModelApi();
  const requester = withReviews(new InProcessTransport({ model }), allow);
  const connection = {
    client: new KubeClient({ transport: requester }),
    requester,
    access: nowhere,
    clusterName: 'dev',
    contextNamespace: 'alice',
    close: () => Promise.resolve(),
  };
  return {
    model,
    type: async (words, options = {}) => {
      const [out, error] = [collector(), collector()];
      const io = ioOf(options, out.stream, error.stream);
      const code = await run(words, { io, connect: () => Promise.resolve(connection) }, '1.2.3');
      return { code, out: out.text(), error: error.text() };
    },
  };
}

function withReviews(requester: Requester, allow: NonNullable<WorldOptions['allow']>): Requester {
  return {
    stream: (request) => requester.stream(request),
    request: (request) => {
      if (!request.path.endsWith('/selfsubjectaccessreviews')) return requester.request(request);
      const { spec } = request.body as { spec: { resourceAttributes: Readonly<Record<string, string | undefined>> } };
      return Promise.resolve({ spec, status: { allowed: allow(spec.resourceAttributes) } });
    },
  };
}

function ioOf(
  { input = '', answers, isTerminal = false, env = {} }: TypeOptions,
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
    now: () => new Date('2026-11-25T10:00:00Z'),
    onInterrupt: () => () => undefined,
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
