/**
 * The quiet tenant: each second she adds a secret and runs a job with the one before. What she waits for is seen by watches: the secret is Ready,
 * the job has its Pod.
 *
 * At the same time a bare client sends, for the same person, the requests that this takes, and waits for the same watches in between: that is what
 * the API server costs by itself under the requests of others, with no operator in it.
 *
 * Promise: a wait that has no end within `longestWaitMs` counts as that long.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { KubeObject, Transport } from '../../src/kernel/index.ts';
import { Sightings } from './sightings.ts';
import { Waits } from './waits.ts';

export interface QuietTenant {
  readonly waits: Waits;
  /** Ends her work; resolves when the last wait is over. */
  stop(): Promise<void>;
}

const everyMs = 1_000;
/** Her objects go after it, so that her namespace stays as small as it was. */
const keptMs = 15_000;
/** Every so many jobs one really runs; the others stay behind a gate with their Pod made, which spares the one node. */
const runsEvery = 10;
const doneLabel = 'example.com/done';
const gates = [{ name: 'example.com/stays' }];

type Seen = KubeObject & {
  readonly status?: { readonly conditions?: readonly { readonly type: string; readonly status: string }[] };
};
const isReady = ({ status }: Seen): boolean =>
  status?.conditions?.some(({ type, status: is }) => type === 'Ready' && is === 'True') === true;

export function startQuietTenant(transport: Transport, namespace: string): QuietTenant {
  const stopping = new AbortController();
  const waits = new Waits();
  const sightings = new Sightings(transport);
  const ours = `/apis/neu.ro/v1/namespaces/${namespace}`;
  const core = `/api/v1/namespaces/${namespace}`;
  sightings.watch(`${ours}/usersecrets`, (object) => {
    const { name, labels } = object.metadata;
    const isDone = labels?.[doneLabel] !== undefined;
    return [`seen ${name}`, ...(isReady(object) ? [`ready ${name}`] : []), ...(isDone ? [`done ${name}`] : [])];
  });
  sightings.watch(`${ours}/neurojobs`, ({ metadata: { name } }) => [`seen ${name}`]);
  sightings.watch(`${core}/pods`, ({ metadata: { name } }) => [`pod ${name}`]);

  // An API server that refuses her counts like one that lets her wait.
  const send = async (method: 'GET' | 'POST' | 'PATCH' | 'DELETE', path: string, body?: unknown): Promise<void> => {
    const contentType = method === 'PATCH' ? { contentType: 'application/merge-patch+json' } : {};
    await transport.request({ method, path, body, ...contentType }).catch(() => undefined);
  };

  async function addSecret(name: string): Promise<void> {
    await waits.measure('secret', async (startMs) => {
      const ready = sightings.until(`ready ${name}`, startMs);
      const spec = { generate: { type: 'Password' } };
      await send('POST', `${ours}/usersecrets`, { ...ourKind('UserSecret', name), spec });
      return ready;
    });
  }

  async function runJob(name: string, count: number): Promise<void> {
    await waits.measure('job', async (startMs) => {
      const pod = sightings.until(`pod ${name}`, startMs);
      const env = count === 0 ? [] : [{ name: 'S', fromSecret: { name: `quiet-${String(count - 1)}` } }];
      const spec = { ...container, env, ...(count % runsEvery === 0 ? {} : { schedulingGates: gates }) };
      await send('POST', `${ours}/neurojobs`, { ...ourKind('NeuroJob', name), spec });
      return pod;
    });
  }

  /** As for a secret: the object, a native Secret for it, a mark that it was generated, and its status. */
  async function bareSecret(name: string): Promise<void> {
    await waits.measure('control-secret', async (startMs) => {
      // The operator has nothing to do for it but to say so.
      const spec = { secretKeyRef: { name: 'not-there', key: 'x' } };
      await ask(`${ours}/usersecrets`, { ...ourKind('UserSecret', name), spec }, name, startMs);
      await send('POST', `${core}/secrets`, { ...coreKind('Secret', name), stringData: { value: name } });
      const done = sightings.until(`done ${name}`, startMs);
      const path = `${ours}/usersecrets/${name}`;
      await send('PATCH', path, { metadata: { annotations: { 'example.com/generated': 'yes' } } });
      await send('PATCH', path, { metadata: { labels: { [doneLabel]: 'yes' } } });
      return done;
    });
  }

  /** As for a job: the object, whether it may, its secret and itself read, the snapshot, whether it still may, and the Pod. */
  async function bareJob(name: string): Promise<void> {
    await waits.measure('control-job', async (startMs) => {
      const spec = { ...container, preset: 'no-such-preset' };
      await ask(`${ours}/neurojobs`, { ...ourKind('NeuroJob', name), spec }, name, startMs);
      await review();
      await send('GET', `${ours}/neurojobs/${name}`);
      await send('GET', `${core}/secrets/${name}`);
      await send('POST', `${core}/secrets`, { ...coreKind('Secret', name), stringData: { value: name } });
      await review();
      const pod = sightings.until(`pod ${name}`, startMs);
      const containers = [{ name: 'main', ...container }];
      await send('POST', `${core}/pods`, { ...coreKind('Pod', name), spec: { containers, schedulingGates: gates } });
      return pod;
    });
  }

  async function ask(path: string, object: object, name: string, startMs: number): Promise<void> {
    const seen = sightings.until(`seen ${name}`, startMs);
    await send('POST', path, object);
    await seen;
  }

  function review(): Promise<void> {
    const resourceAttributes = { namespace, verb: 'use', group: 'neu.ro', resource: 'usersecrets', name: 'x' };
    const body = {
      apiVersion: 'authorization.k8s.io/v1',
      kind: 'SelfSubjectAccessReview',
      spec: { resourceAttributes },
    };
    return send('POST', '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews', body);
  }

  async function turn(count: number): Promise<void> {
    const [name, bare, bareOfJob] = ['quiet', 'bare-secret', 'bare-job'].map((each) => `${each}-${String(count)}`);
    if (name === undefined || bare === undefined || bareOfJob === undefined) return;
    await Promise.all([addSecret(name), runJob(name, count), bareSecret(bare), bareJob(bareOfJob)]);
    await sleep(keptMs, undefined, { signal: stopping.signal }).catch(() => undefined);
    await Promise.all([
      send('DELETE', `${ours}/neurojobs/${name}`),
      send('DELETE', `${core}/pods/${bareOfJob}`),
      send('DELETE', `${ours}/usersecrets/${bare}`),
      send('DELETE', `${ours}/neurojobs/${bareOfJob}`),
      ...[bare, bareOfJob].map((each) => send('DELETE', `${core}/secrets/${each}`)),
    ]);
    await send('DELETE', `${ours}/usersecrets/${name}`);
  }

  async function work(): Promise<void> {
    const turns: Promise<void>[] = [];
    for (let count = 0; !stopping.signal.aborted; count += 1) {
      turns.push(turn(count));
      await sleep(everyMs, undefined, { signal: stopping.signal }).catch(() => undefined);
    }
    await Promise.all(turns);
  }

  const worked = work();
  return {
    waits,
    stop: async () => {
      stopping.abort();
      await worked;
      await sightings.stop();
    },
  };
}

const container = { image: 'busybox:1', imagePullPolicy: 'IfNotPresent', command: ['true'] };

function ourKind(kind: string, name: string): object {
  return { apiVersion: 'neu.ro/v1', kind, metadata: { name } };
}

function coreKind(kind: string, name: string): object {
  return { apiVersion: 'v1', kind, metadata: { name } };
}
