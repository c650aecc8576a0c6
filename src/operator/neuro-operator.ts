/**
 * The operator: the lifecycle (`start`, `init`, `stop`) and the watch contract (`watchResource`, `ResourceEvent`) are those of
 * `@dot-i/k8s-operator`, by which people know operators in this language. What lies under them is ours, because as shipped
 * a network error ends the process, a delete that happened while away is never seen, a handler's failure is swallowed, and one
 * slow handler holds up all kinds. Its status and finalizer writers are not used and refuse to run.
 *
 * This is the only file that knows the package.
 */
import { randomBytes } from 'node:crypto';
import dotI, { ResourceEventType, ResourceMetaImpl, type ResourceEvent } from '@dot-i/k8s-operator';
import { createFingerprint } from '../controllers/fingerprint.ts';
import { fingerprintKey, SealingKeys } from '../controllers/sealing-key/controller.ts';
import { watchAll, type Watched } from '../controllers/watched.ts';
import {
  accessOf,
  apiVersionOf,
  createMetrics,
  EventRecorder,
  keyOf,
  KubeClient,
  LeaderElector,
  serveHealth,
  sleep,
  systemClock,
  Transport,
  type Controller,
  type HealthServer,
  type Informer,
  type KubeObject,
  type Logger,
  type WatchHealth,
} from '../kernel/index.ts';
import type { OperatorConfig } from './config.ts';
import { serveHttp, type HttpServer } from './http.ts';
import type { OperatorOptions } from './options.ts';
import {
  allKeys,
  connectAll,
  controllerNames,
  reconcilersOf,
  startLane,
  type ControllerName,
  type WiringDependencies,
} from './wiring.ts';

const OperatorBase = dotI.default;

/** How often every object is looked at without a reason, in the lane behind all changes. Nothing is written when nothing differs. */
const resyncEveryMs = 600_000;
const startRetryMs = 2_000;

type AnyInformer = Informer<KubeObject, KubeObject>;

export class NeuroOperator extends OperatorBase {
  readonly #options: OperatorOptions;
  readonly #config: OperatorConfig;
  readonly #log: Logger;
  readonly #stopping = new AbortController();
  /** Everything that ends by itself after `stop`. */
  readonly #running: Promise<unknown>[] = [];
  /** Watches by `plural.group/version`; `watchResource` finds them here. */
  readonly #informers = new Map<string, AnyInformer>();
  /** The controllers while this process leads; undefined while it stands by. */
  #leading: Readonly<Record<ControllerName, Controller>> | undefined;
  #servers: { readonly health: HealthServer; readonly http: HttpServer } | undefined;

  constructor(options: OperatorOptions, config: OperatorConfig, log: Logger) {
    super({
      debug: (message) => log.debug(message),
      info: (message) => log.info(message),
      warn: (message) => log.warn(message),
      error: (message) => log.error(message),
    });
    this.#options = options;
    this.#config = config;
    this.#log = log;
  }

