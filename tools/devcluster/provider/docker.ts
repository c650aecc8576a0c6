/** Is there a Docker daemon that answers, and can it have an image? Never holds up a start for long. */
import { request } from 'node:http';
import type { RequestOptions } from 'node:http';

const PING_TIMEOUT_MS = 1_000;
/** A pull may take minutes, but not with nothing heard from it. */
const PULL_SILENCE_MS = 20_000;

/** Where Docker listens: `DOCKER_HOST`, else its usual socket. Undefined for a scheme that is not understood. */
export function dockerAddress(env: NodeJS.ProcessEnv = process.env): RequestOptions | undefined {
  const host = env['DOCKER_HOST'] ?? 'unix:///var/run/docker.sock';
  if (host.startsWith('unix://')) return { socketPath: host.slice('unix://'.length) };
  const tcp = /^(?:tcp|http):\/\/([^:/]+):(\d+)/.exec(host);
  return tcp === null ? undefined : { host: tcp[1], port: Number(tcp[2]) };
}

export async function dockerAnswers(address: RequestOptions): Promise<boolean> {
  const response = await ask({ ...address, path: '/_ping' }, PING_TIMEOUT_MS).catch(() => undefined);
  return response?.status === 200;
}

/** Undefined when the image is there, pulled or from before; else why not, in a few words. */
export async function whyNoImage(address: RequestOptions, image: string): Promise<string | undefined> {
  const local = await ask({ ...address, path: `/images/${image}/json` }, PING_TIMEOUT_MS).catch(() => undefined);
  if (local?.status === 200) return undefined;
  try {
    const path = `/images/create?fromImage=${encodeURIComponent(image)}`;
    const { status, body } = await ask({ ...address, path, method: 'POST' }, PULL_SILENCE_MS);
    // A pull that fails half way has status 200 and says so in its last lines.
    const error = errorIn(body);
    return status === 200 && error === undefined ? undefined : (error ?? `status ${status}`);
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

/** The answer is one JSON value a line. */
export function errorIn(body: string): string | undefined {
  for (const line of body.split('\n').filter((text) => text.trim() !== '')) {
    try {
      const { error, message } = JSON.parse(line) as { error?: string; message?: string };
      const found = error ?? message;
      if (found !== undefined) return found;
    } catch {
      // A line that is cut off says nothing.
    }
  }
  return undefined;
}

function ask(options: RequestOptions, silenceMs: number): Promise<{ status: number; body: string }> {
  return new Promise((resolve, reject) => {
    const outgoing = request({ ...options, timeout: silenceMs }, (response) => {
      let body = '';
      response.setEncoding('utf8');
      response.on('data', (chunk: string) => (body += chunk));
      response.on('end', () => resolve({ status: response.statusCode ?? 0, body }));
      response.on('error', reject);
    });
    outgoing.on('timeout', () => outgoing.destroy(new Error(`nothing heard for ${silenceMs / 1000} s`)));
    outgoing.on('error', reject);
    outgoing.end();
  });
}
