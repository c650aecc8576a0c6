/**
 * Alice, Bob and the controller of jobs in front of an API server without a network: time passes when a test says so, and
 * a test plays RBAC, the kubelet, and the controllers of the other kinds.
 */
import { createFingerprint } from '../../../src/controllers/fingerprint.ts';
import { connectNeuroJobs, createNeuroJobReconciler } from '../../../src/controllers/neuro-job/controller.ts';
import type { EventText, Regarding } from '../../../src/controllers/recorder.ts';
import {
  namespaceType,
  neuroJobType,
  podType,
  secretType,
  serviceType,
  userSecretType,
} from '../../../src/controllers/resources.ts';
import { watchAll } from '../../../src/controllers/watched.ts';
import type { NeuroJob, NeuroJobSpec, NeuroJobStatus } from '../../../src/api/index.ts';
import { Controller, KubeClient, type Requester, type TransportRequest } from '../../../src/kernel/index.ts';
import { InProcessTransport, type Interception } from '../../support/in-process-transport.ts';
import { ManualClock, settle } from '../../support/manual-clock.ts';
import { ModelApi } from '../../support/model-api.ts';

const reviewPath = '/apis/authorization.k8s.io/v1/subjectaccessreviews';

export class JobWorld {
  readonly model = new ModelApi();
  readonly clock = new ManualClock();
  /** What RBAC lets everybody use, as `namespace/name`. */
  readonly granted = new Set<string>();
  /** What was asked of RBAC. */
  readonly reviews: string[] = [];
  readonly events: { readonly regarding: Regarding; readonly text: EventText }[] = [];
  readonly errors: Error[] = [];
  intercept: (request: TransportRequest) => Interception = () => 'pass';
  #requests: readonly TransportRequest[] = [];
  #abort = new AbortController();
  #stopped: Promise<unknown> = Promise.resolve();

  constructor() {
    for (const name of ['alice', 'bob']) {
      this.model.put(namespaceType, { metadata: { name, annotations: { 'neu.ro/user': name } } });
    }
  }

