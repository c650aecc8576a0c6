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
import { fingerprintKey, type SealingKeys } from '../controllers/sealing-key/controller.ts';
import {
  accessOf,
  apiVersionOf,
  createMetrics,
  keyOf,
  KubeClient,
  LeaderElector,
  serveHealth,
  sleep,
  systemClock,
  Transport,
  type HealthServer,
  type Logger,
  type WatchHealth,
  undiciHttp,
} from '../kernel/index.ts';
import { assemble, type AnyInformer } from './assemble.ts';
import type { OperatorConfig } from './config.ts';
import { serveHttp, type HttpServer } from './http.ts';
import { lead, type Controllers } from './leading.ts';
import type { OperatorOptions } from './options.ts';
import { connectAll, type ControllerName, type WiringDependencies } from './wiring.ts';

const OperatorBase = dotI.default;

const startRetryMs = 2_000;

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
  #leading: Controllers | undefined;
  #assembled: WiringDependencies | undefined;
  /** Resolves when all of `#running` has ended and servers and connections are closed. */
  #closed: Promise<void> = Promise.resolve();
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
    await this.#closed;
  }

  protected override async init(): Promise<void> {
    const { signal } = this.#stopping;
    const { namespace, identity } = this.#options;
    const metrics = createMetrics();
    const transportOptions = {
      access: accessOf(this.kubeConfig),
      http: undiciHttp,
      userAgent: 'neuro-operator',
      ...metrics.transportHooks,
    };
    const transport = new Transport(transportOptions);
    /** Of its own connections, so that a renewal never waits behind the work. */
    const leaseTransport = new Transport(transportOptions);
    /** Not held back by the lease: the lease itself, and what every replica may do. */
    const freeClient = new KubeClient({ transport: leaseTransport });
    const elector: LeaderElector = new LeaderElector({
      client: freeClient,
      namespace,
      name: 'neuro-operator',
      identity,
      onStartedLeading: (leading) =>
        lead(
          {
            deps,
            config: this.#config,
            metrics,
            log: this.#log,
            reflectors: [...informers.values()].map(({ reflector }) => reflector),
            onControllers: (controllers) => {
              this.#leading = controllers;
            },
          },
          leading,
        ),
      onStoppedLeading: () => this.#log.warn('this replica does not lead any more'),
      onError: (error) => this.#log.warn({ error }, 'leader election'),
    });
    const client = new KubeClient({ transport, beforeWrite: elector.guard() });
    const watches: WatchHealth[] = [];
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
        certificatePem: () => this.#assembled?.sealingKeys.certificatePem,
      }),
    };
    this.#closed = this.#closeAtEnd([transport, leaseTransport]);
    metrics.observeElector('neuro-operator', elector);

    const key = await this.#untilDone(() => fingerprintKey(freeClient, namespace, () => randomBytes(32), signal));
    const { deps, recorder, informers } = assemble({
      options: this.#options,
      config: this.#config,
      client,
      elector,
      fingerprint: createFingerprint(key),
      metrics,
      log: this.#log,
      onKeysChanged: () => this.#wakeSealed(),
    });
    this.#assembled = deps;
    connectAll(deps, {
      add: (name, objectKey) => this.#leading?.[name].queue.add(objectKey),
      addAfter: (name, objectKey, delayMs) => this.#leading?.[name].queue.addAfter(objectKey, delayMs),
    });
    for (const [name, informer] of informers) {
      this.#informers.set(`${informer.type.plural}.${apiVersionOf(informer.type)}`, informer);
      watches.push(informer.reflector);
      metrics.observeReflector(name, informer.reflector);
      this.#running.push(informer.reflector.run(signal));
    }
    await this.#watchOwn('neu.ro', 'v1', 'usersecrets', 'user-secret');
    await this.#watchOwn('neu.ro', 'v1', 'secretgrants', 'secret-grant');
    await this.#watchOwn('neu.ro', 'v1', 'neurojobs', 'neuro-job');
    deps.sealingKeys.informer.store.onChange(() => void this.#loadAsStandby(deps.sealingKeys));
    this.#running.push(elector.run(signal).then(() => recorder.close()));
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

  /** A new sealing key opens what waited for it, and makes others outdated. */
  #wakeSealed(): void {
    for (const secret of this.#assembled?.watched.userSecrets.store.values() ?? []) {
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

  async #closeAtEnd(transports: readonly Transport[]): Promise<void> {
    const { signal } = this.#stopping;
    await new Promise<void>((resolve) => {
      if (signal.aborted) resolve();
      else signal.addEventListener('abort', () => resolve(), { once: true });
    });
    await Promise.allSettled(this.#running);
    await Promise.allSettled([
      this.#servers?.health.close(),
      this.#servers?.http.close(),
      ...transports.map((transport) => transport.close()),
    ]);
  }
}

function refused(method: string): Error {
  return new Error(
    `${method} of the base class is not used here: it writes without preconditions and gives up at the first error`,
  );
}
