/** Alice, Bob and the controller of jobs; a test plays RBAC, the kubelet, and the controllers of the other kinds. */
import type { NeuroJob, NeuroJobSpec, NeuroJobStatus } from '../../../src/api/index.ts';
import { createNeuroJobReconciler } from '../../../src/controllers/neuro-job/reconciler.ts';
import { neuroJobWakes } from '../../../src/controllers/neuro-job/wake.ts';
import { neuroJobType, podType, secretType, serviceType, userSecretType } from '../../../src/controllers/resources.ts';
import { defined } from '../../../src/defined.ts';
import type { Clock } from '../../../src/kernel/index.ts';
import { ControllerWorld } from '../../support/controller-world.ts';

export class JobWorld extends ControllerWorld {
  /** By which limits of time fall due, where that is another clock. */
  deadlines: Clock | undefined;

  /** Starts the controller, as a new process that knows nothing. */
  start(): Promise<void> {
    const config = { presets: { small: { resources: { limits: { memory: '1Gi' } } } } };
    return this.startControllers((parts) => [
      {
        name: 'neuro-job',
        reconcile: createNeuroJobReconciler({ ...parts, config, ...defined({ deadlines: this.deadlines }) }),
        own: parts.watched.neuroJobs,
        wakes: neuroJobWakes(parts.watched),
      },
    ]);
  }

  /** Writes that were asked for since the start, as `POST pods`. */
  get writes(): readonly string[] {
    return this.requests
      .filter(({ method }) => method !== 'GET')
      .map(({ method, path }) => `${method} ${path.split('/namespaces/bob/').at(-1) ?? ''}`);
  }

  /** How often something of Bob's was read since the start, by the end of its path. */
  readsOf(path: string): number {
    return this.requests.filter((request) => request.method === 'GET' && request.path.includes(`/bob/${path}`)).length;
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
}

export const borrowed = { namespace: 'alice', name: 'db-password' } as const;
