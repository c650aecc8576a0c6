/** The few requests that a start needs of the API server: is it ready, is the node there, sign this certificate. */
import { Agent, request } from 'node:https';
import type { Credentials } from './pki/kubeconfig.ts';

const TIMEOUT_MS = 10_000;

interface ApiResponse {
  readonly status: number;
  readonly body: string;
}

export interface ApiRequest {
  readonly method?: 'GET' | 'POST' | 'PUT' | 'DELETE';
  readonly path: string;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Any status is an answer; rejects when there is none. */
export async function apiRequest(
  credentials: Credentials,
  { method, path, body, headers }: ApiRequest,
): Promise<ApiResponse> {
  const agent = new Agent({
    ca: credentials.authorityPem,
    cert: credentials.certificatePem,
    key: credentials.keyPem,
    keepAlive: false,
  });
  const text = body === undefined ? undefined : JSON.stringify(body);
  try {
    return await new Promise<ApiResponse>((resolve, reject) => {
      const outgoing = request(
        new URL(path, credentials.server),
        {
          agent,
          method: method ?? 'GET',
          timeout: TIMEOUT_MS,
          headers: { 'content-type': 'application/json', ...headers },
        },
        (response) => {
          let received = '';
          response.setEncoding('utf8');
          response.on('data', (chunk: string) => (received += chunk));
          response.on('end', () => resolve({ status: response.statusCode ?? 0, body: received }));
          response.on('error', reject);
        },
      );
      outgoing.on('timeout', () => outgoing.destroy(new Error(`no answer to ${path} within ${TIMEOUT_MS / 1000} s`)));
      outgoing.on('error', reject);
      outgoing.end(text);
    });
  } finally {
    agent.destroy();
  }
}
