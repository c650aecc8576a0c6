/** What people read when no API server answers: which one, by which context, why, and what to do. */
import { generateKeyPairSync, X509Certificate } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer as createPlainServer, type RequestListener, type Server as HttpServer } from 'node:http';
import { createServer } from 'node:https';
import { type AddressInfo, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openConnection } from '../../../src/cli/connect/connection.ts';
import { unreachableSentence } from '../../../src/cli/connect/unreachable.ts';
import { explain } from '../../../src/cli/errors.ts';
import { defined } from '../../../src/defined.ts';
import type { Io } from '../../../src/cli/io.ts';
import { isKernelError, type TransportRequest } from '../../../src/kernel/index.ts';
import { newPair, type TestPair } from '../../support/certificate-pair.ts';
import { FakeApiServer } from '../../support/fake-api-server.ts';
import { status } from '../../support/faults.ts';

const ioAt = (now: Date) => ({ isErrorTerminal: false, stderr: process.stderr, now: () => now }) as unknown as Io;

let folder: string;
let pair: TestPair;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'neuro-unreachable-'));
  pair = await newPair('elsewhere.example.com');
});

afterAll(() => rmSync(folder, { recursive: true }));

interface Asked {
  readonly user?: object;
  readonly now?: Date;
  readonly timeoutMs?: number;
}

async function errorFrom(cluster: object, { user = { token: 't' }, now = new Date(), timeoutMs }: Asked = {}) {
  const path = join(folder, 'config');
  writeFileSync(
    path,
    JSON.stringify({
      clusters: [{ name: 'prod', cluster }],
      users: [{ name: 'alice', user }],
      contexts: [{ name: 'work', context: { cluster: 'prod', user: 'alice' } }],
      'current-context': 'work',
    }),
  );
  const { requester, close } = await openConnection({ io: ioAt(now), options: { kubeconfig: path } });
  const request: TransportRequest = { method: 'GET', path: '/api', ...defined({ timeoutMs }) };
  try {
    return await requester.request(request).catch((error: unknown) => error);
  } finally {
    await close();
  }
}

/** On a port of this machine, while `work` goes on. */
async function serving<T>(server: Server, work: (host: string) => Promise<T>) {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  try {
    return await work(`127.0.0.1:${String((server.address() as AddressInfo).port)}`);
  } finally {
    server.close();
    if ('closeAllConnections' in server) (server as HttpServer).closeAllConnections();
  }
}

/** A proxy that gives this to every CONNECT. */
function proxyAnswering(answer: string): Server {
  return createPlainServer().on('connect', (_asked, socket: Socket) => socket.end(answer));
}

