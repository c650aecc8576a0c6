/**
 * The operator: the lifecycle (`start`, `init`, `stop`) and the watch contract (`watchResource`, `ResourceEvent`) are those of
 * `@dot-i/k8s-operator`, by which people know operators in this language. What lies under them is ours, because as shipped
 * a network error ends the process, a delete that happened while away is never seen, a handler's failure is swallowed, and one
 * slow handler holds up all kinds. Its status and finalizer writers are not used and refuse to run.
 *
 * This is the only file that knows the package.
 */
import dotI, { ResourceEventType, ResourceMetaImpl, type ResourceEvent } from '@dot-i/k8s-operator';
import { defined } from '../defined.ts';
import { apiVersionOf, keyOf, type Logger, type StoreChange, type KubeObject } from '../kernel/index.ts';
import type { OperatorConfig } from './config.ts';
import type { OperatorOptions } from './options.ts';
import { startProcess, type OperatorProcess, type Serving, type WatchedKind } from './process.ts';

const OperatorBase = dotI.default;

export class NeuroOperator extends OperatorBase {
  readonly #options: OperatorOptions;
  readonly #config: OperatorConfig;
  readonly #log: Logger;
  readonly #stopping = new AbortController();
  #serving: Serving | undefined;
  #process: OperatorProcess | undefined;

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
  get ports(): Serving['ports'] | undefined {
    return this.#serving?.ports;
  }

  override stop(): void {
    this.#stopping.abort(new Error('the operator stops'));
  }

  /** Resolves when everything has ended after `stop`. */
  async whenStopped(): Promise<void> {
    await this.#serving?.closed;
  }

  protected override async init(): Promise<void> {
    this.#process = await startProcess({
      options: this.#options,
      config: this.#config,
      log: this.#log,
      signal: this.#stopping.signal,
      onServing: (serving) => {
        this.#serving = serving;
      },
    });
    for (const { informer, enqueue } of this.#process.ownKinds) {
      const { group, version, plural } = informer.type;
      await this.watchResource(group, version, plural, ({ meta }) => {
        enqueue(keyOf({ name: meta.name, ...defined({ namespace: meta.namespace }) }));
        return Promise.resolve();
      });
    }
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
    const kind = this.#process?.kinds.find(({ type }) => `${type.plural}.${apiVersionOf(type)}` === id);
    if (kind === undefined) throw new RangeError(`${id} is not watched by this operator; add it to watched.ts`);
    kind.store.onChange((change) => {
      const event = eventOf(kind, change);
      if (namespace !== undefined && event.object.metadata?.namespace !== namespace) return;
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
}

/** A change of a store as the package tells of it. */
function eventOf({ type }: WatchedKind, { before, after }: StoreChange<KubeObject>): ResourceEvent {
  const { metadata } = after ?? before ?? { metadata: { name: '' } };
  const object = { apiVersion: apiVersionOf(type), kind: type.kind, metadata };
  const what =
    after === undefined
      ? ResourceEventType.Deleted
      : before === undefined
        ? ResourceEventType.Added
        : ResourceEventType.Modified;
  const meta = ResourceMetaImpl.createWithPlural(type.plural, object as never);
  return { meta, type: what, object } as unknown as ResourceEvent;
}

function refused(method: string): Error {
  return new Error(
    `${method} of the base class is not used here: it writes without preconditions and gives up at the first error`,
  );
}
