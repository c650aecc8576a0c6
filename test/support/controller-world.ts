/**
 * Controllers in front of an API server without a network: time passes when a test says so, and a test plays RBAC, the
 * kubelet, and the controllers that it does not start. `ControllerWorld` starts any of the operator's controllers.
 */
import { createFingerprint, type Fingerprint } from '../../src/controllers/fingerprint.ts';
import type { EventText, Recorder, Regarding } from '../../src/controllers/recorder.ts';
import { namespaceType } from '../../src/controllers/resources.ts';
import type { Wake } from '../../src/controllers/wake.ts';
import { watchAll, type Watched } from '../../src/controllers/watched.ts';
import {
  Controller,
  KubeClient,
  type Clock,
  type ObjectKey,
  type Reconcile,
  type Reflecting,
  type Requester,
  type TransportRequest,
} from '../../src/kernel/index.ts';
import { InProcessTransport, type Interception } from './in-process-transport.ts';
import { ManualClock, settle } from './manual-clock.ts';
import { ModelApi } from './model-api.ts';

/** The model sends no bookmarks, by which a watch knows that it is not cut off; hours that pass would be hours of new watches. */
const neverMs = Number.MAX_SAFE_INTEGER;
const reviewPath = '/apis/authorization.k8s.io/v1/subjectaccessreviews';

/** What a controller is made of. */
interface WorldParts {
  readonly client: KubeClient;
  readonly watched: Watched;
  readonly fingerprint: Fingerprint;
  readonly recorder: Recorder;
  readonly clock: Clock;
  readonly latestNow: () => number;
  readonly log: { debug(fields: object, message: string): void };
}

interface WorldController {
  readonly name: string;
  readonly reconcile: Reconcile;
  readonly wakes: readonly Wake[];
  /** The store whose changes wake the keys themselves; undefined for a controller without a kind of its own. */
  readonly own?: Exclude<Watched[keyof Watched], Watched['configMaps']>;
  /** Keys that are looked at once after the start. */
  readonly startKeys?: () => Iterable<ObjectKey>;
  /** A watch of its own. */
  readonly watch?: Reflecting;
  /** Runs beside the controller until the signal is aborted. */
  readonly beside?: (signal: AbortSignal) => Promise<unknown>;
}

export class ControllerWorld {
  readonly model = new ModelApi();
  readonly clock = new ManualClock();
  /** How much this machine's clock is behind that of the API server. */
  behindMs = 0;
  /** What RBAC lets everybody use, as `namespace/name`. */
  readonly granted = new Set<string>();
  /** Decides a SubjectAccessReview; by default by `granted`. */
  review = (spec: ReviewSpec): boolean =>
    this.granted.has(`${spec.resourceAttributes['namespace'] ?? ''}/${spec.resourceAttributes['name'] ?? ''}`);
  /** What was asked of RBAC. */
  readonly reviews: string[] = [];
  readonly events: { readonly regarding: Regarding; readonly text: EventText }[] = [];
  readonly errors: Error[] = [];
  /** One for each reconcile: controller, key, rule. */
  readonly lines: Readonly<Record<string, unknown>>[] = [];
  intercept: (request: TransportRequest) => Interception = () => 'pass';
  #requests: readonly TransportRequest[] = [];
  #abort = new AbortController();
  #stopped: Promise<unknown> = Promise.resolve();

  constructor() {
    for (const name of ['alice', 'bob']) {
      this.model.put(namespaceType, { metadata: { name, annotations: { 'neu.ro/user': name } } });
    }
  }

  /** Starts controllers, as a new process that knows nothing. */
  async startControllers(make: (parts: WorldParts) => readonly WorldController[]): Promise<void> {
    const { clock } = this;
    this.#abort = new AbortController();
    const { signal } = this.#abort;
    const transport = new InProcessTransport({ model: this.model, intercept: (request) => this.intercept(request) });
    this.#requests = transport.requests;
    const client = new KubeClient({ transport: this.#withReviews(transport) });
    const fingerprint = createFingerprint(Buffer.from('key'));
    const watched = watchAll(client, fingerprint, { clock, silenceMs: neverMs });
    const controllers = make({
      client,
      watched,
      fingerprint,
      clock,
      latestNow: () => clock.now() + Math.max(0, this.behindMs),
      recorder: { event: (regarding, text) => this.events.push({ regarding, text }) },
      log: { debug: (fields) => this.lines.push({ ...fields }) },
    });
    const runs = controllers.map(({ name, reconcile, wakes, own, startKeys }) => {
      const controller = new Controller({ name, reconcile, clock, onError: (error) => this.errors.push(error) });
      const { queue } = controller;
      for (const wake of wakes) {
        wake.connect((key, { delayMs = 0, cause = 'change', lane } = {}) => {
          if (delayMs === 0) queue.add(key, cause, lane);
          else queue.addAfter(key, delayMs, { cause, ...(lane === undefined ? {} : { lane }) });
        });
      }
      own?.store.onChange(({ key }) => queue.add(key));
      return { controller, startKeys };
    });
    const reflectors = [
      ...Object.values(watched).map((informer) => informer.reflector),
      ...controllers.flatMap(({ watch }) => watch ?? []),
    ];
    const running = reflectors.map((reflector) => reflector.run(signal));
    await Promise.all(reflectors.map((reflector) => reflector.whenSynced()));
    for (const { controller, startKeys } of runs) {
      for (const key of startKeys?.() ?? []) controller.queue.add(key, 'resync');
    }
    this.#stopped = Promise.all([
      ...running,
      ...runs.map(({ controller }) => controller.run(signal)),
      ...controllers.map(({ beside }) => beside?.(signal)),
    ]);
    await settle();
  }

  async stop(): Promise<void> {
    this.#abort.abort();
    await this.#stopped;
  }

  /** Requests since the start. */
  get requests(): readonly TransportRequest[] {
    return this.#requests;
  }

  /** Writes since the start, as `POST namespaces/bob/pods`. */
  get allWrites(): readonly string[] {
    return this.#requests
      .filter(({ method }) => method !== 'GET')
      .map(({ method, path }) => `${method} ${path.replace(/^\/apis?\/(?:[a-z0-9.]+\/)?v\d\w*\//, '')}`);
  }

  get now(): string {
    return new Date(this.clock.now()).toISOString().replace(/\.\d{3}Z$/, 'Z');
  }

  /** RBAC is asked of the test; everything else goes to the model. */
  #withReviews(transport: InProcessTransport): Requester {
    return {
      request: async (request) => {
        if (request.path !== reviewPath) return transport.request(request);
        const { spec } = request.body as { spec: ReviewSpec };
        const { verb, group, resource, namespace, name } = spec.resourceAttributes;
        this.reviews.push(
          `${spec.user ?? ''} ${verb ?? ''} ${resource ?? ''}.${group ?? ''} ${namespace ?? ''}/${name ?? ''}`,
        );
        return Promise.resolve({ status: { allowed: this.review(spec) } });
      },
      stream: (request) => transport.stream(request),
    };
  }
}

interface ReviewSpec {
  readonly user?: string;
  readonly groups?: readonly string[];
  readonly resourceAttributes: Readonly<Record<string, string>>;
}
