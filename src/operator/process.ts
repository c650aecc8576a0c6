/**
 * The operator as a process: connections, servers, watches, controllers, election and the end, from top to bottom in the order in
 * which they come to be. `startProcess` resolves when all of it runs; everything ends when `signal` is aborted.
 */
import { randomBytes } from 'node:crypto';
import { createFingerprint } from '../controllers/fingerprint.ts';
import { fingerprintKey } from '../controllers/sealing-key/fingerprint-key.ts';
import { SealingKeys } from '../controllers/sealing-key/sealing-keys.ts';
import { watchAll, type ReflectorDefaults } from '../controllers/watched.ts';
import {
  loadAccess,
  createMetrics,
  EventRecorder,
  KubeClient,
  serveHealth,
  ServerTime,
  sleep,
  systemClock,
  PatientClock,
  ThreadedElector,
  Transport,
  undiciHttp,
  whenAborted,
  type Clock,
  type KubeObject,
  type Logger,
  type Metrics,
  type ObjectKey,
  type ResourceType,
  type Store,
  type WatchHealth,
} from '../kernel/index.ts';
import { checkPolicies } from './check-policies.ts';
import type { OperatorConfig } from './config.ts';
import { serveHttp } from './http.ts';
import { Leading } from './leading.ts';
import { startLeaseThread } from './lease-thread.ts';
import type { OperatorOptions } from './options.ts';
import { observePolicies, PolicyWatch, uncheckedPolicies } from './policy-watch.ts';
import { StatusMap } from './status-map.ts';
import { createNotifying } from './notify/notify.ts';
import { controllersOf } from './wiring.ts';

/** The watch of one kind of object, as `watchResource` needs it. */
export interface WatchedKind {
  readonly type: ResourceType;
  readonly store: Pick<Store<KubeObject>, 'onChange'>;
}

interface ProcessOptions {
  readonly options: OperatorOptions;
  readonly config: OperatorConfig;
  readonly log: Logger;
  readonly signal: AbortSignal;
  /** Called when the servers listen. */
  readonly onServing: (serving: Serving) => void;
}

/** A kind of our own, and where a change of one of its objects goes. */
interface OwnKind {
  readonly informer: WatchedKind;
  readonly enqueue: (key: ObjectKey) => void;
}

export interface OperatorProcess {
  /** Every kind that is watched as a whole. */
  readonly kinds: readonly WatchedKind[];
  readonly ownKinds: readonly OwnKind[];
}

/** What runs before the API server is reached. */
export interface Serving {
  readonly ports: { readonly health: number; readonly http: number };
  /** Resolves when everything has ended after `signal` was aborted. */
  readonly closed: Promise<void>;
}

/** The API server's limit for an event's reportingInstance. */
const longestInstance = 128;
const startRetryMs = 2_000;
/** How often a store is compared with the API server. Large stores are compared less often (reflector.ts). */
const auditEveryMs = 600_000;
/** The most keys that a log line names. */
const fewKeys = 5;