  /** Ports that the servers got; for tests that ask for free ones. */
  get ports(): { readonly health: number; readonly http: number } | undefined {
    return this.#servers === undefined
      ? undefined
      : { health: this.#servers.health.port, http: this.#servers.http.port };
  }

  override stop(): void {
    this.#stopping.abort(new Error('the operator stops'));
  }

  /** Resolves when everything has ended after `stop`. */
  async whenStopped(): Promise<void> {
    await Promise.allSettled(this.#running);
  }

  protected override async init(): Promise<void> {
    const { signal } = this.#stopping;
    const { namespace, identity } = this.#options;
    const clock = systemClock;
    const metrics = createMetrics();
    const transport = new Transport({
      access: accessOf(this.kubeConfig),
      userAgent: 'neuro-operator',
      ...metrics.transportHooks,
    });
    /** Not held back by the lease: the lease itself, what every replica may do, reads. */
    const freeClient = new KubeClient({ transport });
    const elector: LeaderElector = new LeaderElector({
      client: freeClient,
      namespace,
      name: 'neuro-operator',
      identity,
      onStartedLeading: (leading) => this.#lead(leading, deps, metrics),
      onStoppedLeading: () => this.#log.warn('this replica does not lead any more'),
      onError: (error) => this.#log.warn({ error }, 'leader election'),
    });
    const client = new KubeClient({ transport, beforeWrite: elector.guard() });
    const watches: WatchHealth[] = [];
    const sealingHolder: { keys?: SealingKeys } = {};
    this.#servers = {
      health: await serveHealth({
        address: this.#options.bindAddress,
        port: this.#options.healthPort,
        watches,
        elector,
        registry: metrics.registry,
      }),
      http: await serveHttp({
        address: this.#options.bindAddress,
        port: this.#options.httpPort,
        certificatePem: () => sealingHolder.keys?.certificatePem,
      }),
    };
    metrics.observeElector('neuro-operator', elector);

    const key = await this.#untilDone(() => fingerprintKey(freeClient, namespace, () => randomBytes(32), signal));
    const fingerprint = createFingerprint(key);
    const defaults = {
      clock,
      callbacks: (resource: string) => ({
        onError: (error: Error, attempt: number) => {
          metrics.watchFailed(resource);
          this.#log.warn({ error, resource, attempt }, 'watching failed; it goes on');
        },
      }),
    };
    const watched = watchAll(client, fingerprint, defaults);
    const sealingKeys = new SealingKeys({
      client,
      namespace,
      renewEveryMs: this.#config.sealing.renewEveryMs,
      clock,
      isLeader: () => elector.isLeader(),
      defaults,
      onBadKey: (secretName, error) => this.#log.error({ error, secretName }, 'a sealing key cannot be used'),
      onChange: () => this.#wakeSealed(watched),
    });
    sealingHolder.keys = sealingKeys;
    const recorder = new EventRecorder({
      client,
      reportingController: 'neu.ro/operator',
      reportingInstance: identity.slice(0, 128),
      ...metrics.eventHooks,
    });
    const onConflict = (what: string): void => this.#log.warn({ what }, 'not written');
    const deps: WiringDependencies = {
      client,
      watched,
      fingerprint,
      sealingKeys,
      recorder,
      clock,
      config: this.#config,
      onConflict,
    };

    connectAll(deps, {
      add: (name, objectKey) => this.#leading?.[name].queue.add(objectKey),
      addAfter: (name, objectKey, delayMs) => this.#leading?.[name].queue.addAfter(objectKey, delayMs),
    });
    for (const informer of [...Object.values(watched), sealingKeys.informer] as unknown as AnyInformer[]) {
      const name = `${informer.type.plural}.${apiVersionOf(informer.type)}`;
      if (!this.#informers.has(name)) this.#informers.set(name, informer);
      watches.push(informer.reflector);
      metrics.observeReflector(name, informer.reflector);
      this.#running.push(informer.reflector.run(signal));
    }
    await this.#watchOwn('neu.ro', 'v1', 'usersecrets', 'user-secret');
    await this.#watchOwn('neu.ro', 'v1', 'secretgrants', 'secret-grant');
    await this.#watchOwn('neu.ro', 'v1', 'neurojobs', 'neuro-job');
    sealingKeys.informer.store.onChange(() => void this.#loadAsStandby(sealingKeys));
    this.#running.push(elector.run(signal).then(() => recorder.close()));
    this.#running.push(this.#closeAtEnd(transport));
  }

  /**
   * Calls `onEvent` for every object that is there, for every change and every delete, those that happened while away too.
   * It resolves at once; watching goes on until `stop`. A handler that fails is logged and nothing else is held up by it.
   */
  protected override watchResource(
    group: string,
    version: string,
    plural: string,
    onEvent: (event: ResourceEvent) => Promise<void>,
    namespace?: string,
  ): Promise<void> {
    const id = `${plural}.${group === '' ? version : `${group}/${version}`}`;
    const informer = this.#informers.get(id);
    if (informer === undefined) throw new RangeError(`${id} is not watched by this operator; add it to watched.ts`);
    const identity = { apiVersion: apiVersionOf(informer.type), kind: informer.type.kind };
    informer.store.onChange(({ before, after }) => {
      const object = after ?? before;
      if (object === undefined || (namespace !== undefined && object.metadata.namespace !== namespace)) return;
      const typed = { ...identity, metadata: object.metadata };
      const type =
        after === undefined
          ? ResourceEventType.Deleted
          : before === undefined
            ? ResourceEventType.Added
            : ResourceEventType.Modified;
      const event = {
        meta: ResourceMetaImpl.createWithPlural(plural, typed as never),
        type,
        object: typed,
      } as unknown as ResourceEvent;
      onEvent(event).catch((error: unknown) => this.#log.error({ error, resource: id }, 'a handler of events failed'));
    });
    return Promise.resolve();
  }

  protected override setResourceStatus(): never {
    throw refused('setResourceStatus');
  }

  protected override patchResourceStatus(): never {
    throw refused('patchResourceStatus');
  }

  protected override setResourceFinalizers(): never {
    throw refused('setResourceFinalizers');
  }

  protected override handleResourceFinalizer(): never {
    throw refused('handleResourceFinalizer');
  }

  protected override registerCustomResourceDefinition(): never {
    throw refused('registerCustomResourceDefinition');
  }

  #watchOwn(group: string, version: string, plural: string, name: ControllerName): Promise<void> {
    return this.watchResource(group, version, plural, ({ meta }) => {
      const ref = { name: meta.name, ...(meta.namespace === undefined ? {} : { namespace: meta.namespace }) };
      this.#leading?.[name].queue.add(keyOf(ref));
      return Promise.resolve();
    });
  }

  /** The work of the leader, until its signal is aborted. */
  async #lead(signal: AbortSignal, deps: WiringDependencies, metrics: ReturnType<typeof createMetrics>): Promise<void> {
    this.#log.info('this replica leads');
    const informers = [...Object.values(deps.watched), deps.sealingKeys.informer] as unknown as AnyInformer[];
    await untilAborted(Promise.all(informers.map(({ reflector }) => reflector.whenSynced())), signal);
    const reconcilers = reconcilersOf(deps);
    const controllers = Object.fromEntries(
      controllerNames.map((name) => [
        name,
        metrics.controller({
          name,
          concurrency: name === 'sealing-keys' ? 1 : this.#config.concurrency,
          reconcile: reconcilers[name],
          onError: (error, { key }, reconcileId) =>
            this.#log.error(
              { error, controller: name, object: key, reconcileId },
              'reconcile failed; it is tried again',
            ),
        }),
      ]),
    ) as Readonly<Record<ControllerName, Controller>>;
    this.#leading = controllers;
    const enqueueAll = (): void => {
      for (const name of controllerNames)
        for (const key of allKeys(name, deps.watched)) controllers[name].queue.add(key, startLane);
    };
    try {
      // Nothing can be opened before there is a key, so the keys come first.
      const keysRun = controllers['sealing-keys'].run(signal);
      enqueueAll();
      while (!deps.sealingKeys.isReady) await sleep(20, { clock: systemClock, signal });
      this.#log.info('all watches are synced; controllers run');
      const others = controllerNames
        .filter((name) => name !== 'sealing-keys')
        .map((name) => controllers[name].run(signal));
      void this.#resync(enqueueAll, signal);
      await Promise.all([keysRun, ...others]);
    } finally {
      this.#leading = undefined;
    }
  }

  async #resync(enqueueAll: () => void, signal: AbortSignal): Promise<void> {
    try {
      for (;;) {
        await sleep(resyncEveryMs, { clock: systemClock, signal });
        enqueueAll();
      }
    } catch {
      // Aborted: leading is over.
    }
  }