describe('an API server that cannot be reached is named, without credentials and query', () => {
  test('when it refuses the connection', async () => {
    const error = await errorFrom({ server: 'https://u:s3cret@127.0.0.1:1/k8s/clusters/c-1/?token=s3cret' });
    expect(explain(error)).toEqual({
      exitCode: 74,
      sentence:
        "No connection to the API server https://127.0.0.1:1/k8s/clusters/c-1 (context 'work'): the connection was refused; check that the cluster runs, or choose another context with --context.",
    });
    // What follows a job tries again.
    expect(isKernelError(error, 'Network')).toBe(true);
  });

  test('when the proxy to it refuses the connection, with the proxy', async () => {
    const error = await errorFrom({ server: 'https://api.example.com', 'proxy-url': 'http://u:s3cret@127.0.0.1:1' });
    const { sentence } = explain(error);
    expect(sentence).toContain(
      "https://api.example.com through the proxy http://127.0.0.1:1 (context 'work'): the proxy refused the connection; check that it runs",
    );
    expect(sentence).not.toContain('s3cret');
  });

  test.each<[string, string, string]>([
    ['403', 'HTTP/1.1 403 Forbidden\r\n\r\n', 'the proxy answered 403; ask an administrator of the proxy'],
    [
      '407',
      'HTTP/1.1 407 Proxy Authentication Required\r\n\r\n',
      'the proxy answered 407; write the user and password of the proxy into the proxy-url',
    ],
    [
      '502',
      'HTTP/1.1 502 Bad Gateway\r\n\r\n',
      'the proxy answered 502; check that the cluster runs, and that the proxy',
    ],
    ['what is no HTTP', 'SSH-2.0\r\n\r\n', 'the proxy did not answer as an HTTP proxy does; correct the proxy-url'],
    ['nothing', '', 'the proxy did not answer as an HTTP proxy does; correct the proxy-url'],
  ])('when the proxy to it answers %s', async (_what, answer, words) => {
    await serving(proxyAnswering(answer), async (host) => {
      const proxied = { server: 'https://api.example.com', 'proxy-url': `http://u:s3cret@${host}` };
      const { sentence } = explain(await errorFrom(proxied));
      expect(sentence).toContain(words);
      expect(sentence).not.toContain('s3cret');
    });
  });

  test('when another authority signed its certificate', async () => {
    await serving(createServer({ cert: pair['tls.crt'], key: pair['tls.key'] }), async (host) => {
      const { sentence } = explain(await errorFrom({ server: `https://${host}` }));
      expect(sentence).toContain(`https://${host} (context 'work'): its certificate is not trusted`);
    });
  });

  test('when a certificate or a key of the kubeconfig cannot be used, with its file', async () => {
    const broken = join(folder, 'broken.pem');
    writeFileSync(broken, 'garbage');
    const encrypted = join(folder, 'encrypted.pem');
    const cipher = { type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: 'x' } as const;
    writeFileSync(encrypted, generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export(cipher));
    const [cert, key] = ['tls.crt', 'tls.key'].map((name) => {
      const path = join(folder, name);
      writeFileSync(path, pair[name as 'tls.crt' | 'tls.key']);
      return path;
    });
    const sentences: string[] = [];
    const rows: readonly (readonly [object, object])[] = [
      [{}, { 'client-certificate': broken, 'client-key': key }],
      [{}, { 'client-certificate': cert, 'client-key': broken }],
      [{}, { 'client-certificate': cert, 'client-key': encrypted }],
      [{}, { 'client-certificate-data': 'Z2FyYmFnZQ==', 'client-key': key, token: 't' }],
      [{}, { 'client-certificate': cert }],
      [{ 'certificate-authority': broken }, { token: 't' }],
    ];
    for (const [cluster, user] of rows)
      sentences.push(explain(await errorFrom({ server: 'https://127.0.0.1:1', ...cluster }, { user })).sentence);
    const start = "No connection to the API server https://127.0.0.1:1 (context 'work'): ";
    const end = ', or choose another context with --context.';
    const fault = 'is damaged, encrypted or not in the PEM format; correct it';
    expect(sentences).toEqual(
      [
        `the client-certificate ${broken} ${fault}`,
        `the client-key ${broken} ${fault}`,
        `the client-key ${encrypted} ${fault}`,
        `the client-certificate-data of the kubeconfig ${fault}`,
        'the kubeconfig has a client-certificate without its client-key; add the key',
        `the certificate-authority ${broken} ${fault}`,
      ].map((why) => `${start}${why}${end}`),
    );
  });

  test('when the headers of its answer are too long, and not before', async () => {
    const warned: RequestListener = ({ url }, response) => {
      response.setHeader('warning', 'x'.repeat(url === '/api' ? 2_000_000 : 100_000)).end('{}');
    };
    await serving(createPlainServer({ maxHeaderSize: 4_000_000 }, warned), async (host) => {
      const error = await errorFrom({ server: `http://${host}` });
      expect(explain(error).sentence).toContain('the headers of its answer have more than 1024 KiB');
      expect(await errorFrom({ server: `http://${host}/below` })).toEqual({});
    });
  });

  test('when its certificate is for another name', async () => {
    await serving(createServer({ cert: pair['tls.crt'], key: pair['tls.key'] }), async (host) => {
      const authority = Buffer.from(pair['ca.crt']).toString('base64');
      const error = await errorFrom({ server: `https://${host}`, 'certificate-authority-data': authority });
      expect(explain(error).sentence).toContain('its certificate is for another name');
    });
  });

  test('when it does not speak TLS', async () => {
    await serving(createPlainServer(), async (host) => {
      expect(explain(await errorFrom({ server: `https://${host}` })).sentence).toContain(
        'the server there is not an API server',
      );
    });
  });
});

describe('an API server that is connected and does not finish', () => {
  const begun: RequestListener = (_request, response) => void response.writeHead(200).write('{"items":[');

  test.each<[string, RequestListener, string, number]>([
    ['answers nothing', () => undefined, 'did not answer within 0.2 s; try again, or ask an administrator of', 124],
    ['stops in its answer', begun, 'did not finish its answer: nothing more came for 0.2 s; try again, or ask an', 124],
    [
      'breaks its answer off',
      (request, response) => {
        begun(request, response);
        // After what is written is on its way.
        setImmediate(() => request.socket.end());
      },
      'broke off in the middle of its answer; try again.',
      74,
    ],
  ])('is said to be slow or broken, and not the network: %s', async (_what, listener, words, exitCode) => {
    await serving(createPlainServer(listener), async (host) => {
      const explained = explain(await errorFrom({ server: `http://${host}` }, { timeoutMs: 200 }));
      expect(explained.sentence).toContain(`The API server http://${host} (context 'work') ${words}`);
      expect(explained.exitCode).toBe(exitCode);
    });
  });
});

