/** The page of a job, a console that opens it on an origin of its own, and what a browser sends to both. */
import { afterAll, afterEach, beforeAll, beforeEach, expect } from 'vitest';
import WebSocket from 'ws';
import type { Limits } from '../../../src/console/server/limits.ts';
import { systemClock, type Clock } from '../../../src/kernel/index.ts';
import { startPageServer, type PageServer } from '../../support/console/page-server.ts';
import {
  askAt,
  cookieHeader,
  origin,
  startWorld,
  type Answer,
  type ClusterWorld,
  type Login,
} from './cluster-world.ts';

export const json = { 'content-type': 'application/json' };
export const form = { 'content-type': 'application/x-www-form-urlencoded' };
const domain = 'jobs.test';

interface Seen {
  readonly method: string;
  readonly url: string;
  readonly rawHeaders: readonly string[];
  readonly body: string;
}

export interface OpenedPage {
  readonly host: string;
  readonly cookie: string;
}

/** For a test file: before each test a console, with Alice's session, in front of a page that all tests share. */
export function withOpenedJobs(limits: Partial<Limits> = {}, clock: Clock = systemClock) {
  let page: PageServer;
  let world: ClusterWorld;
  let alice: Login;

  beforeAll(async () => {
    page = await startPageServer();
  });
  afterAll(() => page.stop());
  beforeEach(async () => {
    world = await startWorld(['--job-domain', domain], { limits, clock });
    alice = await world.logIn('alice');
    world.api.ports.set('notebook-pod', page.port);
  });
  afterEach(() => world.stop());

  /** What the API server answers for the job, each time that it is asked. */
  function job(name = 'notebook', uid = 'uid-1', status: object = { phase: 'Running', podName: 'notebook-pod' }): void {
    world.api.scripted.set(`/neurojobs/${name}`, (_request, response) => {
      response.writeHead(200, json);
      response.end(
        JSON.stringify({
          metadata: { name, namespace: 'alice', uid },
          spec: { image: 'x', http: { port: 80 } },
          status,
        }),
      );
      job(name, uid, status);
    });
  }

  async function way(
    login: Login = alice,
    name = 'notebook',
  ): Promise<{ readonly host: string; readonly ticket: string }> {
    const answer = await world.ask('/api/open', {
      method: 'POST',
      headers: { ...json, origin, 'x-csrf-token': login.csrf },
      cookie: login.cookie,
      body: JSON.stringify({ context: 'cluster', namespace: 'alice', name }),
    });
    expect(answer.status).toBe(200);
    const { address, ticket } = answer.json as { readonly address: string; readonly ticket: string };
    return { host: new URL(address).host, ticket };
  }

  function redeem(host: string, ticket: string): Promise<Answer> {
    const body = new URLSearchParams({ ticket }).toString();
    const headers = { host, ...form, origin: 'null', 'sec-fetch-site': 'cross-site' };
    return askAt(world.console.port, '/.neuro/open', { method: 'POST', headers, body });
  }

  async function opened(login: Login = alice, name = 'notebook'): Promise<OpenedPage> {
    const { host, ticket } = await way(login, name);
    const answer = await redeem(host, ticket);
    expect(answer.status).toBe(200);
    return { host, cookie: cookieHeader(answer.cookies) };
  }

  function visit(
    { host, cookie }: OpenedPage,
    path: string,
    headers: Record<string, string> = {},
    method = 'GET',
    body?: string,
  ): Promise<Answer> {
    return askAt(world.console.port, path, {
      method,
      headers: { host, cookie, ...headers },
      ...(body === undefined ? {} : { body }),
    });
  }

  async function lastSeen(at: OpenedPage): Promise<Seen> {
    const all = (await visit(at, '/seen')).json as unknown as readonly Seen[];
    return all.filter(({ url }) => url !== '/seen').at(-1) as Seen;
  }

  function socketTo({ host, cookie }: OpenedPage, from = `https://${host}`): WebSocket {
    return new WebSocket(`ws://127.0.0.1:${String(world.console.port)}/ws`, {
      headers: { host, cookie, ...(from === '' ? {} : { origin: from }) },
      perMessageDeflate: false,
    });
  }

  return {
    job,
    way,
    redeem,
    opened,
    visit,
    lastSeen,
    socketTo,
    world: () => world,
    alice: () => alice,
  };
}