  /** A new sealing key opens what waited for it, and makes others outdated. */
  #wakeSealed(watched: Watched): void {
    for (const secret of watched.userSecrets.store.values()) {
      if (secret.sourceKind === 'sealed') this.#leading?.['user-secret'].queue.add(keyOf(secret.metadata), 'resync');
    }
  }

  async #loadAsStandby(sealingKeys: SealingKeys): Promise<void> {
    if (this.#leading !== undefined) return;
    try {
      await sealingKeys.load(this.#stopping.signal);
    } catch (error) {
      this.#log.warn({ error }, 'loading the sealing keys failed; the next change or leading tries again');
    }
  }

  /** The API server may not be there yet. */
  async #untilDone<T>(work: () => Promise<T>): Promise<T> {
    const { signal } = this.#stopping;
    for (;;) {
      try {
        return await work();
      } catch (error) {
        signal.throwIfAborted();
        this.#log.warn({ error }, 'starting failed; it is tried again');
        await sleep(startRetryMs, { clock: systemClock, signal });
      }
    }
  }

  async #closeAtEnd(transport: Transport): Promise<void> {
    const { signal } = this.#stopping;
    await new Promise<void>((resolve) => {
      if (signal.aborted) resolve();
      else signal.addEventListener('abort', () => resolve(), { once: true });
    });
    const isLast = this.#running.slice(0, -1);
    await Promise.allSettled(isLast);
    await Promise.allSettled([this.#servers?.health.close(), this.#servers?.http.close(), transport.close()]);
  }
}

function refused(method: string): Error {
  return new Error(
    `${method} of the base class is not used here: it writes without preconditions and gives up at the first error`,
  );
}

function untilAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const stop = (): void => reject(signal.reason as Error);
    if (signal.aborted) stop();
    signal.addEventListener('abort', stop, { once: true });
    void work.then(resolve, reject).finally(() => signal.removeEventListener('abort', stop));
  });
}
