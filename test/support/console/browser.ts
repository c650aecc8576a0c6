/** A browser as far as a login needs one: cookies by origin, redirects one after the other. */
import { Agent, request } from 'undici';

export interface Page {
  readonly status: number;
  readonly url: string;
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  readonly text: string;
}

interface BrowserOptions {
  /** Authorities that are trusted besides those of Node. */
  readonly ca?: string;
  /** Where origins really are: `https://console.test` → `http://127.0.0.1:1234`. */
  readonly places?: Readonly<Record<string, string>>;
}

const maxRedirects = 12;

export class Browser {
  /** By origin, then by name. */
  readonly cookies = new Map<string, Map<string, string>>();
  /** Addresses that were gone to, in order. */
  readonly visited: string[] = [];
  readonly #agent: Agent;
  readonly #places: Readonly<Record<string, string>>;

  constructor({ ca, places = {} }: BrowserOptions = {}) {
    this.#agent = new Agent(ca === undefined ? {} : { connect: { ca } });
    this.#places = places;
  }

  /** What the origin would be sent. */
  cookieOf(origin: string): string {
    return [...(this.cookies.get(origin) ?? [])].map(([name, value]) => `${name}=${value}`).join('; ');
  }

  async get(address: string, headers: Readonly<Record<string, string>> = {}): Promise<Page> {
    const { origin, host, pathname, search } = new URL(address);
    this.visited.push(address);
    const cookie = this.cookieOf(origin);
    const answer = await request(`${this.#places[origin] ?? origin}${pathname}${search}`, {
      headers: { host, ...(cookie === '' ? {} : { cookie }), ...headers },
      dispatcher: this.#agent,
    });
    for (const line of [answer.headers['set-cookie'] ?? []].flat()) this.#keep(origin, line);
    return { status: answer.statusCode, url: address, headers: answer.headers, text: await answer.body.text() };
  }

  /** Follows redirects to their end; `until` stops before an address that begins so. */
  async follow(address: string, until?: string): Promise<Page> {
    let page = await this.get(address);
    for (let count = 0; count < maxRedirects; count += 1) {
      const location = page.headers['location'];
      if (page.status < 300 || page.status >= 400 || typeof location !== 'string') return page;
      const next = new URL(location, page.url).href;
      if (until !== undefined && next.startsWith(until)) return { ...page, url: next };
      page = await this.get(next);
    }
    throw new Error(`more than ${String(maxRedirects)} redirects from ${address}`);
  }

  close(): Promise<void> {
    return this.#agent.destroy();
  }

  #keep(origin: string, line: string): void {
    const [pair = '', ...attributes] = line.split(';').map((part) => part.trim());
    const at = pair.indexOf('=');
    const jar = this.cookies.get(origin) ?? new Map<string, string>();
    this.cookies.set(origin, jar);
    const isOver = attributes.some((attribute) => /^(max-age=0|expires=.*1970)/i.test(attribute));
    if (isOver || pair.slice(at + 1) === '') jar.delete(pair.slice(0, at));
    else jar.set(pair.slice(0, at), pair.slice(at + 1));
  }
}
