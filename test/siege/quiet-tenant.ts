/**
 * The quiet tenant: each second she adds a secret and runs a job with the one before. What she waits for is seen by watches: the secret is Ready,
 * the job has its Pod. When the watch first shows the secret is measured too: the operator has no part in that.
 *
 * Promise: a wait that has no end within `longestWaitMs` counts as that long.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { systemClock, watchEvents, type KubeObject, type Transport } from '../../src/kernel/index.ts';

/** One wait: when it began, and how long it took. */
export interface Wait {
  readonly of: 'secret' | 'job' | 'api';
  readonly startMs: number;
  readonly tookMs: number;
}

export interface QuietTenant {
  /** Those that are over. */
  readonly waits: readonly Wait[];
  /** When the oldest wait began that is not over; without one, now. */
  pendingSince(): number;
  /** Ends her work; resolves when the last wait is over. */
  stop(): Promise<void>;
}

const everyMs = 1_000;
const longestWaitMs = 60_000;
const silenceMs = 120_000;
/** Her objects go after it, so that her namespace stays as small as it was. */
const keptMs = 15_000;
/** Every so many jobs one really runs; the others stay behind a gate with their Pod made, which spares the one node. */
const runsEvery = 10;

type Send = readonly [path: string, body: unknown];
type Seen = KubeObject & {
  readonly status?: { readonly conditions?: readonly { readonly type: string; readonly status: string }[] };
};
const isReady = ({ status }: Seen): boolean =>
  status?.conditions?.some(({ type, status: is }) => type === 'Ready' && is === 'True') === true;

export function startQuietTenant(transport: Transport, namespace: string): QuietTenant {
  const stopping = new AbortController();
  const watching = new AbortController();
  const waits: Wait[] = [];
  const pending = new Set<{ readonly startMs: number }>();
  const expected = new Map<string, (endMs: number) => void>();
  const ours = `/apis/neu.ro/v1/namespaces/${namespace}`;
  const core = `/api/v1/namespaces/${namespace}`;

  async function watch(path: string, isDone: (object: Seen) => boolean): Promise<void> {
    while (!watching.signal.aborted) {
      try {
        const query = { watch: true, allowWatchBookmarks: true };
        const body = await transport.stream({ method: 'GET', path, query, signal: watching.signal });
        for await (const { type, object } of watchEvents<Seen>(body, { path, clock: systemClock, silenceMs }))
          if (type !== 'BOOKMARK') {
            expected.get(`seen ${path}/${object.metadata.name}`)?.(performance.now());
            if (isDone(object)) expected.get(`${path}/${object.metadata.name}`)?.(performance.now());
          }
      } catch {
        await sleep(100, undefined, { signal: watching.signal }).catch(() => undefined);
      }
    }
  }

  /** Sends it, if another wait does not, and waits until the watch shows what it is for. */
  async function wait(of: Wait['of'], send: Send | undefined, shownBy: string): Promise<void> {
    const startMs = performance.now();
    const mark = { startMs };
    pending.add(mark);
    const ended = new Promise<number>((resolve) => {
      expected.set(shownBy, resolve);
      setTimeout(() => resolve(startMs + longestWaitMs), longestWaitMs).unref();
    });
    if (send !== undefined) {
      const [path, body] = send;
      // An API server that refuses her counts like one that lets her wait.
      await transport.request({ method: 'POST', path, body }).catch(() => undefined);
    }
    const endMs = await ended;
    expected.delete(shownBy);
    pending.delete(mark);
    waits.push({ of, startMs, tookMs: Math.min(longestWaitMs, endMs - startMs) });
  }

  async function turn(count: number): Promise<void> {
    const name = `quiet-${String(count)}`;
    const metadata = { name };
    const secret = { apiVersion: 'neu.ro/v1', kind: 'UserSecret', metadata, spec: { generate: { type: 'Password' } } };
    const runs = count % runsEvery === 0;
    const spec = {
      image: 'busybox:1',
      imagePullPolicy: 'IfNotPresent',
      command: ['true'],
      env: count === 0 ? [] : [{ name: 'S', fromSecret: { name: `quiet-${String(count - 1)}` } }],
      ...(runs ? {} : { schedulingGates: [{ name: 'example.com/stays' }] }),
    };
    const job = { apiVersion: 'neu.ro/v1', kind: 'NeuroJob', metadata, spec };
    await Promise.all([
      wait('secret', [`${ours}/usersecrets`, secret], `${ours}/usersecrets/${name}`),
      wait('job', [`${ours}/neurojobs`, job], `${core}/pods/${name}`),
      wait('api', undefined, `seen ${ours}/usersecrets/${name}`),
    ]);
    await sleep(keptMs, undefined, { signal: stopping.signal }).catch(() => undefined);
    for (const path of [`${ours}/neurojobs`, `${ours}/usersecrets`])
      await transport.request({ method: 'DELETE', path: `${path}/${name}` }).catch(() => undefined);
  }

  async function work(): Promise<void> {
    const turns: Promise<void>[] = [];
    for (let count = 0; !stopping.signal.aborted; count += 1) {
      turns.push(turn(count));
      await sleep(everyMs, undefined, { signal: stopping.signal }).catch(() => undefined);
    }
    await Promise.all(turns);
  }

  const watches = [watch(`${ours}/usersecrets`, isReady), watch(`${core}/pods`, () => true)];
  const worked = work();
  return {
    waits,
    pendingSince: () => Math.min(performance.now(), ...[...pending].map(({ startMs }) => startMs)),
    stop: async () => {
      stopping.abort();
      await worked;
      watching.abort();
      await Promise.all(watches);
    },
  };
}