  /** Starts the controller, as a new process that knows nothing. */
  async start(): Promise<void> {
    const { clock } = this;
    this.#abort = new AbortController();
    const { signal } = this.#abort;
    const transport = new InProcessTransport({ model: this.model, intercept: (request) => this.intercept(request) });
    this.#requests = transport.requests;
    const client = new KubeClient({ transport: this.#withReviews(transport) });
    const fingerprint = createFingerprint(Buffer.from('key'));
    const watched = watchAll(client, fingerprint, { clock });
    const reconcile = createNeuroJobReconciler({
      client,
      watched,
      fingerprint,
      clock,
      recorder: { event: (regarding, text) => this.events.push({ regarding, text }) },
      config: { presets: { small: { resources: { limits: { memory: '1Gi' } } } } },
    });
    const controller = new Controller({
      name: 'neuro-job',
      reconcile,
      clock,
      onError: (error) => this.errors.push(error),
    });
    connectNeuroJobs(watched, (key) => controller.enqueue(key));
    watched.neuroJobs.store.onChange(({ key }) => controller.enqueue(key));
    const reflectors = Object.values(watched).map((informer) => informer.reflector);
    const running = reflectors.map((reflector) => reflector.run(signal));
    await Promise.all(reflectors.map((reflector) => reflector.whenSynced()));
    this.#stopped = Promise.all([...running, controller.run(signal)]);
    await settle();
  }

  async stop(): Promise<void> {
    this.#abort.abort();
    await this.#stopped;
  }

  /** Writes that were asked for since the start, as `POST pods`. */
  get writes(): readonly string[] {
    return this.#requests
      .filter(({ method }) => method !== 'GET')
      .map(({ method, path }) => `${method} ${path.split('/namespaces/bob/').at(-1) ?? ''}`);
  }

  /** Alice's secret, as its own controller left it: with its native Secret, and ready. */
  addSecret(name: string, value: Uint8Array | string, namespace = 'alice', spec: Record<string, unknown> = {}): string {
    const status = {
      observedGeneration: 1,
      conditions: [{ type: 'Ready', status: 'True', reason: 'Synced', message: 'm', lastTransitionTime: this.now }],
    };
    const userSecret = this.model.put(userSecretType, {
      metadata: { namespace, name, generation: 1, creationTimestamp: this.now },
      spec: { value: 'x', ...spec },
      status,
    });
    const uid = userSecret.metadata.uid ?? '';
    this.model.put(secretType, {
      metadata: {
        namespace,
        name,
        labels: { 'neu.ro/managed-by': 'neuro-operator', 'neu.ro/user-secret': name },
        ownerReferences: [{ apiVersion: 'neu.ro/v1', kind: 'UserSecret', name, uid, controller: true }],
      },
      type: spec['type'] ?? 'Opaque',
      data: { [name]: Buffer.from(value).toString('base64') },
    });
    return uid;
  }

  addJob(spec: Partial<NeuroJobSpec> = {}, name = 'train'): void {
    this.model.put(neuroJobType, {
      metadata: { namespace: 'bob', name, generation: 1, creationTimestamp: this.now },
      spec: { image: 'busybox:1', ...spec },
    });
  }

  job(name = 'train'): NeuroJob & { readonly status: NeuroJobStatus } {
    const job = this.model.get(neuroJobType, { namespace: 'bob', name }) as unknown as NeuroJob;
    return { ...job, status: job.status ?? {} };
  }

  /** What the kubelet says of the container. */
  setPod(status: Record<string, unknown>, name = 'train'): void {
    const pod = this.model.get(podType, { namespace: 'bob', name });
    if (pod === undefined) throw new Error('there is no Pod');
    this.model.put(podType, { ...pod, status });
  }

  run(name = 'train'): void {
    const containerStatuses = [{ name: 'job', restartCount: 0, state: { running: { startedAt: this.now } } }];
    this.setPod({ phase: 'Running', containerStatuses }, name);
  }

  end(exitCode: number, message = '', name = 'train'): void {
    const terminated = { exitCode, message, startedAt: this.now, finishedAt: this.now };
    const containerStatuses = [{ name: 'job', restartCount: 0, state: { terminated } }];
    this.setPod({ phase: exitCode === 0 ? 'Succeeded' : 'Failed', containerStatuses }, name);
  }

  /** Everything of Bob's that was made natively, as `kind/name`, sorted. */
  get made(): readonly string[] {
    const types = [podType, secretType, serviceType];
    return types
      .flatMap((type) =>
        this.model
          .all(type)
          .filter(({ metadata }) => metadata.namespace === 'bob')
          .map(({ metadata }) => `${type.kind}/${metadata.name.replace(/[0-9a-f]{8}-[0-9a-f-]{27}/, 'UID')}`),
      )
      .sort();
  }

  get now(): string {
    return new Date(this.clock.now()).toISOString().replace(/\.\d{3}Z$/, 'Z');
  }

  /** RBAC answers; everything else goes to the model. */
  #withReviews(transport: InProcessTransport): Requester {
    return {
      request: async (request) => {
        if (request.path !== reviewPath) return transport.request(request);
        const { spec } = request.body as { spec: { user: string; resourceAttributes: Record<string, string> } };
        const { verb, group, resource, namespace, name } = spec.resourceAttributes;
        this.reviews.push(
          `${spec.user} ${verb ?? ''} ${resource ?? ''}.${group ?? ''} ${namespace ?? ''}/${name ?? ''}`,
        );
        return Promise.resolve({ status: { allowed: this.granted.has(`${namespace ?? ''}/${name ?? ''}`) } });
      },
      stream: (request) => transport.stream(request),
    };
  }
}

export const borrowed = { namespace: 'alice', name: 'db-password' } as const;