describe('a client certificate that has expired is named with the day, where the API server knows nobody', () => {
  const yearsOn = (years: number) => new Date(Date.now() + years * 366 * 24 * 3_600_000);
  const refusalWith = async (user: object, now: Date) => {
    const server = await FakeApiServer.start();
    try {
      server.script(() => true, status(401), status(401));
      return await errorFrom({ server: server.url }, { user, now });
    } finally {
      await server.close();
    }
  };
  const base64 = (text: string) => Buffer.from(text).toString('base64');
  const withCertificate = () => ({
    'client-certificate-data': base64(pair['tls.crt']),
    'client-key-data': base64(pair['tls.key']),
  });

  test('with what to do', async () => {
    const error = await refusalWith(withCertificate(), yearsOn(2));
    const day = new X509Certificate(pair['tls.crt']).validToDate.toISOString().slice(0, 10);
    expect(explain(error)).toEqual({
      exitCode: 77,
      sentence: `The client certificate of the context 'work' expired on ${day}; get a new kubeconfig from the tool that made this one, or ask an administrator of the cluster to run \`neuro admin add-user NAME --save-kubeconfig FILE\`.`,
    });
    expect(isKernelError(error, 'Unauthorized')).toBe(true);
  });

  test.each<[string, () => object, Date]>([
    ['a certificate that is valid', withCertificate, new Date()],
    ['a token', () => ({ token: 't' }), yearsOn(2)],
    ['a certificate that is damaged', () => ({ 'client-certificate-data': base64('x'), token: 't' }), yearsOn(2)],
  ])('not for %s', async (_what, user, now) => {
    expect(explain(await refusalWith(user(), now)).sentence).toContain('does not know these credentials');
  });
});

test.each<[string, object, string]>([
  [
    'a name that is not known',
    { code: 'ENOTFOUND', hostname: 'proxy.example' },
    "the host 'proxy.example' was not found",
  ],
  ['a name server that does not answer', { code: 'EAI_AGAIN', hostname: 'a.example' }, "the host 'a.example' was not"],
  ['no connection in time', { code: 'ETIMEDOUT' }, 'it timed out; check your network and VPN'],
  [
    'no connection in our own time',
    { code: 'ETIMEDOUT', phase: 'connection', limitMs: 10_000 },
    'nothing answered within 10 s; check your network and VPN',
  ],
  ['no route', { code: 'EHOSTUNREACH' }, 'no route leads to it'],
  ['a connection that ends at once', { code: 'ECONNRESET' }, 'the connection was closed without a response'],
  [
    'a certificate that has expired',
    { code: 'CERT_HAS_EXPIRED' },
    'ask an administrator of the cluster to renew it, or choose another context',
  ],
  ['a clock that is behind', { code: 'CERT_NOT_YET_VALID' }, 'its certificate is not valid yet'],
  ['an authority of its own', { code: 'SELF_SIGNED_CERT_IN_CHAIN' }, 'its certificate is not trusted'],
  ['a key of another certificate', { code: 'ERR_OSSL_X509_KEY_VALUES_MISMATCH' }, 'correct the user of the kubeconfig'],
  [
    'a certificate that is damaged, perhaps that of the authority',
    { code: 'ERR_OSSL_PEM_BAD_BASE64_DECODE' },
    'correct its client-certificate, client-key or certificate-authority',
  ],
  ['a token that cannot be sent', { code: 'ERR_INVALID_CHAR' }, 'correct the user of the kubeconfig'],
  ['anything else', { code: 'ESOMETHING' }, ': ESOMETHING; '],
  ['anything without a code', { message: 'something went wrong' }, ': something went wrong; '],
])('says in words: %s', (_what, fault, words) => {
  expect(unreachableSentence({ server: 'https://api.example.com', contextName: 'work' }, fault)).toContain(words);
});

test('says that the proxy made no connection, with the proxy and the server', () => {
  const place = {
    server: 'https://api.example.com',
    proxyUrl: 'http://u:s3cret@proxy.example:3128',
    contextName: 'work',
  };
  expect(unreachableSentence(place, { code: 'ETIMEDOUT', phase: 'tunnel', limitMs: 10_000 })).toBe(
    "No connection to the API server https://api.example.com through the proxy http://proxy.example:3128 (context 'work'): the proxy made no connection to it within 10 s; check that the cluster runs, and that the proxy can reach it, or choose another context with --context.",
  );
});

test('says that it was called from a Pod, where no other context can be chosen', () => {
  expect(unreachableSentence({ server: 'https://10.0.0.1' }, { code: 'ETIMEDOUT' })).toBe(
    'No connection to the API server https://10.0.0.1 (from inside the cluster): it timed out; check your network and VPN.',
  );
});