export async function startProcess({
  options,
  config,
  log,
  signal,
  onServing,
}: ProcessOptions): Promise<OperatorProcess> {
  const { namespace, identity } = options;
  const clock = systemClock;

  // Metrics and connections.
  const metrics = createMetrics();
  const serverTime = new ServerTime(clock);
  const transportOptions = {
    access: await loadAccess(),
    http: undiciHttp,
    userAgent: 'neuro-operator',
    ...metrics.transportHooks,
    onDate: (date: string) => serverTime.hear(date),
  };
  const transport = new Transport(transportOptions);
  /** Has connections of its own, for requests that must not wait behind the work. */
  const ownTransport = new Transport(transportOptions);

  // Who leads: a thread of its own holds the lease. Only the leader writes, except for the few writes that every replica may make (`freeClient`).
  const freeClient = new KubeClient({ transport: ownTransport });
  const elector = new ThreadedElector({
    access: transportOptions.access,
    userAgent: transportOptions.userAgent,
    startThread: startLeaseThread,
    namespace,
    name: 'neuro-operator',
    identity,
    onError: (error) => log.warn({ error }, 'leader election failed, retrying'),
  });
  metrics.observeElector('neuro-operator', elector);
  const client = new KubeClient({ transport, beforeWrite: elector.guard() });

  // Servers, so that probes are answered while the rest waits for the API server.
  const watches: WatchHealth[] = [];
  let certificatePem: () => string | undefined = () => undefined;
  const { bindAddress: address } = options;
  const health = await serveHealth({ address, port: options.healthPort, watches, elector, registry: metrics.registry });
  const http = await serveHttp({ address, port: options.httpPort, certificatePem: () => certificatePem() });
  const running: Promise<unknown>[] = [];
  const closed = whenAborted(signal).then(async () => {
    await Promise.allSettled(running);
    await Promise.allSettled([health.close(), http.close(), transport.close(), ownTransport.close()]);
  });

  onServing({ ports: { health: health.port, http: http.port }, closed });

  // What is watched, and the sealing keys.
  const key = await untilDone(() => fingerprintKey(freeClient, namespace, () => randomBytes(32), signal), {
    clock,
    log,
    signal,
  });
  const fingerprint = createFingerprint(key);
  const defaults = reflectorDefaults({ clock, metrics, log });
  const watched = watchAll(client, fingerprint, { ...defaults, namespaces: options.namespaces });
  const sealingKeys = new SealingKeys({
    client,
    namespace,
    sealedSecretsKeys: config.sealing.sealedSecretsKeys,
    clock,
    latestNow: serverTime.latest,
    defaults,
    onBadKey: (secretName, error) => log.error({ error, secretName }, 'a sealing key cannot be used'),
    onError: (error) => log.warn({ error }, 'loading the sealing keys failed, retrying'),
  });
  certificatePem = () => sealingKeys.certificatePem;
  // ConfigMaps that UserSecrets refer to are watched one by one, so `kinds` does not list them.
  const { configMaps, ...informers } = { ...watched, sealingKeys: sealingKeys.informer };
  const reflectors = Object.entries({ ...informers, configMaps }).map(([name, { reflector }]) => ({ name, reflector }));

  // The admission policies.
  const policyWatch = options.requirePolicies
    ? new PolicyWatch({ check: (aborted) => checkPolicies(freeClient, aborted), clock, log })
    : undefined;
  const policies = policyWatch ?? uncheckedPolicies;
  observePolicies(metrics, policies);
  if (policyWatch !== undefined) {
    await policyWatch.look(signal);
    running.push(policyWatch.run(signal));
  }

  // Controllers, and what wakes them.
  const recorder = new EventRecorder({
    client,
    reportingController: 'neu.ro/operator',
    reportingInstance: identity.slice(0, longestInstance),
    ...metrics.eventHooks,
  });
  const { boundHit: onBound } = metrics;
  const deadlines = new PatientClock(clock);
  // It follows the clock also while there is no job, or another replica leads.
  running.push(deadlines.follow(signal));
  const deps = {
    client,
    watched,
    fingerprint,
    sealingKeys,
    policies,
    recorder,
    clock,
    latestNow: serverTime.latest,
    deadlines,
    config,
    namespace,
    log,
    onBound,
  };
  const entries = controllersOf(deps);
  const leading = new Leading({
    entries,
    concurrency: config.concurrency,
    metrics,
    log,
    clock,
    reflectors: reflectors.map(({ reflector }) => reflector),
    whenKeyed: () => sealingKeys.whenReady(),
  });
  const { notifications } = config;
  const notifying =
    notifications === undefined
      ? undefined
      : createNotifying({ ...deps, client: freeClient, config: notifications, metrics });
  if (notifying !== undefined) running.push(notifying.follow(signal));
  const statusMap = new StatusMap({ client, namespace, policies, log });

  // Everything runs.
  for (const { name, reflector } of reflectors) {
    watches.push(reflector);
    metrics.observeReflector(name, reflector);
    running.push(reflector.run(signal));
  }
  running.push(sealingKeys.follow(signal));
  const election = elector.run(signal, {
    onStartedLeading: async (leads) => {
      void statusMap.run(leads);
      // Messages never hold up the work, and the work never waits for them.
      void notifying?.lead(leads);
      await leading.run(leads);
    },
    onStoppedLeading: () => log.warn('lost leadership'),
  });
  running.push(election.then(() => recorder.close()));
  const ownKinds = entries.flatMap(({ name, own }): readonly OwnKind[] =>
    own === undefined
      ? []
      : [
          {
            informer: watched[own],
            enqueue: (objectKey) => leading.queueOf(name)?.add(objectKey),
          },
        ],
  );
  return { kinds: Object.values(informers), ownKinds };
}

/** Retries until the work succeeds: the API server may not be there yet. */
async function untilDone<T>(
  work: () => Promise<T>,
  { clock, log, signal }: { readonly clock: Clock; readonly log: Logger; readonly signal: AbortSignal },
): Promise<T> {
  for (;;) {
    try {
      return await work();
    } catch (error) {
      signal.throwIfAborted();
      log.warn({ error }, 'starting failed, retrying');
      await sleep(startRetryMs, { clock, signal });
    }
  }
}

function reflectorDefaults({
  clock,
  metrics,
  log,
}: {
  readonly clock: Clock;
  readonly metrics: Metrics;
  readonly log: Logger;
}): ReflectorDefaults {
  return {
    clock,
    auditEveryMs,
    callbacks: (resource) => ({
      onError: (error, attempt) => {
        metrics.watchFailed(resource);
        log.warn({ error, resource, attempt }, 'watch failed, retrying');
      },
      onLost: (keys) => {
        metrics.eventsLost(resource, keys.length);
        log.warn({ resource, keys: keys.slice(0, fewKeys) }, 'the watch lost events without breaking, listing again');
      },
      onAuditFailed: (error) =>
        log.warn({ error, resource }, 'the objects were not compared with the API server, trying again later'),
    }),
  };
}
