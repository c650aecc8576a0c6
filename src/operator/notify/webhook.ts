/**
 * The addresses that messages go to, and how one is sent: `{"text": "…"}`, as Slack and what is compatible with it take it.
 *
 * Addresses come from a folder, which is a mounted Secret: file `url` for all namespaces, `url.NAMESPACE` for one. Only an administrator
 * writes it, and no tenant has any part in an address. An address is a secret itself: it stands in no log and in no error.
 */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Agent, type Dispatcher } from 'undici';
import { sleep, withTimeLimit, type Clock } from '../../kernel/index.ts';
import type { Notification } from './messages.ts';
import { wordFor, type Sent } from './notifier.ts';

/** The kubelet brings a changed Secret within about a minute. */
const readEveryMs = 30_000;
/** The limit for one message, from the connection to the end of the answer. */
const timeoutMs = 10_000;
/** A confirmation is a word; more of an answer is not read. */
const mostAnswerBytes = 16 * 1024;
/** What a receiver may ask us to wait. */
const longestWaitMs = 300_000;
/** Characters of a message. */
const longestText = 1_000;
const longestUrl = 4_096;
const allNamespaces = 'url';
const oneNamespace = 'url.';

interface WebhookOptions {
  readonly folder: string;
  readonly clock: Clock;
  /** Called for a file that holds no address, and for a file or folder that cannot be read. Never with what it holds. */
  readonly onBadUrl: (problem: string) => void;
}

export class Webhook {
  readonly #options: WebhookOptions;
  readonly #agent = new Agent({ connections: 4, connect: { timeout: timeoutMs } });
  #urls: ReadonlyMap<string, URL> = new Map();

  constructor(options: WebhookOptions) {
    this.#options = options;
  }

  /** Reads the addresses again and again until `signal` is aborted. */
  async follow(signal: AbortSignal): Promise<void> {
    try {
      for (;;) {
        await this.read();
        await sleep(readEveryMs, { clock: this.#options.clock, signal });
      }
    } catch (error) {
      if (!signal.aborted) throw error;
    } finally {
      await this.#agent.destroy();
    }
  }

  async read(): Promise<void> {
    const { folder, onBadUrl } = this.#options;
    const urls = new Map<string, URL>();
    const names = await readdir(folder).catch((error: unknown): readonly string[] => {
      // The Secret is optional.
      if ((error as { readonly code?: unknown }).code !== 'ENOENT') onBadUrl('the folder of addresses cannot be read');
      return [];
    });
    for (const name of names) {
      if (name !== allNamespaces && !name.startsWith(oneNamespace)) continue;
      const text = await readFile(join(folder, name), 'utf8').catch(() => undefined);
      const url = text === undefined ? undefined : urlOf(text.trim());
      if (text === undefined) onBadUrl(`'${name}' cannot be read`);
      else if (url === undefined) onBadUrl(`'${name}' holds no http or https address`);
      else urls.set(name, url);
    }
    this.#urls = urls;
  }

  hasReceiver(namespace: string): boolean {
    return this.#urlFor(namespace) !== undefined;
  }

  async send({ namespace, text }: Notification, signal: AbortSignal): Promise<Sent> {
    const url = this.#urlFor(namespace);
    if (url === undefined) return { is: 'refused', why: 'no address' };
    const limit = { limitMs: timeoutMs, clock: this.#options.clock, signal };
    try {
      const { statusCode, headers } = await withTimeLimit(limit, (limited) => this.#post(url, text, limited));
      if (statusCode >= 200 && statusCode < 300) return { is: 'sent' };
      const why = `HTTP ${String(statusCode)}`;
      if (statusCode !== 429 && statusCode < 500) return { is: 'refused', why };
      const afterMs = Number(headers['retry-after'] ?? 0) * 1000;
      return {
        is: 'failed',
        why,
        afterMs: Number.isFinite(afterMs) ? Math.min(Math.max(0, afterMs), longestWaitMs) : 0,
      };
    } catch (error) {
      return { is: 'failed', why: wordFor(error) };
    }
  }

  /** Resolves when the answer has ended. A redirect is not followed. */
  async #post(url: URL, text: string, signal: AbortSignal): Promise<Dispatcher.ResponseData> {
    const answer = await this.#agent.request({
      origin: url.origin,
      path: `${url.pathname}${url.search}`,
      method: 'POST',
      headers: { 'content-type': 'application/json', 'user-agent': 'neuro-operator' },
      body: JSON.stringify({ text: text.slice(0, longestText) }),
      signal,
    });
    await answer.body.dump({ limit: mostAnswerBytes });
    return answer;
  }

  #urlFor(namespace: string): URL | undefined {
    return this.#urls.get(`${oneNamespace}${namespace}`) ?? this.#urls.get(allNamespaces);
  }
}

function urlOf(text: string): URL | undefined {
  if (text.length > longestUrl || !URL.canParse(text)) return undefined;
  const url = new URL(text);
  return url.protocol === 'https:' || url.protocol === 'http:' ? url : undefined;
}
